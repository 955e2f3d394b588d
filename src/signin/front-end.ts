import type { Clock } from '../apple/clock.ts';
import type { Secret } from '../apple/secret.ts';
import type { Answerer } from './answerer.ts';
import type { Answer, Challenge, FrontEnd, PasswordWanted, Presence } from './challenges.ts';
import type { PasswordProvider } from './password-providers/password-provider.ts';

/** Places that keep the password themselves: it is not copied into the keyring. */
const KEEPERS: ReadonlySet<string> = new Set(['env', 'file', 'command']);

/** Places where a person enters the password there and then. */
const TYPED: ReadonlySet<string> = new Set(['console', 'webui']);

/** A front end that can also be told that its password was right. */
export interface ProviderFrontEnd extends FrontEnd {
  /** Lets the providers keep the password Apple accepted, if one was asked for. */
  accepted(username: string): Promise<void>;
}

export interface FrontEndParts {
  /** Asked for passwords, in this order. */
  readonly providers: readonly PasswordProvider[];
  /** All asked at once for everything else; the first answer counts. */
  readonly answerers: readonly Answerer[];
  presence(): Presence;
  /** How long an answer is waited for when nobody is known to be there, in milliseconds; undefined: for ever. */
  readonly waitMs: number | undefined;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Told of each challenge but passwords, before anybody is asked. */
  onWanted(challenge: Challenge): void;
  /** Told once the question is laid out for everybody who can answer it. */
  onPosed(challenge: Challenge): void;
  /** Lets other accounts go on while this one waits for somebody; sooner when nobody is known to be there. */
  whileWaiting<T>(work: () => Promise<T>, presence: Presence): Promise<T>;
}

/** Asks all at once and takes the first answer; the others are told that it is over. */
async function firstAnswer(
  answerers: readonly Answerer[],
  challenge: Challenge,
  signal: AbortSignal,
): Promise<Answer | undefined> {
  const over = new AbortController();
  const given = AbortSignal.any([over.signal, signal]);
  return new Promise<Answer | undefined>((resolve, reject) => {
    let open = answerers.length;
    if (open === 0 || signal.aborted) resolve(undefined);
    signal.addEventListener('abort', () => resolve(undefined), { once: true });
    for (const answerer of answerers) {
      answerer.answer(challenge, given).then((answer) => {
        open -= 1;
        if (answer || open === 0) resolve(answer);
      }, reject);
    }
  }).finally(() => over.abort());
}

/** Passwords from the providers in their order, everything else from whoever answers first. */
export function createFrontEnd(parts: FrontEndParts): ProviderFrontEnd {
  const { providers, answerers, clock, signal } = parts;
  let given: { readonly password: Secret; readonly by: PasswordProvider } | undefined;

  async function answerPassword({ username, rejected }: PasswordWanted): Promise<Answer> {
    if (rejected) await given?.by.rejected?.(username);
    let asked = false;
    for (const by of providers) {
      const password = await by.next(username, rejected);
      if (password === 'none-typed') asked = true;
      if (password === undefined || password === 'none-typed' || password.reveal() === '') continue;
      given = { password, by };
      return { kind: 'password', password, typed: TYPED.has(by.name) };
    }
    return { kind: asked ? 'no-password-typed' : 'give-up' };
  }

  /** @returns undefined when the time is over */
  async function withinWait(challenge: Challenge): Promise<Answer | undefined> {
    if (parts.waitMs === undefined) return firstAnswer(answerers, challenge, signal);
    const answered = new AbortController();
    const late = new AbortController();
    const timer = clock.sleep(parts.waitMs, AbortSignal.any([answered.signal, signal])).then(
      () => late.abort(),
      () => undefined,
    );
    const answer = await firstAnswer(answerers, challenge, AbortSignal.any([late.signal, signal]));
    answered.abort();
    await timer;
    return answer;
  }

  return {
    presence: () => parts.presence(),
    async answer(challenge: Challenge): Promise<Answer> {
      if (challenge.kind === 'password-wanted') return answerPassword(challenge);
      parts.onWanted(challenge);
      const presence = parts.presence();
      const wait = parts.whileWaiting(
        () => (presence === 'person' ? firstAnswer(answerers, challenge, signal) : withinWait(challenge)),
        presence,
      );
      parts.onPosed(challenge);
      const answer = await wait;
      signal.throwIfAborted();
      return answer ?? { kind: 'give-up' };
    },
    async accepted(username) {
      if (!given || KEEPERS.has(given.by.name)) return;
      for (const provider of providers) await provider.accepted?.(username, given.password);
    },
  };
}
