import { Secret } from '../../src/apple/secret.ts';
import type { Prompter } from '../../src/signin/prompter.ts';
import { PASSWORD, type Sandbox } from './sandbox.ts';

/** What somebody types at a prompt; undefined when they leave. */
export type Typed = string | undefined | Promise<string | undefined>;

/** Somebody at a terminal, inside this process. */
export interface Person extends Prompter {
  /** Everything shown so far: lines and prompts, as one text. */
  readonly seen: () => string;
}

/**
 * @param type answers a prompt; the second argument counts from 0
 * @param passwords in the order they are typed, undefined where they leave; the last one again and again
 */
export function person(
  type: (prompt: string, nth: number) => Typed,
  passwords: readonly (string | undefined)[] = [PASSWORD],
): Person {
  const lines: string[] = [];
  let [asked, typed] = [0, 0];
  return {
    attended: true,
    seen: () => lines.join('\n'),
    say: (text) => void lines.push(text),
    ask: (prompt, signal) =>
      new Promise((resolve, reject) => {
        lines.push(prompt);
        signal?.addEventListener('abort', () => resolve(undefined), { once: true });
        Promise.resolve(type(prompt, asked++)).then(resolve, reject);
      }),
    askHidden: async (prompt) => {
      lines.push(prompt);
      const password = passwords[Math.min(typed++, passwords.length - 1)];
      return password === undefined ? undefined : new Secret(password);
    },
  };
}

/** The word of a script that stands for the newest code. */
export const CODE = '<the newest code>';

/** Somebody who types these lines, one a prompt, and after them the newest code each time. */
export function scripted(
  { simulator }: Pick<Sandbox, 'simulator'>,
  lines: readonly string[],
  passwords?: readonly (string | undefined)[],
): Person {
  const code = (): Typed => simulator.control.lastCode()?.code;
  return person((_, nth) => {
    const line = lines[nth] ?? CODE;
    return line === CODE ? code() : line;
  }, passwords);
}

/** No terminal: cron, a container. */
export const nobody: Prompter = {
  attended: false,
  say: () => undefined,
  ask: async () => undefined,
  askHidden: async () => undefined,
};
