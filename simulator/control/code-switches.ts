import * as z from 'zod';

/** The ways the second factor and trust answer. */
export const codeSwitches = {
  /**
   * A right code: 204 as ever (200 for a phone), the 409 of 2026 with or without `X-Apple-Session-Token`, or the 412
   * of a pending repair, before whose `repair/complete` trust is refused.
   */
  codeAnswer: z.enum(['204', '409', '409-without-token', '412']),
  /**
   * Where the phone numbers are: in the JSON form only, in both forms with the page's in their place before 2026, or
   * only in the page at their place of 2026 (the trusted-device bridge).
   */
  challengeForm: z.enum(['json', 'html-old', 'html-2026']),
  /** The status of the challenge, with the same body (409: peers, 2026). */
  challengeStatus: z.enum(['200', '409']),
  /** Accounts without a device on iOS 26.4: the right password alone sends a code. */
  pushOnSignin: z.boolean(),
  /** A code wanted on the devices: 202, or refused with this status and nothing shown. */
  pushAnswer: z.enum(['202', '405', '412', '503']),
  /**
   * A code wanted on the devices while they show one: a new one that makes the old worthless, the same one again, or
   * the old one taken back and nothing shown (peers disagree).
   */
  pushAgain: z.enum(['new-code', 'same-code', 'cancels']),
  /**
   * A code wanted by phone: 200, or 409 with the code sent all the same; refused with a code for this number (-28248,
   * -22421) or 423 without one; 412 always; or `412-once`: 412 until the challenge was read again, and for a number
   * with `nonFTEU` until that is echoed (peers).
   */
  phoneAnswer: z.enum(['200', '409', '-28248', '-22421', '423', '412', '412-once']),
  /**
   * Flags of `securityCode` that are up, in both forms of the challenge. `tooManyCodesSent` refuses to send codes,
   * `tooManyCodesValidated` to look at them, the other two refuse both.
   */
  codeFlags: z.array(
    z.enum(['tooManyCodesSent', 'tooManyCodesValidated', 'securityCodeLocked', 'securityCodeCooldown']),
  ),
  /** A refusal for every code handed in, right or wrong. */
  codeRefusal: z.union([z.literal(false), z.enum(['-21669', '-21670', '-21675', '-22982'])]),
  /** How many wrong codes are borne before no code is accepted any more. */
  maxWrongCodes: z.int().positive(),
  /**
   * Which requests of the second factor are in order: all; those whose `Origin` is the home page; or of those only the
   * ones without `X-Apple-I-FD-Client-Info`, `X-Apple-Auth-Attributes` and `X-Apple-Offer-Security-Upgrade`. For the
   * others a phone answers 412, and a right code 409 without a token and without trust (peers; cause not proven).
   */
  verifyHeaders: z.enum(['any', 'home-origin', 'home-origin-plain']),
  /** Whether a code that was answered without a session token leads to trust (peers disagree). */
  trustWithoutToken: z.enum(['granted', 'refused']),
  /** Whether a sign-in that is trusted already may ask for trust again, and gets a new date. */
  retrust: z.enum(['refused', 'granted']),
  /** `client-id`: the trust token counts only with the `X-Apple-OAuth-State` that it was given to. */
  trustBinding: z.enum(['account', 'client-id']),
  /** Whether `sendVerificationCode` of a two-step account sends one. */
  twoStepSending: z.enum(['granted', 'refused']),
};

export const codeDefaults = {
  codeAnswer: '204',
  challengeForm: 'html-old',
  challengeStatus: '200',
  pushOnSignin: false,
  pushAnswer: '202',
  pushAgain: 'new-code',
  phoneAnswer: '200',
  codeFlags: [],
  codeRefusal: false,
  maxWrongCodes: 3,
  verifyHeaders: 'any',
  trustWithoutToken: 'granted',
  retrust: 'refused',
  trustBinding: 'account',
  twoStepSending: 'granted',
} as const;
