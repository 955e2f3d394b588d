import type { AccountInfo } from '../apple/account/account-info.ts';
import { accountLogin, validate } from '../apple/account/web-session.ts';
import type { AppleSession } from '../apple/apple-session.ts';
import { AppleError } from '../apple/errors.ts';
import { getSecondFactor, type SecondFactor } from '../apple/identity/challenge.ts';
import { declineRepair, signInWithPassword } from '../apple/identity/password-sign-in.ts';
import { type CodeChannel, requestCode, requestTrust, submitCode } from '../apple/identity/verification.ts';
import type { Secret } from '../apple/secret.ts';
import { type Answer, type Challenge, type FrontEnd, PersonNeededError } from './challenges.ts';

/** Passwords tried, and codes tried for one challenge, before giving up: Apple locks accounts that go on. */
const MAX_TRIES = 3;

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
  | { readonly at: 'password'; readonly known: Secret | undefined }
  | { readonly at: 'second-factor'; readonly password: Secret }
  | { readonly at: 'trust'; readonly repair: boolean }
  | {
      readonly at: 'web-session';
      readonly password: Secret | undefined;
      readonly way: SignInWay;
      readonly trusted: boolean;
    }
  | { readonly at: 'done'; readonly result: SignedIn };

interface Options {
  readonly username: string;
  /** See `FrontEnd.attended`. */
  readonly attended: boolean;
  /** `password` leaves aside what is stored and has the password proven. */
  readonly start: 'stored-session' | 'password';
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
        state = await tokenLogin(session);
        break;
      case 'password':
        state = yield* askPassword(session, options, state.known);
        break;
      case 'second-factor': {
        const password: Secret = state.password;
        try {
          state = yield* askCode(session, options);
        } catch (error) {
          // idmsa forgets a sign-in after some minutes; the password just accepted opens it again
          const forgotten = error instanceof AppleError && error.kind === 'session-expired';
          if (!forgotten || restarts > 0) throw error;
          restarts += 1;
          state = { at: 'password', known: password };
        }
        break;
      }
      case 'trust':
        state = await trust(session, state.repair);
        break;
      case 'web-session':
        state = await openWebSession(session, state);
        break;
      case 'done':
        await options.save();
        return state.result;
    }
    await options.save();
  }
}

async function resume(session: AppleSession): Promise<State> {
  const cookies = await session.transport.cookies.getCookies(session.endpoints.setup);
  if (session.data.session_token === undefined && cookies.length === 0) return { at: 'password', known: undefined };
  const account = await validate(session);
  if (!account || account.untrusted) return { at: 'token-login' };
  return { at: 'done', result: { account, way: 'stored-session', trusted: true } };
}

async function tokenLogin(session: AppleSession): Promise<State> {
  const account = await accountLogin(session);
  if (!account || account.untrusted) return { at: 'password', known: undefined };
  return { at: 'done', result: { account, way: 'token', trusted: true } };
}

async function* askPassword(
  session: AppleSession,
  options: Options,
  known: Secret | undefined,
): AsyncGenerator<Challenge, State, Answer> {
  let password = known;
  const tried = new Set<string>();
  for (let rejection: AppleError | undefined; ; ) {
    if (!password) {
      const answer: Answer = yield { kind: 'password-wanted', username: options.username, rejected: !!rejection };
      if (answer.kind !== 'password') throw rejection ?? new PersonNeededError('password', options.username);
      password = answer.password;
    }
    // the same password again could only bring the account nearer to its lock
    if (rejection && tried.has(password.reveal())) throw rejection;
    tried.add(password.reveal());
    try {
      return await submitPassword(session, options.username, password);
    } catch (error) {
      if (!(error instanceof AppleError) || error.kind !== 'wrong-password' || tried.size >= MAX_TRIES) throw error;
      rejection = error;
      password = undefined;
      await options.save();
    }
  }
}

async function submitPassword(session: AppleSession, username: string, password: Secret): Promise<State> {
  // Apple's own form: four groups of four letters. Sending one would count as a wrong password
  if (/^[a-z]{4}(-[a-z]{4}){3}$/.test(password.reveal())) throw new AppleError('app-specific-password');
  const outcome = await signInWithPassword(session, username, password);
  if (outcome === 'second-factor') return { at: 'second-factor', password };
  if (outcome === 'repair') await declineRepair(session);
  return { at: 'web-session', password, way: 'password', trusted: true };
}

/** The way a first code goes: to the trusted devices; without any, to the only phone; else the person chooses. */
function firstChannel(factor: SecondFactor): CodeChannel | undefined {
  if (factor.hasTrustedDevices) return { kind: 'trusted-devices' };
  const [phone, ...others] = factor.phones;
  return phone && others.length === 0 ? { kind: 'phone', phone, mode: 'sms' } : undefined;
}

async function* askCode(session: AppleSession, options: Options): AsyncGenerator<Challenge, State, Answer> {
  // before anything is sent: nobody wants their phone to ring at night for a run that cannot ask
  if (!options.attended) throw new PersonNeededError('code', options.username);
  const factor = await getSecondFactor(session);
  if (factor.securityKeys.length > 0) {
    throw new AppleError('security-key-required', { reason: factor.securityKeys.join(', ') });
  }
  if (factor.blocked) throw new AppleError(factor.blocked);

  let channel: CodeChannel | undefined;
  let wish = firstChannel(factor);
  let problem: AppleError | undefined;
  let triesLeft = MAX_TRIES;
  for (;;) {
    if (wish) {
      problem = await trySend(session, wish);
      // a code may still come another way, so a failed request ends nothing
      if (!problem || !channel) channel = wish;
      wish = undefined;
    }
    await options.save();
    const answer: Answer = yield { kind: 'code-wanted', factor, channel, problem, triesLeft };
    problem = undefined;
    if (answer.kind === 'send') {
      wish = answer.channel;
      continue;
    }
    if (answer.kind !== 'code') throw new PersonNeededError('code', options.username);
    const verdict = await submitCode(session, channel ?? { kind: 'trusted-devices' }, answer.code);
    if (verdict !== 'wrong') return { at: 'trust', repair: verdict === 'accepted-repair-pending' };
    problem = new AppleError('wrong-code');
    triesLeft -= 1;
    if (triesLeft === 0) throw problem;
  }
}

async function trySend(session: AppleSession, channel: CodeChannel): Promise<AppleError | undefined> {
  try {
    await requestCode(session, channel);
    return undefined;
  } catch (error) {
    if (error instanceof AppleError && error.kind === 'code-not-sent') return error;
    throw error;
  }
}

async function trust(session: AppleSession, repair: boolean): Promise<State> {
  if (repair) await declineRepair(session);
  const trusted = await requestTrust(session);
  return { at: 'web-session', password: undefined, way: 'code', trusted };
}

async function openWebSession(session: AppleSession, state: Extract<State, { at: 'web-session' }>): Promise<State> {
  const account = await accountLogin(session);
  if (!account) throw new AppleError('sign-in-refused', { reason: 'accountLogin did not take the new token' });
  if (!account.untrusted) return { at: 'done', result: { account, way: state.way, trusted: state.trusted } };
  if (account.hsaVersion === 1) throw new AppleError('two-step-account');
  // Apple took the password with 200 and wants a code all the same
  if (state.password) return { at: 'second-factor', password: state.password };
  throw new AppleError('not-trusted');
}

/** Signs in with a front end answering whatever is asked; see `converse` for what it throws. */
export async function signIn(
  session: AppleSession,
  frontEnd: FrontEnd,
  options: Omit<Options, 'attended'>,
): Promise<SignedIn> {
  const conversation = converse(session, { ...options, attended: frontEnd.attended });
  let step = await conversation.next();
  while (!step.done) step = await conversation.next(await frontEnd.answer(step.value));
  return step.value;
}

/**
 * Opens the web session again in the middle of a run, without asking anybody.
 *
 * @throws AppleError `session-expired` when Apple no longer takes what is stored
 */
export async function renewWebSession(session: AppleSession, save: () => Promise<void>): Promise<AccountInfo> {
  const account = await accountLogin(session);
  await save();
  if (!account || account.untrusted) throw new AppleError('session-expired');
  return account;
}
