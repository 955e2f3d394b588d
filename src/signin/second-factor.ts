import type { AppleSession } from '../apple/apple-session.ts';
import { AppleError } from '../apple/errors.ts';
import { getSecondFactor, type SecondFactor } from '../apple/identity/challenge.ts';
import { type CodeChannel, type CodeVerdict, requestCode, submitCode } from '../apple/identity/verification.ts';
import { type Answer, type Challenge, type FrontEnd, PersonNeededError } from './challenges.ts';

/** Wrong codes for one challenge before giving up: Apple locks accounts that go on. */
export const MAX_CODE_TRIES = 3;

interface SecondFactorOptions {
  readonly username: string;
  readonly presence: FrontEnd['presence'];
  readonly save: () => Promise<void>;
  /** What a person answered already, in a sign-in that Apple forgot. */
  readonly again: Answer | undefined;
}

/** Apple forgot the sign-in while a person was waited for; what they answered is to be repeated in the next one. */
interface Forgotten {
  readonly forgotten: Answer | undefined;
}

/** How a code was accepted, or that the person wants to begin again, or that the sign-in has to. */
type SecondFactorResult = Exclude<CodeVerdict, 'wrong'> | 'start-over' | Forgotten;

/** The way a first code goes: to the trusted devices; without any, to the only phone; else the person chooses. */
function firstChannel(factor: SecondFactor): CodeChannel | undefined {
  if (factor.hasTrustedDevices) return { kind: 'trusted-devices' };
  const [phone, ...others] = factor.phones;
  return phone && others.length === 0 ? { kind: 'phone', phone, mode: 'sms' } : undefined;
}

const NOT_SENT: ReadonlySet<string> = new Set(['code-not-sent', 'too-many-codes-sent', 'phone-refused']);

/** One challenge of Apple's: where codes went, and what became of those handed in. */
class CodeConversation {
  readonly #session: AppleSession;
  #factor: SecondFactor;
  /** Where the newest code went. */
  channel: CodeChannel | undefined;
  /** Where the code before it went: a person may still type that one. */
  #earlier: CodeChannel | undefined;

  constructor(session: AppleSession, factor: SecondFactor) {
    this.#session = session;
    this.#factor = factor;
  }

  get factor(): SecondFactor {
    return this.#factor;
  }

  /** @returns why no code was sent; a code may still come another way, so this ends nothing */
  async send(channel: CodeChannel): Promise<AppleError | undefined> {
    try {
      await this.#request(channel);
    } catch (error) {
      if (!(error instanceof AppleError) || !NOT_SENT.has(error.kind)) throw error;
      this.channel ??= channel;
      return error;
    }
    if (this.channel && this.channel.kind !== channel.kind) this.#earlier = this.channel;
    this.channel = channel;
    return undefined;
  }

  /** A 412 is asked again once, with the number as a fresh challenge has it (peers). */
  async #request(channel: CodeChannel): Promise<void> {
    try {
      await requestCode(this.#session, channel);
    } catch (error) {
      const again = error instanceof AppleError && error.kind === 'phone-refused' && channel.kind === 'phone';
      if (!again) throw error;
      this.#factor = await getSecondFactor(this.#session);
      const phone = this.#factor.phones.find(({ id }) => id === channel.phone.id) ?? channel.phone;
      await requestCode(this.#session, { ...channel, phone });
    }
  }

  /** A code typed after a second way was tried may be the first way's: that is asked too before it counts as wrong. */
  async submit(code: string): Promise<CodeVerdict> {
    const verdict = await submitCode(this.#session, this.channel ?? { kind: 'trusted-devices' }, code);
    if (verdict !== 'wrong' || !this.#earlier) return verdict;
    return submitCode(this.#session, this.#earlier, code);
  }
}

/**
 * The second factor of a two-factor account: has codes sent where the person wants them, hands in what they type.
 * Nothing is sent to anybody's devices unless a person is there.
 *
 * @throws AppleError; PersonNeededError when nobody answers
 */
export async function* askSecondFactor(
  session: AppleSession,
  options: SecondFactorOptions,
): AsyncGenerator<Challenge, SecondFactorResult, Answer> {
  const { username } = options;
  // read first, which sends nothing to anybody: where no code would help, nobody is told to enter one
  const conversation = new CodeConversation(session, await usableFactor(session));
  const presence = options.presence();
  if (presence === 'nobody') throw new PersonNeededError('nobody-for-code', username);
  const { factor } = conversation;
  let again = options.again;
  // a code sent before may still be good
  let problem = factor.blocked && new AppleError(factor.blocked);
  const first = presence === 'person' && !factor.blocked && !again ? firstChannel(factor) : undefined;
  if (first) problem = await conversation.send(first);
  for (let triesLeft = MAX_CODE_TRIES; ; ) {
    await options.save();
    const { channel } = conversation;
    const answer: Answer =
      again ?? (yield { kind: 'code-wanted', username, factor: conversation.factor, channel, problem, triesLeft });
    const repeated = again !== undefined;
    [again, problem] = [undefined, undefined];
    if (answer.kind === 'start-over') return 'start-over';
    if (answer.kind !== 'send' && answer.kind !== 'code') throw new PersonNeededError('no-code-came', username);
    try {
      if (answer.kind === 'send') {
        problem = await conversation.send(answer.channel);
        continue;
      }
      const verdict = await conversation.submit(answer.code);
      if (verdict !== 'wrong') return verdict;
    } catch (error) {
      if (repeated || !(error instanceof AppleError) || error.kind !== 'session-expired') throw error;
      // a code sent for this sign-in ends with it; one that a device showed by itself may be good for the next
      return { forgotten: answer.kind === 'send' || !channel ? answer : undefined };
    }
    problem = new AppleError('wrong-code');
    triesLeft -= 1;
    if (triesLeft === 0) throw problem;
  }
}

/** @throws AppleError when no code would be accepted at all */
async function usableFactor(session: AppleSession): Promise<SecondFactor> {
  const factor = await getSecondFactor(session);
  if (factor.securityKeys.length > 0) {
    throw new AppleError('security-key-required', { reason: factor.securityKeys.join(', ') });
  }
  if (factor.blocked === 'codes-locked' || factor.blocked === 'too-many-wrong-codes') {
    throw new AppleError(factor.blocked);
  }
  return factor;
}
