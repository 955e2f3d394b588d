import * as z from 'zod';
import { refusedForNow } from './refused-for-now.ts';

/** The ways the password half of sign-in answers. */
export const passwordSwitches = {
  /** Sign-ins refused for now: `signin/init` answers in place of its challenge. */
  throttle: refusedForNow,
  /** Passwords, right or wrong, refused at `signin/complete`: 403 without a code, 401 with -20283, or 400 with a text. */
  signinRefusal: z.union([z.literal(false), z.enum(['403', '-20283', '400'])]),
  /** After how many wrong passwords the account is locked (-20209) until its owner unlocks it. */
  lockAfterWrongPasswords: z.union([z.literal(false), z.int().positive()]),
  /** `in-rscd`: a status that is not 200 is hidden behind 200, in `X-Apple-I-Rscd` (recorded for the old call). */
  signinStatus: z.enum(['plain', 'in-rscd']),
  /**
   * What `signin/init` says to a request that still carries the session id, the `aasp` cookie or a `scnt` of an earlier
   * sign-in (peers).
   */
  staleContext: z.enum(['ignored', '401', '409']),
  /** Whether `repair/complete` can decline the repair step, or the owner has to go to a browser. */
  repair: z.enum(['declinable', 'required']),
  /** What the right password of a two-step account is answered: peers say 409, the recording was edited to 200. */
  twoStepAnswer: z.enum(['409', '200']),
  /** Which encoding of A, B and S the proof may hash; they differ when one begins with a zero byte (peers disagree). */
  proofPadding: z.enum(['minimal', 'padded', 'either']),
  /** `short-once`: the B of the next challenge begins with a zero byte; then the switch falls back to `random`. */
  publicValue: z.enum(['random', 'short-once']),
  /** Which spelling of the account's name is part of the proof: one peer says lower case, others send it as typed. */
  proofName: z.enum(['lower-case', 'as-typed', 'either']),
  /** `demanded`: `signin/init` answers 403 until its request carries a right `X-APPLE-HC` (peers; not for this widget). */
  hashcash: z.enum(['never', 'demanded']),
  /** Which identity host serves the accounts of mainland China; the other answers them 503 (peers disagree). */
  cnIdentityHost: z.enum(['global', 'cn']),
  /**
   * Which `scnt` a request of a sign-in may carry: the newest only, or also the one that came with the answer to the
   * password. icloudpd 1.32.2 sends that one to the end and is let in (peers); other clients report that an outdated
   * one makes a right code wrong (peers).
   */
  acceptedScnt: z.enum(['newest', 'newest-or-first']),
};

export const passwordDefaults = {
  throttle: false,
  signinRefusal: false,
  lockAfterWrongPasswords: false,
  signinStatus: 'plain',
  staleContext: 'ignored',
  repair: 'declinable',
  twoStepAnswer: '409',
  proofPadding: 'minimal',
  publicValue: 'random',
  proofName: 'lower-case',
  hashcash: 'never',
  cnIdentityHost: 'global',
  acceptedScnt: 'newest-or-first',
} as const;
