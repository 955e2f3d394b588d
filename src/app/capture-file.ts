import { type CapturedExchange, harEntry, type TrafficCapture } from '../apple/http/capture.ts';
import type { Redactor } from '../apple/secret.ts';
import { renderVersion } from '../cli/version.ts';
import { replaceFile } from '../session/atomic-file.ts';

/** The newest exchanges are kept: trouble is at the end. */
const MOST_EXCHANGES = 500;

/** `--debug-capture`: collects while the run goes on, writes at its end. */
export class CaptureFile implements TrafficCapture {
  readonly #path: string;
  readonly #redactor: Redactor;
  readonly #exchanges: CapturedExchange[] = [];

  constructor(path: string, redactor: Redactor) {
    this.#path = path;
    this.#redactor = redactor;
  }

  add(exchange: CapturedExchange): void {
    this.#exchanges.push(exchange);
    if (this.#exchanges.length > MOST_EXCHANGES) this.#exchanges.shift();
  }

  /** Secrets that became known late are taken out of early exchanges too. @throws the file system's error */
  async write(): Promise<void> {
    const creator = { name: 'icloudpd', version: renderVersion() };
    const entries = this.#exchanges.map((exchange) => harEntry(exchange, this.#redactor));
    await replaceFile(this.#path, `${JSON.stringify({ log: { version: '1.2', creator, entries } }, undefined, 1)}\n`);
  }
}
