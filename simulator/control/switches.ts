import * as z from 'zod';

/** The ways Apple is known to answer differently from account to account, and from year to year. */
export const switchesSchema = z.strictObject({
  /** A right code: 204 as ever (200 for a phone), or the 409 of 2026, with or without `X-Apple-Session-Token`. */
  codeAnswer: z.enum(['204', '409', '409-without-token']),
  /**
   * Where the phone numbers are: in the JSON form only, in both forms with the page's in their place before 2026, or
   * only in the page at their place of 2026 (the trusted-device bridge).
   */
  challengeForm: z.enum(['json', 'html-old', 'html-2026']),
  /** Accounts without a device on iOS 26.4: the right password alone sends a code. */
  pushOnSignin: z.boolean(),
  /** A code wanted by phone: 200, or 409 with the code sent all the same, or refused for this number. */
  phoneAnswer: z.enum(['200', '409', '-28248']),
  /** Sign-ins refused for now. */
  throttle: z.union([
    z.literal(false),
    z.strictObject({
      status: z.union([z.literal(503), z.literal(429)]),
      /** Seconds. */
      retryAfter: z.int().nonnegative().optional(),
    }),
  ]),
  /**
   * Which `scnt` a request of a sign-in may carry: the newest only, or also the one that came with the answer to the
   * password. icloudpd 1.32.2 sends that one to the end and is let in (peers); other clients report that an outdated
   * one makes a right code wrong (peers).
   */
  acceptedScnt: z.enum(['newest', 'newest-or-first']),
  /** How many wrong codes are borne before no code is accepted any more. */
  maxWrongCodes: z.int().positive(),
});

export type Switches = z.infer<typeof switchesSchema>;

export function defaultSwitches(): Switches {
  return {
    codeAnswer: '204',
    challengeForm: 'html-old',
    pushOnSignin: false,
    phoneAnswer: '200',
    throttle: false,
    acceptedScnt: 'newest-or-first',
    maxWrongCodes: 3,
  };
}
