import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import { Secret } from '../apple/secret.ts';
import type { Prompter } from '../signin/prompter.ts';

/** Where prompts are written and answers read: the process's own streams, or a test's. */
export interface TerminalStreams {
  readonly input: NodeJS.ReadableStream & { readonly isTTY?: boolean };
  readonly output: NodeJS.WritableStream;
}

/**
 * Asks on the terminal. Attended only when the input is a terminal: a pipe, a cron job or a container without one is
 * never waited for.
 *
 * @param signal aborts a question that waits (Ctrl-C)
 */
export function createPrompter({ input, output }: TerminalStreams, signal: AbortSignal): Prompter {
  async function readLine(prompt: string, hidden: boolean, unwanted?: AbortSignal): Promise<string | undefined> {
    // a terminal echoes through readline's output; with none, what is typed stays invisible
    const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
    const reader = createInterface({ input, output: hidden ? silent : output, terminal: true });
    if (hidden) output.write(prompt);
    let [asked, answered] = [false, false];
    try {
      return await new Promise((resolve, reject) => {
        const abort = (): void => reject(signal.reason);
        if (signal.aborted) return abort();
        const leave = (): void => reader.close();
        signal.addEventListener('abort', abort, { once: true });
        unwanted?.addEventListener('abort', leave, { once: true });
        reader.once('close', () => {
          signal.removeEventListener('abort', abort);
          unwanted?.removeEventListener('abort', leave);
          resolve(undefined);
        });
        // in raw mode Ctrl-C is a character, which readline reports here instead of a signal
        reader.once('SIGINT', () => process.kill(process.pid, 'SIGINT'));
        asked = true;
        reader.question(hidden ? '' : prompt, (line) => {
          answered = true;
          resolve(line);
        });
        return undefined;
      });
    } finally {
      reader.close();
      // nothing that is written later follows a prompt on its line
      if (hidden || (asked && !answered)) output.write('\n');
    }
  }

  return {
    attended: input.isTTY === true,
    say: (text) => void output.write(`${text}\n`),
    ask: async (prompt, unwanted) => (unwanted?.aborted ? undefined : readLine(prompt, false, unwanted)),
    askHidden: async (prompt) => {
      const line = await readLine(prompt, true);
      return line === undefined ? undefined : new Secret(line);
    },
  };
}
