/**
 * Everything that can stand between a person and their photos, as a closed union, with the one table of texts that a
 * person reads. The first sentence of each text is the one icloudpd printed, where it had one: scripts look for it.
 */
export type AppleCause =
  | 'wrong-password'
  | 'app-specific-password'
  | 'account-locked'
  | 'sign-in-refused'
  | 'throttled'
  | 'cooling-down'
  | 'unreachable'
  | 'protocol-changed'
  | 'session-expired'
  | 'wrong-code'
  | 'too-many-wrong-codes'
  | 'too-many-codes-sent'
  | 'code-not-sent'
  | 'phone-refused'
  | 'codes-locked'
  | 'security-key-required'
  | 'two-step-no-device'
  | 'two-step-not-sent'
  | 'two-step-wrong-code'
  | 'repair-needed'
  | 'wrong-region'
  | 'terms-pending'
  | 'terms-not-accepted'
  | 'web-access-off'
  | 'advanced-data-protection'
  | 'managed-account'
  | 'maintenance'
  | 'photos-not-set-up'
  | 'library-indexing'
  | 'not-trusted'
  | 'bad-address'
  | 'service-error';

interface Explanation {
  /** What happened, in one sentence. */
  readonly happened: string;
  /** What the person does next. */
  readonly next: string;
}

/** Cause and cure of every refusal. `docs/authentication.md` shows the same table; a test compares them. */
export const EXPLANATIONS: Readonly<Record<AppleCause, Explanation>> = {
  'wrong-password': {
    happened: 'Invalid email/password combination.',
    next: 'Check the Apple ID and use its own password, not an app-specific one. A refused password is not sent again by itself, so that the account is not locked; "icloud login --now" sends it once more.',
  },
  'app-specific-password': {
    happened: 'This looks like an app-specific password, which Apple does not accept for iCloud Photos.',
    next: 'Use the password of the Apple Account itself.',
  },
  'account-locked': {
    happened: 'Apple has locked this Apple ID for security reasons.',
    next: 'Unlock it at https://iforgot.apple.com, sign in once at https://www.icloud.com, then run this again.',
  },
  'sign-in-refused': {
    happened: 'Apple refused the sign-in without saying why.',
    next: 'Sign in once at https://www.icloud.com in a browser, answer whatever it asks, then run this again.',
  },
  throttled: {
    happened: 'Apple iCloud is temporary refusing to serve icloudpd',
    next: 'Wait before the next try, until the time given here if there is one, and stop other tools that use this account: every early try makes the wait longer.',
  },
  'cooling-down': {
    happened: 'Apple refused sign-ins a while ago, and trying too early makes the wait longer, so nothing was sent.',
    next: 'Wait until the time given here; the next run after it tries again by itself. "icloud login --now" tries at once.',
  },
  unreachable: {
    happened: 'Cannot connect to Apple iCloud service',
    next: 'Check the network connection, the proxy settings (HTTPS_PROXY, NO_PROXY) and the clock of this machine, then run this again.',
  },
  'protocol-changed': {
    happened: 'Apple answered in a way this version does not know.',
    next: 'Run again with --log-level debug and report what it prints; see "When Apple answers otherwise" in the README.',
  },
  'session-expired': {
    happened: 'The iCloud session has ended.',
    next: 'Run this again to sign in.',
  },
  'wrong-code': {
    happened: 'Failed to verify two-factor authentication code',
    next: 'Enter the newest code, or have a new one sent; if you are not asked again, run this again.',
  },
  'too-many-wrong-codes': {
    happened: 'Failed to verify two-factor authentication code: Apple has received too many wrong codes.',
    next: 'Wait some hours before the next try.',
  },
  'too-many-codes-sent': {
    happened: 'Apple does not send another code for now.',
    next: 'Use the newest code already received, or wait some hours before the next try.',
  },
  'code-not-sent': {
    happened: 'Failed to send two-factor authentication code',
    next: 'Try another number or another way. Without network: iPhone in airplane mode > Settings > your name > Sign-In & Security > Two-Factor Authentication > Get Verification Code.',
  },
  'phone-refused': {
    happened: 'Failed to send two-factor authentication code: Apple did not take the request for this number.',
    next: 'Enter a code from a trusted device, or choose another number. If it stays so, sign in at https://www.icloud.com: Apple may want a new password first.',
  },
  'codes-locked': {
    happened: 'Apple has locked verification codes for this account for now.',
    next: 'Ask for no code for some hours. If it lasts, unlock the account at https://iforgot.apple.com.',
  },
  'security-key-required': {
    happened: 'This account is protected by security keys, and Apple accepts no six-digit code for it.',
    next: 'Security keys cannot be used here yet: remove them in Settings > your name > Sign-In & Security > Security Keys, or import a session with "icloud import".',
  },
  'two-step-no-device': {
    happened: 'This account uses the old two-step verification, and Apple names no device to send a code to.',
    next: 'Turn on two-factor authentication at https://account.apple.com, then run this again.',
  },
  'two-step-not-sent': {
    happened: 'Failed to send two-step authentication code',
    next: 'Run this again and choose another device, or wait an hour.',
  },
  'two-step-wrong-code': {
    happened: 'Failed to verify two-step authentication code',
    next: 'Enter the newest code; if you are not asked again, run this again.',
  },
  'repair-needed': {
    happened: 'Apple wants something done for this account before it lets anybody in.',
    next: 'Sign in at https://www.icloud.com in a browser, follow the steps (often a new password), then run this again.',
  },
  'wrong-region': {
    happened: 'Apple insists on using another domain for your request. Please use --domain parameter',
    next: 'Run this again with --domain cn for an account of mainland China, --domain com for any other.',
  },
  'terms-pending': {
    happened: 'Apple asks you to accept new iCloud Terms and Conditions.',
    next: 'Sign in at https://www.icloud.com, read and accept them, then run this again; or run this with --accept-terms to accept them unread.',
  },
  'terms-not-accepted': {
    happened: 'Apple did not take the acceptance of its new iCloud Terms and Conditions.',
    next: 'Sign in at https://www.icloud.com, accept them there, then run this again.',
  },
  'advanced-data-protection': {
    happened:
      'Advanced Data Protection is on for this account, and no device has allowed this program to read the photos.',
    next: 'Reading a protected library is not available yet. Until then: iPhone > Settings > your name > iCloud > Advanced Data Protection > Turn Off, wait some hours, then run this again.',
  },
  'managed-account': {
    happened: 'This Apple Account is managed by a school or company, which does not allow iCloud Photos on the web.',
    next: 'Ask its administrator, or use a personal Apple Account.',
  },
  maintenance: {
    happened: 'iCloud is under maintenance.',
    next: 'Look at https://www.apple.com/support/systemstatus/ and run this again later.',
  },
  'web-access-off': {
    happened: 'This account does not let iCloud data be read on the web.',
    next: 'On an iPhone: Settings > your name > iCloud > turn on "Access iCloud Data on the Web" (with Advanced Data Protection it is off at first), then run this again.',
  },
  'photos-not-set-up': {
    happened:
      'Apple iCloud setup is not complete. Please log into https://icloud.com/ to manually finish setting up your iCloud service',
    next: 'Open Photos there once, then run this again.',
  },
  'library-indexing': {
    happened: 'Apple iCloud Photo Library has not finished indexing yet',
    next: 'Apple is still preparing the library: run this again in an hour.',
  },
  'not-trusted': {
    happened: 'The sign-in was accepted, but Apple does not trust this computer.',
    next: 'Run this again; if it stays so, sign in once at https://www.icloud.com and choose "Trust this browser".',
  },
  'bad-address': {
    happened: "An answer named a web address that is not one of Apple's, and it was not used.",
    next: 'Check that nothing between this machine and Apple changes the traffic; report it if it happens again.',
  },
  'service-error': {
    happened: 'iCloud Photos could not answer.',
    next: 'Run this again later.',
  },
};

/** What Apple really said, for the debug log. */
export interface AppleAnswer {
  readonly status?: number;
  /** Apple's own code, such as `-20101` or `ZONE_NOT_FOUND`. */
  readonly code?: string;
  /** Apple's own words. */
  readonly reason?: string;
  /** From `Retry-After`. */
  readonly retryAfterMs?: number;
  /** The refusal answers the password proof, not the beginning of the sign-in. */
  readonly atProof?: boolean;
  /** When the wait is over; milliseconds since the epoch. Shown to the person. */
  readonly until?: number;
}

/** @returns `2026-11-24 10:00`, local time */
export function localMinute(ms: number): string {
  const two = (value: number): string => String(value).padStart(2, '0');
  const date = new Date(ms);
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}`;
}

/** Thrown for every refusal of Apple's and every failure to reach it; `kind` says which. */
export class AppleError extends Error {
  override readonly name = 'AppleError';
  readonly kind: AppleCause;
  readonly answer: AppleAnswer;

  constructor(kind: AppleCause, answer: AppleAnswer = {}, options?: ErrorOptions) {
    const { happened, next } = EXPLANATIONS[kind];
    const until = answer.until === undefined ? '' : ` (Until ${localMinute(answer.until)}.)`;
    super(`${happened}${/[.:!?]$/.test(happened) ? '' : '.'} ${next}${until}`, options);
    this.kind = kind;
    this.answer = answer;
  }

  /** Status, code and words of the answer in one line; empty when there was none. */
  get detail(): string {
    const { status, code, reason } = this.answer;
    const parts = [status === undefined ? '' : `HTTP ${status}`, code ?? '', reason ?? ''].filter(
      (part) => part !== '',
    );
    if (this.cause instanceof Error) parts.push(this.cause.message);
    return parts.join(', ');
  }
}
