import { type AppleSession, createAppleSession } from '../apple/apple-session.ts';
import type { Domain } from '../apple/endpoints.ts';
import { Transport } from '../apple/http/transport.ts';
import type { Redactor } from '../apple/secret.ts';
import { openSession } from '../session/session-store.ts';
import type { ProviderFrontEnd } from '../signin/front-end.ts';
import { type SignedIn, signIn } from '../signin/sign-in.ts';
import type { Logger } from '../terminal/logger.ts';
import type { ProcessContext } from './context.ts';

/** An account that is signed in, with its session open and locked. */
export interface OpenAccount {
  readonly session: AppleSession;
  readonly signedIn: SignedIn;
  /** Stores what Apple's answers changed. */
  save(): Promise<void>;
}

interface AccountOptions {
  readonly username: string;
  readonly domain: Domain;
  /** Absolute. */
  readonly sessionDirectory: string;
  readonly endpoint: URL | undefined;
  /** See `signIn`. */
  readonly start: 'stored-session' | 'password';
  /** Files fetched at once; one more connection is kept for the listing, one for renewed links. */
  readonly threads: number;
}

interface AccountContext {
  readonly process: ProcessContext;
  readonly log: Logger;
  readonly redactor: Redactor;
  readonly frontEnd: ProviderFrontEnd;
}

const SET_UP =
  "Great, you're all set up. The script can now be run without user interaction until 2FA expires.\n" +
  'You can set up email notifications for when the two-factor authentication expires.\n' +
  '(Use --help to view information about SMTP options.)';

/**
 * Opens an account's session, signs in, lets `work` use it, stores what changed, closes everything.
 *
 * @throws what sign-in and `work` throw
 */
export async function withAccount<T>(
  options: AccountOptions,
  context: AccountContext,
  work: (account: OpenAccount) => Promise<T>,
): Promise<T> {
  const { log, redactor, frontEnd } = context;
  using stored = await openSession(options.sessionDirectory, options.username);
  for (const file of stored.damaged) {
    log.warning(
      `The session file ${file} could not be read; it was moved to ${file}.damaged, and sign-in starts afresh`,
    );
  }
  await using transport = new Transport({
    cookies: stored.cookies,
    connections: options.threads + 2,
    signal: context.process.signal,
    onAnswer: (line) => log.debug(line),
    ...(options.endpoint ? { endpoint: options.endpoint } : {}),
  });
  const session = createAppleSession({
    domain: options.domain,
    data: stored.data,
    transport,
    clock: context.process.clock,
    redactor,
  });
  const save = () => stored.save();
  try {
    log.debug('Authenticating...');
    const signedIn = await signIn(session, frontEnd, { username: options.username, start: options.start, save });
    await frontEnd.accepted(options.username);
    if (signedIn.way === 'code') for (const line of SET_UP.split('\n')) log.info(line);
    if (!signedIn.trusted) log.warning('Apple gave no trust for this computer: it will ask for a code again next time');
    return await work({ session, signedIn, save });
  } finally {
    await save();
  }
}
