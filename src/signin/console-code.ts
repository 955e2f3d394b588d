import type { TrustedPhone } from '../apple/identity/challenge.ts';
import type { CodeChannel } from '../apple/identity/verification.ts';
import type { Answer, CodeWanted } from './challenges.ts';
import { indexOfLetter, letterOf, MOST_LETTERS } from './phone-letters.ts';
import type { Prompter } from './prompter.ts';

function letterRange(phones: readonly TrustedPhone[]): string {
  return phones.length === 1 ? 'a' : `a..${letterOf(phones.length - 1)}`;
}

/** What a line typed at the code prompt means. */
export type CodeInput =
  | { readonly kind: 'answer'; readonly answer: Answer }
  | { readonly kind: 'unclear'; readonly hint: string };

/**
 * Reads one line typed at the prompt: the code (spaces and dashes are let pass), a letter for an SMS to that number,
 * `c` and a letter for a call, `r` for the same again, `x` to begin again.
 */
export function parseCodeInput(line: string, wanted: Pick<CodeWanted, 'factor' | 'channel'>): CodeInput {
  const text = line.trim().toLowerCase();
  const phones = wanted.factor.phones.slice(0, MOST_LETTERS);
  const phoneOf = (letter: string) => phones[indexOfLetter(letter) ?? -1];
  const unclear = (hint: string): CodeInput => ({ kind: 'unclear', hint });
  const send = (channel: CodeChannel): CodeInput => ({ kind: 'answer', answer: { kind: 'send', channel } });
  if (text === '') return unclear('Empty string. Try again');

  const digits = text.replaceAll(/[\s-]/g, '');
  if (/^\d+$/.test(digits)) {
    if (digits.length === wanted.factor.codeLength) return { kind: 'answer', answer: { kind: 'code', code: digits } };
    return unclear(
      `Invalid code, should be ${wanted.factor.codeLength === 6 ? 'six' : wanted.factor.codeLength} digits. Try again`,
    );
  }
  const phone = phoneOf(text);
  if (phone) return send({ kind: 'phone', phone, mode: 'sms' });
  if (text === 'x') return { kind: 'answer', answer: { kind: 'start-over' } };
  if (text === 'r') {
    return wanted.channel ? send(wanted.channel) : unclear('No code was sent yet: choose a number first. Try again');
  }
  const called = /^c\s*([a-z])$/.exec(text)?.[1];
  const calledPhone = phoneOf(called ?? '');
  if (calledPhone) return send({ kind: 'phone', phone: calledPhone, mode: 'voice' });
  if (phones.length === 0) return unclear('Should be six-digit code. Try again');
  if (/^[a-z]$/.test(text)) return unclear(`Invalid index, should be (${letterRange(phones)}). Try again`);
  return unclear(`Should be index (${letterRange(phones)}) or six-digit code. Try again`);
}

function sentTo(channel: CodeChannel): string {
  if (channel.kind === 'trusted-devices') return 'A code was asked for; it shows on your trusted devices.';
  const how = channel.mode === 'sms' ? 'An SMS with a code goes to' : 'A call with a code goes to';
  return `${how} ${channel.phone.number}.`;
}

function introduce(wanted: CodeWanted, prompter: Prompter): void {
  const { phones } = wanted.factor;
  if (wanted.problem) {
    const tries = wanted.problem.kind === 'wrong-code' ? ` (tries left: ${wanted.triesLeft})` : '';
    prompter.say(`${wanted.problem.message}${tries}`);
  } else if (wanted.channel) {
    prompter.say(sentTo(wanted.channel));
  }
  for (const [index, phone] of phones.slice(0, MOST_LETTERS).entries())
    prompter.say(`  ${letterOf(index)}: ${phone.number}`);
  const again = wanted.channel ? ['r to have a code sent again'] : [];
  const call = phones.length > 0 ? ['ca for a call to number a'] : [];
  const ways = [...again, ...call, 'x to begin again with the password'];
  prompter.say(`  (also: ${ways.join(', ')})`);
}

function promptOf(wanted: CodeWanted): string {
  const phones = wanted.factor.phones.slice(0, MOST_LETTERS);
  if (wanted.channel?.kind === 'phone' && wanted.channel.mode === 'sms') {
    return 'Please enter two-factor authentication code that you received over SMS: ';
  }
  if (phones.length === 0) return 'Please enter two-factor authentication code: ';
  return `Please enter two-factor authentication code or device index (${letterRange(phones)}) to send SMS with a code: `;
}

/**
 * Asks for a code on the terminal, until what is typed can be understood.
 *
 * @param ask reads a line; undefined when none will come
 */
export async function askCodeOnConsole(
  wanted: CodeWanted,
  prompter: Prompter,
  ask: (prompt: string) => Promise<string | undefined>,
): Promise<Answer | undefined> {
  introduce(wanted, prompter);
  for (;;) {
    const line = await ask(promptOf(wanted));
    if (line === undefined) return undefined;
    const input = parseCodeInput(line, wanted);
    if (input.kind === 'answer') return input.answer;
    prompter.say(input.hint);
  }
}
