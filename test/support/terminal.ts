import { type ChildProcessWithoutNullStreams, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Whether util-linux's `script` is there, which gives a child process a real terminal. */
export const hasTerminal =
  spawnSync('script', ['--version'], { encoding: 'utf8' }).stdout?.includes('util-linux') ?? false;

export interface Finished {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

type Env = Readonly<Record<string, string>>;

/** The environment of the tests, without what would change the program's behaviour. */
function environment(more: Env): Record<string, string> {
  const { PATH = '', HOME = '', LANG = 'C.UTF-8' } = process.env;
  // no session bus: the tests never touch a real keyring
  return { PATH, HOME, LANG, TZ: 'UTC', ...more };
}

/**
 * Starts one of the project's programs with pipes instead of a terminal, and nothing to read.
 *
 * @param through commands that start it, such as `nohup`
 */
export function start(
  script: string,
  args: readonly string[],
  env: Env = {},
  through: readonly string[] = [],
): ChildProcessWithoutNullStreams {
  const [command = '', ...words] = [...through, process.execPath, script, ...args];
  const child = spawn(command, words, { cwd: root, env: environment(env) });
  child.stdin.end();
  return child;
}

/** Waits for the end of a process and gives all it wrote. */
export async function finished(child: ChildProcessWithoutNullStreams): Promise<Finished> {
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const [code, signal]: (number | NodeJS.Signals | null)[] = await once(child, 'close');
  return {
    code: typeof code === 'number' ? code : null,
    signal: typeof signal === 'string' ? signal : null,
    stdout,
    stderr,
  };
}

/** Runs one of the project's programs to its end, without a terminal. */
export async function run(script: string, args: readonly string[], env: Env = {}): Promise<Finished> {
  return finished(start(script, args, env));
}

/** Waits until a process has written some words so many times. */
export async function untilWritten(child: ChildProcessWithoutNullStreams, words: string, times = 1): Promise<void> {
  let written = '';
  for await (const chunk of child.stdout.iterator({ destroyOnReturn: false })) {
    written += String(chunk);
    if (written.split(words).length > times) return;
  }
  throw new Error(`ended without ${JSON.stringify(words)}, ${times} times:\n${written}`);
}

function quoted(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`;
}

/** A program at a real terminal, and somebody who reads and types. */
export class TerminalRun {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #end: Promise<number | null>;
  /** What was already waited for is not found again. */
  #read = 0;
  #screen = '';
  #wake: (() => void) | undefined;
  #over = false;

  constructor(script: string, args: readonly string[], env: Env = {}) {
    const command = [process.execPath, script, ...args].map(quoted).join(' ');
    this.#child = spawn('script', ['-qfec', command, '/dev/null'], {
      cwd: root,
      env: environment({ TERM: 'xterm', ...env }),
    });
    this.#child.stdout.setEncoding('utf8').on('data', (text: string) => {
      this.#screen += text;
      this.#wake?.();
    });
    this.#end = once(this.#child, 'close').then(([code]) => {
      this.#over = true;
      this.#wake?.();
      return typeof code === 'number' ? code : null;
    });
  }

  /** Everything shown so far. */
  get screen(): string {
    return this.#screen.replaceAll('\r', '');
  }

  /** Waits until something shown since the last time matches. */
  async see(pattern: RegExp): Promise<void> {
    for (;;) {
      const match = pattern.exec(this.#screen.slice(this.#read));
      if (match) {
        this.#read += match.index + match[0].length;
        return;
      }
      if (this.#over) throw new Error(`the program ended without ${pattern}:\n${this.screen}`);
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  /** Types a line. */
  type(line: string): void {
    this.#child.stdin.write(`${line}\r`);
  }

  /** Presses a single key. */
  press(key: string): void {
    this.#child.stdin.write(key);
  }

  /** @returns the exit code */
  async end(): Promise<number | null> {
    return this.#end;
  }
}
