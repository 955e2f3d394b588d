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
  | 'unreachable'
  | 'protocol-changed'
  | 'session-expired'
  | 'wrong-code'
  | 'too-many-wrong-codes'
  | 'too-many-codes-sent'
  | 'code-not-sent'
  | 'security-key-required'
  | 'two-step-account'
  | 'repair-needed'
  | 'wrong-region'
  | 'terms-pending'
  | 'web-access-off'
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
    next: 'Check the Apple ID and use its own password, not an app-specific one. Nothing was retried, so that the account is not locked.',
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
    next: 'Wait 30 to 60 minutes before the next try, and stop other tools that use this account: every early try makes the wait longer.',
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
    next: 'Run this again and enter the newest code; ask for a new one if in doubt.',
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
  'security-key-required': {
    happened: 'This account is protected by security keys, and Apple accepts no six-digit code for it.',
    next: 'Security keys are not supported yet.',
  },
  'two-step-account': {
    happened: 'This account uses the old two-step verification.',
    next: 'Turn on two-factor authentication at https://account.apple.com; the old way is not supported yet.',
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
    next: 'Sign in at https://www.icloud.com, accept them, then run this again.',
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
}

/** Thrown for every refusal of Apple's and every failure to reach it; `kind` says which. */
export class AppleError extends Error {
  override readonly name = 'AppleError';
  readonly kind: AppleCause;
  readonly answer: AppleAnswer;

  constructor(kind: AppleCause, answer: AppleAnswer = {}, options?: ErrorOptions) {
    const { happened, next } = EXPLANATIONS[kind];
    super(`${happened}${/[.:!?]$/.test(happened) ? '' : '.'} ${next}`, options);
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
