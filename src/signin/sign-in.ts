import type { AccountInfo } from '../apple/account/account-info.ts';
import { validate } from '../apple/account/web-session.ts';
import { type AppleSession, switchDomain } from '../apple/apple-session.ts';
import { AppleError } from '../apple/errors.ts';
import { declineRepair, signInWithPassword } from '../apple/identity/password-sign-in.ts';
import { requestTrust } from '../apple/identity/verification.ts';
import type { Secret } from '../apple/secret.ts';
import { type Answer, type Challenge, type FrontEnd, PersonNeededError } from './challenges.ts';
import { askSecondFactor } from './second-factor.ts';
import { askTwoStep } from './two-step.ts';
import { openWebSession, type WebSessionOptions } from './web-session.ts';

/** Passwords tried before giving up: Apple locks accounts that go on. */
const MAX_PASSWORDS = 3;
/** Answers listened to, the same password again among them: whoever gives more of them is a program. */
const MAX_ANSWERS = 10;

/** How a sign-in came about. `stored-session` and `token` asked nobody anything. */
export type SignInWay = 'stored-session' | 'token' | 'password' | 'code';

export interface SignedIn {
  readonly account: AccountInfo;
  readonly way: SignInWay;
  /** False when Apple gave no trust: it will ask for a code again next time. */
  readonly trusted: boolean;
}

/** Where a sign-in stands. Every arrow between these is in `docs/protocol/sign-in.md`, "The states". */
type State =
  | { readonly at: 'stored-session' }
  | { readonly at: 'token-login' }
  /** `again`: what a person answered before Apple forgot the sign-in. */
  | { readonly at: 'password'; readonly known: Secret | undefined; readonly again?: Answer | undefined }
  | { readonly at: 'second-factor'; readonly password: Secret; readonly again?: Answer | undefined }
  | { readonly at: 'two-step'; readonly dsid: string }
  | { readonly at: 'trust'; readonly repair: boolean }
  | {
      readonly at: 'web-session';
      readonly password: Secret | undefined;
      readonly way: SignInWay;
      readonly trusted: boolean;
    }
  | { readonly at: 'done'; readonly result: SignedIn };

/** Remembers what Apple refused, so that a run every hour does not send it every hour until the account is locked. */
export interface RefusedPasswords {
  has(password: Secret): Promise<boolean>;
  add(password: Secret): Promise<void>;
}

interface Options extends WebSessionOptions {
  readonly username: string;
  readonly presence: FrontEnd['presence'];
  /** `password` leaves aside what is stored and has the password proven. */
  readonly start: 'stored-session' | 'password';
  /** Passwords of earlier runs that Apple refused. */
  readonly refusals: RefusedPasswords;
  /** Called after every step, so that a killed run loses nothing Apple gave. */
  readonly save: () => Promise<void>;
}

/**
 * The conversation between Apple and a person. Yields what it wants of the person, takes their answers, returns when
 * the web session is ready. What Apple still accepts is used first: cookies, then the identity token, then the
 * password, once.
 *
 * @throws AppleError for every refusal; PersonNeededError when nobody answers
 */
async function* converse(session: AppleSession, options: Options): AsyncGenerator<Challenge, SignedIn, Answer> {
  let state: State = options.start === 'password' ? { at: 'password', known: undefined } : { at: 'stored-session' };
  let restarts = 0;
  for (;;) {
    switch (state.at) {
      case 'stored-session':
        state = await resume(session);
        break;
      case 'token-login':
        state = await tokenLogin(session, options);
        break;
      case 'password':
        state = yield* askPassword(session, options, state);
        break;
      case 'second-factor': {
        const password: Secret = state.password;
        try {
          state = yield* askCode(session, options, state);
        } catch (error) {
          const forgotten = error instanceof AppleError && error.kind === 'session-expired';
          if (!forgotten || restarts > 0) throw error;
          restarts += 1;
          state = { at: 'password', known: password };
        }
        break;
      }
      case 'two-step':
        state =
          (yield* askTwoStep(session, { ...options, dsid: state.dsid })) === 'start-over'
            ? { at: 'password', known: undefined }
            : { at: 'web-session', password: undefined, way: 'code', trusted: true };
        break;
      case 'trust':
        state = await trust(session, state.repair);
        break;
      case 'web-session':
        state = await enter(session, options, state);
        break;
      case 'done':
        await options.save();
        return state.result;
    }
    await options.save();
  }
}

/** idmsa forgets a sign-in after some minutes; the password just accepted opens it again. */
async function* askCode(
  session: AppleSession,
  options: Options,
  { password, again }: Extract<State, { at: 'second-factor' }>,
): AsyncGenerator<Challenge, State, Answer> {
  const result = yield* askSecondFactor(session, { ...options, again });
  if (typeof result === 'object') return { at: 'password', known: password, again: result.forgotten };
  if (result === 'start-over') return { at: 'password', known: undefined };
  return { at: 'trust', repair: result === 'accepted-repair-pending' };
}

/** What `validate` says of terms or another region is left to `accountLogin`, which can do something about it. */
const LEFT_TO_LOGIN: ReadonlySet<string> = new Set(['terms-pending', 'wrong-region']);

async function resume(session: AppleSession): Promise<State> {
  const cookies = await session.transport.cookies.getCookies(session.endpoints.setup);
  if (session.data.session_token === undefined && cookies.length === 0) return { at: 'password', known: undefined };
  try {
    const account = await validate(session);
    if (!account || account.untrusted) return { at: 'token-login' };
    return { at: 'done', result: { account, way: 'stored-session', trusted: true } };
  } catch (error) {
    if (error instanceof AppleError && LEFT_TO_LOGIN.has(error.kind)) return { at: 'token-login' };
    throw error;
  }
}

async function tokenLogin(session: AppleSession, options: Options): Promise<State> {
  const account = await openWebSession(session, options);
  if (account && !account.untrusted) return { at: 'done', result: { account, way: 'token', trusted: true } };
  // what belongs to the sign-in that is over; the trust and the client id are kept through everything
  for (const key of ['session_token', 'session_id', 'scnt'] as const) delete session.data[key];
  return { at: 'password', known: undefined };
}

async function* askPassword(
  session: AppleSession,
  options: Options,
  { known, again }: Extract<State, { at: 'password' }>,
): AsyncGenerator<Challenge, State, Answer> {
  let password = known;
  const tried = new Set<string>();
  let answers = 0;
  for (let rejection: AppleError | undefined; ; ) {
    if (!password) {
      answers += 1;
      if (rejection && answers > MAX_ANSWERS) throw rejection;
      const answer: Answer = yield { kind: 'password-wanted', username: options.username, rejected: !!rejection };
      if (answer.kind === 'start-over') continue;
      if (answer.kind !== 'password') {
        const missing = answer.kind === 'no-password-typed' ? answer.kind : 'no-password';
        throw rejection ?? new PersonNeededError(missing, options.username);
      }
      password = answer.password;
      // whoever types it may know better; a file or a keyring does not
      if (!answer.typed && (await options.refusals.has(password))) {
        rejection = new AppleError('wrong-password', { reason: 'the same as in an earlier run' });
        password = undefined;
        continue;
      }
    }
    // the same password again could only bring the account nearer to its lock
    if (tried.has(password.reveal())) {
      password = undefined;
      continue;
    }
    tried.add(password.reveal());
    try {
      const next = await submitPassword(session, options.username, password);
      return next.at === 'second-factor' ? { ...next, again } : next;
    } catch (error) {
      if (!(error instanceof AppleError) || error.kind !== 'wrong-password') throw error;
      await options.refusals.add(password);
      if (tried.size >= MAX_PASSWORDS) throw error;
      rejection = error;
      password = undefined;
      await options.save();
    }
  }
}

async function submitPassword(session: AppleSession, username: string, password: Secret): Promise<State> {
  // Apple's own form: four groups of four letters. Sending one would count as a wrong password
  if (/^[a-z]{4}(-[a-z]{4}){3}$/.test(password.reveal())) throw new AppleError('app-specific-password');
  const outcome = await provePassword(session, username, password);
  if (outcome === 'second-factor') return { at: 'second-factor', password };
  if (outcome === 'repair') await declineRepair(session);
  return { at: 'web-session', password, way: 'password', trusted: true };
}

/**
 * For China the identity host may be the global one or its own: the other is tried once where the first is none. The wrong
 * one begins a sign-in and refuses its proof with 503 (peers); a refusal before the proof is a throttle like any other.
 */
async function provePassword(session: AppleSession, username: string, password: Secret) {
  try {
    return await signInWithPassword(session, username, password);
  } catch (error) {
    const absent =
      error instanceof AppleError &&
      (error.answer.status === 404 || (error.answer.status === 503 && error.answer.atProof));
    if (session.domain !== 'cn' || !absent) throw error;
    switchDomain(session, 'cn', 'own');
    return signInWithPassword(session, username, password);
  }
}

async function trust(session: AppleSession, repair: boolean): Promise<State> {
  if (repair) await declineRepair(session);
  const trusted = await requestTrust(session);
  return { at: 'web-session', password: undefined, way: 'code', trusted };
}

async function enter(
  session: AppleSession,
  options: Options,
  state: Extract<State, { at: 'web-session' }>,
): Promise<State> {
  const account = await openWebSession(session, options);
  if (!account) throw new AppleError('sign-in-refused', { reason: 'accountLogin did not take the new token' });
  if (!account.untrusted) return { at: 'done', result: { account, way: state.way, trusted: state.trusted } };
  if (account.hsaVersion === 1 && state.way !== 'code') return { at: 'two-step', dsid: account.dsid };
  // Apple took the password with 200 and wants a code all the same
  if (state.password) return { at: 'second-factor', password: state.password };
  throw new AppleError('not-trusted');
}

/** Signs in with a front end answering whatever is asked; see `converse` for what it throws. */
export async function signIn(
  session: AppleSession,
  frontEnd: FrontEnd,
  options: Omit<Options, 'presence'>,
): Promise<SignedIn> {
  const conversation = converse(session, { ...options, presence: () => frontEnd.presence() });
  let step = await conversation.next();
  while (!step.done) step = await conversation.next(await frontEnd.answer(step.value));
  return step.value;
}

/**
 * Opens the web session again in the middle of a run, without asking anybody.
 *
 * @throws AppleError `session-expired` when Apple no longer takes what is stored
 */
export async function renewWebSession(
  session: AppleSession,
  options: WebSessionOptions & Pick<Options, 'save'>,
): Promise<AccountInfo> {
  const account = await openWebSession(session, options);
  await options.save();
  if (!account || account.untrusted) throw new AppleError('session-expired');
  return account;
}
