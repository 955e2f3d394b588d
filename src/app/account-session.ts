import { accessDeniedCause } from '../apple/account/web-access.ts';
import { type AppleSession, createAppleSession } from '../apple/apple-session.ts';
import type { Domain } from '../apple/endpoints.ts';
import { type AppleCause, AppleError, localMinute } from '../apple/errors.ts';
import type { TrafficCapture } from '../apple/http/capture.ts';
import { Transport } from '../apple/http/transport.ts';
import type { Redactor } from '../apple/secret.ts';
import type { Notifier } from '../notify/notifier.ts';
import {
  type AccountState,
  addRefused,
  isRefused,
  readAccountState,
  setAsideDamagedState,
  writeAccountState,
} from '../session/account-state.ts';
import { type CodeSocket, openCodeSocket } from '../session/code-socket.ts';
import { type AccountPaths, accountPaths } from '../session/paths.ts';
import { openSession, usingSessionDirectory } from '../session/session-store.ts';
import type { Answerer } from '../signin/answerer.ts';
import { afterLock, afterRefusal, waitUntil } from '../signin/cool-down.ts';
import type { ProviderFrontEnd } from '../signin/front-end.ts';
import { type RefusedPasswords, type SignedIn, signIn } from '../signin/sign-in.ts';
import type { WebSessionOptions } from '../signin/web-session.ts';
import type { Logger } from '../terminal/logger.ts';
import type { ProcessContext } from './context.ts';
import { Herald } from './herald.ts';
import { renewTrust, trustedUntil } from './trust.ts';

/** An account that is signed in, with its session open and locked. */
export interface OpenAccount {
  readonly session: AppleSession;
  readonly signedIn: SignedIn;
  readonly herald: Herald;
  /** Milliseconds since the epoch; undefined when unknown. */
  readonly trustedUntil: number | undefined;
  /** When a run last came to a good end, in this process or an earlier one. */
  readonly goodRunAt: number | undefined;
  readonly webSession: WebSessionOptions;
  /** Stores what Apple's answers changed. */
  save(): Promise<void>;
}

export interface AccountOptions {
  readonly username: string;
  readonly domain: Domain;
  /** Absolute. */
  readonly sessionDirectory: string;
  readonly endpoint: URL | undefined;
  /** See `signIn`. */
  readonly start: 'stored-session' | 'password';
  /** A person insists: a cool-down is not waited for. */
  readonly ignoreCoolDown: boolean;
  readonly acceptTerms: boolean;
  /** Files fetched at once; one more connection is kept for the listing, one for renewed links. */
  readonly threads: number;
}

export interface AccountContext {
  readonly process: ProcessContext;
  readonly log: Logger;
  readonly redactor: Redactor;
  readonly notifiers: readonly Notifier[];
  readonly capture: TrafficCapture | undefined;
  /** Makes the front end, given the ways of answering and the herald that belong to this account. */
  frontEnd(answerers: readonly Answerer[], herald: Herald): ProviderFrontEnd;
}

const SET_UP =
  "Great, you're all set up. The script can now be run without user interaction until 2FA expires.\n" +
  'You can set up email notifications for when the two-factor authentication expires.\n' +
  '(Use --help to view information about SMTP options.)';

/**
 * Opens an account's session, signs in, lets `work` use it, stores what changed, tells the owner what needs them, closes
 * everything.
 *
 * @throws what sign-in and `work` throw
 */
export async function withAccount<T>(
  options: AccountOptions,
  context: AccountContext,
  work: (account: OpenAccount) => Promise<T>,
): Promise<T> {
  const { log, process } = context;
  using stored = await openSession(options.sessionDirectory, options.username);
  for (const file of stored.damaged) {
    log.warning(
      `The session file ${file} could not be read; it was moved to ${file}.damaged. A new sign-in is made if one is needed.`,
    );
  }
  const paths = accountPaths(options.sessionDirectory, options.username);
  const usingDirectory = <T>(use: () => Promise<T>) => usingSessionDirectory(options.sessionDirectory, use);
  if (await usingDirectory(() => setAsideDamagedState(paths.state))) {
    log.warning(
      `${paths.state} could not be read; it was moved to ${paths.state}.damaged. A cool-down in it is forgotten.`,
    );
  }
  const state = await readAccountState(paths.state);
  const writeState = () => usingDirectory(() => writeAccountState(paths.state, state));
  const herald = new Herald({
    username: options.username,
    notifiers: context.notifiers,
    log,
    process,
    state,
    save: () => writeState(),
  });
  await using transport = new Transport({
    cookies: stored.cookies,
    connections: options.threads + 2,
    signal: process.signal,
    onAnswer: (line) => log.debug(line),
    ...(context.capture ? { capture: context.capture } : {}),
    ...(options.endpoint ? { endpoint: options.endpoint } : {}),
  });
  const session = createAppleSession({
    domain: options.domain === 'com' ? (state.domain ?? 'com') : options.domain,
    data: stored.data,
    transport,
    clock: process.clock,
    redactor: context.redactor,
  });
  const save = () => stored.save();
  try {
    const signedIn = await enter(session, { options, context, herald, state, paths, save, writeState });
    const webSession = webSessionOptions(options, log);
    await renewTrust(session, state, { ...webSession, log });
    const trust = await trustedUntil(session);
    if (trust) log.debug(`Apple trusts this installation until ${new Date(trust.until).toISOString().slice(0, 10)}`);
    herald.trust(trust?.until);
    await writeState();
    try {
      const result = await work({
        session,
        signedIn,
        herald,
        trustedUntil: trust?.until,
        goodRunAt: state.goodRunAt,
        webSession,
        save,
      });
      await save();
      await herald.settled();
      await writeState();
      return result;
    } catch (error) {
      const denied = error instanceof AppleError && error.kind === 'web-access-off';
      throw denied ? await accessDeniedCause(session, signedIn.account.dsid) : error;
    }
  } catch (error) {
    herald.stopped(error);
    // what went wrong first is what is told
    await Promise.allSettled([save(), herald.settled().then(writeState)]);
    throw error;
  }
}

interface Entry {
  readonly options: AccountOptions;
  readonly context: AccountContext;
  readonly herald: Herald;
  readonly state: AccountState;
  readonly paths: AccountPaths;
  readonly save: () => Promise<void>;
  readonly writeState: () => Promise<void>;
}

function webSessionOptions({ acceptTerms }: AccountOptions, log: Logger): WebSessionOptions {
  return { acceptTerms, notice: (text) => log.warning(text) };
}

/** Signs in, within what Apple's last refusal allows. */
async function enter(session: AppleSession, entry: Entry): Promise<SignedIn> {
  const { options, context, herald, state, save } = entry;
  const { log, process } = context;
  if (!options.ignoreCoolDown) obeyCoolDown(state, process.clock.now(), log);
  await using socket = await codeSocket(entry.paths.socket, log);
  const frontEnd = context.frontEnd(socket ? [socket.answerer] : [], herald);
  log.debug('Authenticating...');
  try {
    const signedIn = await signIn(session, frontEnd, {
      ...webSessionOptions(options, log),
      username: options.username,
      start: options.start,
      refusals: refusedPasswords(entry),
      save,
    });
    Object.assign(state, { refusals: undefined, coolDownUntil: undefined, refusedFor: undefined });
    if (signedIn.way === 'password' || signedIn.way === 'code') state.refusedPasswords = undefined;
    if (session.domain !== options.domain) state.domain = session.domain;
    herald.signedIn();
    await frontEnd.accepted(options.username);
    if (signedIn.way === 'code') for (const line of SET_UP.split('\n')) log.info(line);
    if (!signedIn.trusted) log.warning('Apple gave no trust for this computer: it will ask for a code again next time');
    return signedIn;
  } catch (error) {
    if (!(error instanceof AppleError)) throw error;
    if (LOCKS.includes(error.kind)) Object.assign(state, afterLock(process.clock.now()), { refusedFor: error.kind });
    if (error.kind !== 'throttled') throw error;
    state.refusedFor = undefined;
    const coolDown = afterRefusal(state, process.clock.now(), error.answer.retryAfterMs);
    Object.assign(state, coolDown);
    const { coolDownUntil } = coolDown;
    throw new AppleError('throttled', {
      ...error.answer,
      ...(coolDownUntil === undefined ? {} : { until: coolDownUntil }),
    });
  }
}

/** Refusals that more tries only make worse. */
const LOCKS: readonly AppleCause[] = ['account-locked', 'sign-in-refused', 'too-many-wrong-codes', 'codes-locked'];

/** @throws AppleError `cooling-down`, or the cause that is to be dealt with first */
function obeyCoolDown(state: AccountState, now: number, log: Logger): void {
  const until = waitUntil(state, now);
  if (until === undefined) return;
  const cause = LOCKS.find((kind) => kind === state.refusedFor);
  if (!cause) throw new AppleError('cooling-down', { until });
  log.warning(
    `Nothing was sent to Apple before ${localMinute(until)}, because of an earlier refusal. ` +
      'When its cause is dealt with: "icloud login --now" tries at once.',
  );
  throw new AppleError(cause);
}

/** The memory of what Apple refused in earlier runs; a person who insists is not held to it. */
function refusedPasswords({ options, state, writeState }: Entry): RefusedPasswords {
  return {
    has: async (password) => !options.ignoreCoolDown && (await isRefused(state, password)),
    add: async (password) => {
      await addRefused(state, password);
      await writeState();
    },
  };
}

/** Without it everything works but `icloud code`: no reason to stop. */
async function codeSocket(path: string, log: Logger): Promise<CodeSocket | undefined> {
  try {
    return await openCodeSocket(path);
  } catch (error) {
    log.debug(`"icloud code" cannot reach this run: ${error instanceof Error ? error.message : String(error)}`);
    return undefined;
  }
}
