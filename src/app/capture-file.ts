import { randomBytes } from 'node:crypto';
import { open, stat, unlink } from 'node:fs/promises';
import path from 'node:path';
import { type CapturedExchange, harEntry, type TrafficCapture } from '../apple/http/capture.ts';
import type { Redactor } from '../apple/secret.ts';
import { ExitCode } from '../cli/exit-codes.ts';
import { renderVersion } from '../cli/version.ts';
import { replaceFile } from '../session/atomic-file.ts';
import { makeFolder } from '../session/make-folder.ts';
import type { Logger } from '../terminal/logger.ts';

/** The newest exchanges are kept: trouble is at the end. */
const MOST_EXCHANGES = 500;

/** `--debug-capture`: collects while the run goes on, writes at its end. */
class CaptureFile implements TrafficCapture {
  readonly #path: string;
  readonly #redactor: Redactor;
  readonly #exchanges: CapturedExchange[] = [];

  constructor(file: string, redactor: Redactor) {
    this.#path = file;
    this.#redactor = redactor;
  }

  add(exchange: CapturedExchange): void {
    this.#exchanges.push(exchange);
    if (this.#exchanges.length > MOST_EXCHANGES) this.#exchanges.shift();
  }

  /**
   * Makes the folder, and finds out whether `write` can do its work. An earlier file stays until then.
   *
   * @throws the file system's error
   */
  async prepare(): Promise<void> {
    const there = await stat(this.#path).catch(() => undefined);
    if (there?.isDirectory()) throw new Error('it is a folder');
    await makeFolder(path.dirname(this.#path), 0o700);
    const beside = `${this.#path}.${randomBytes(4).toString('hex')}.tmp`;
    await (await open(beside, 'wx', 0o600)).close();
    await unlink(beside);
  }

  /** Secrets that became known late are taken out of early exchanges too. @throws the file system's error */
  async write(): Promise<void> {
    const creator = { name: 'icloudpd', version: renderVersion() };
    const entries = this.#exchanges.map((exchange) => harEntry(exchange, this.#redactor));
    await replaceFile(this.#path, `${JSON.stringify({ log: { version: '1.2', creator, entries } }, undefined, 1)}\n`);
  }
}

/**
 * Gives `run` something to capture with, and writes it down when the run is over, however it ends. A path where nothing
 * can be written ends the program before the run: whoever wants a capture would have to do it all again.
 *
 * @param file expanded; undefined when nothing is to be captured
 * @returns the exit code of `run`; another one when only the capture failed
 */
export async function withCapture(
  file: string | undefined,
  { redactor, log }: { readonly redactor: Redactor; readonly log: Logger },
  run: (capture: TrafficCapture | undefined) => Promise<number>,
): Promise<number> {
  if (file === undefined) return run(undefined);
  const capture = new CaptureFile(file, redactor);
  try {
    await capture.prepare();
  } catch (error) {
    const cure = 'Name a file in a folder that this user may write to.';
    log.error(`--debug-capture ${file} cannot be written: ${reasonOf(error)}. ${cure}`);
    return ExitCode.usage;
  }
  let written = true;
  let code: number;
  try {
    code = await run(capture);
  } finally {
    try {
      await capture.write();
    } catch (error) {
      written = false;
      const cure = 'Nothing was captured: make room for it, or name another file, and run this again.';
      log.error(`--debug-capture ${file} could not be written: ${reasonOf(error)}. ${cure}`);
    }
  }
  return code === ExitCode.done && !written ? ExitCode.refused : code;
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
