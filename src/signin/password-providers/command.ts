import { spawn } from 'node:child_process';
import { Secret } from '../../apple/secret.ts';
import { withoutSecrets } from '../../config/secret-variables.ts';
import { PasswordSourceError } from './file.ts';
import { firstLine } from './first-line.ts';
import { onceProvider, type PasswordPlace } from './password-provider.ts';

const LARGEST = 65_536;

interface CommandContext {
  /** What the program inherits, save secrets. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Ends the program with the run. */
  readonly signal: AbortSignal;
}

/**
 * Runs the program of a password manager without a shell and takes the first line it prints, in UTF-8. It may ask
 * its own questions on the terminal.
 *
 * @throws PasswordSourceError; nothing of what the program printed is in it
 */
export async function runPasswordCommand(words: readonly string[], { env, signal }: CommandContext): Promise<Secret> {
  const [program = '', ...args] = words;
  if (program === '') throw new PasswordSourceError('The --password-command could not be started: it has no name.');
  const chunks: Buffer[] = [];
  let length = 0;
  const child = spawn(program, args, {
    stdio: ['inherit', 'pipe', 'inherit'],
    env: { ...withoutSecrets(env) },
    signal,
  });
  child.stdout.on('data', (chunk: Buffer) => {
    length += chunk.length;
    if (length <= LARGEST) chunks.push(chunk);
  });
  const end = await new Promise<{ ended: string | number | null } | { error: Error }>((resolve) => {
    child.once('error', (error) => resolve({ error }));
    child.once('close', (code, endedBy) => resolve({ ended: code ?? endedBy }));
  });
  if (signal.aborted) throw signal.reason;
  if ('error' in end) {
    throw new PasswordSourceError(`The --password-command could not be started: ${end.error.message}. Check its name.`);
  }
  if (end.ended !== 0) {
    const how = typeof end.ended === 'number' ? `ended with exit code ${end.ended}` : `was ended by ${end.ended}`;
    throw new PasswordSourceError(
      `The --password-command ${how}. Run it by hand to see why; its password is the first line it prints.`,
    );
  }
  const found = firstLine(Buffer.concat(chunks));
  if (found === 'not-utf-8') {
    throw new PasswordSourceError('The --password-command printed something that is not UTF-8 text. Run it by hand.');
  }
  if (found.line === '') {
    throw new PasswordSourceError(
      'The --password-command printed no password in its first line. Run it by hand to see.',
    );
  }
  return new Secret(found.line);
}

/** `--password-command`, already split into words. @throws PasswordSourceError when it is asked */
export function commandProvider(words: readonly string[], context: CommandContext): PasswordPlace {
  return onceProvider('command', () => runPasswordCommand(words, context));
}
