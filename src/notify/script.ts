import { type ChildProcess, spawn } from 'node:child_process';
import path from 'node:path';
import { withoutSecrets } from '../config/secret-variables.ts';
import { type Notice, oneLine, wordsOf } from './notice.ts';
import type { Notifier, NotifyLog } from './notifier.ts';

/** Longer than the usual limit: a script may have to wake something up. */
const LIMIT_MS = 60_000;

interface ScriptContext {
  /** What the script inherits, save secrets. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Absolute: where the script runs, and where a relative path of it begins. */
  readonly workingDirectory: string;
  readonly log: NotifyLog;
}

/** @returns the environment of a script: what this program has, without its secrets, and the notice */
function environment(env: ScriptContext['env'], notice: Notice): Record<string, string | undefined> {
  const { title, text } = wordsOf(notice);
  return {
    ...withoutSecrets(env),
    ICLOUDPD_EVENT: notice.kind,
    ICLOUDPD_USERNAME: oneLine(notice.username),
    ICLOUDPD_TITLE: title,
    ICLOUDPD_TEXT: text,
  };
}

/** Ends a script with everything it has started. */
function kill(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    // it was made the head of a group of its own
    process.kill(process.platform === 'win32' ? child.pid : -child.pid, 'SIGKILL');
  } catch {
    // it has ended by itself
  }
}

function cannotStart(file: string, error: NodeJS.ErrnoException): Error {
  switch (error.code) {
    case 'ENOENT':
      return new Error(`${file} cannot be started: it, or the interpreter in its first line, is not there`);
    case 'EACCES':
      return new Error(`${file} cannot be started: it may not be executed (chmod +x)`);
    default:
      return new Error(`${file} cannot be started: ${error.message}`);
  }
}

/**
 * `--notification-script`: starts a program, without a shell and without arguments, and tells it the notice in its
 * environment. What it prints goes to standard error, so that it never gets into a list of names on standard output.
 *
 * @param script a path; a bare name is looked for in PATH, as icloudpd does it
 */
export function createScriptNotifier(script: string, { env, workingDirectory, log }: ScriptContext): Notifier {
  // `./x.sh` stays a path; icloudpd made a bare name of it
  const file = path.basename(script) === script ? script : path.resolve(workingDirectory, script);
  return {
    name: 'script',
    limitMs: LIMIT_MS,
    notify: async (notice, signal) => {
      signal.throwIfAborted();
      log.debug('Executing notification script...');
      const ended = Promise.withResolvers<void>();
      const child = spawn(file, [], {
        cwd: workingDirectory,
        env: environment(env, notice),
        stdio: ['ignore', 2, 2],
        detached: process.platform !== 'win32',
        windowsHide: true,
      });
      const giveUp = (): void => {
        kill(child);
        ended.reject(signal.reason);
      };
      signal.addEventListener('abort', giveUp);
      child.on('error', (error) => ended.reject(cannotStart(script, error)));
      child.on('exit', (code, killer) => {
        if (code === 0) ended.resolve();
        else ended.reject(new Error(`${script} ended with ${killer ?? `exit code ${code}`}`));
      });
      try {
        await ended.promise;
      } finally {
        signal.removeEventListener('abort', giveUp);
      }
    },
  };
}
