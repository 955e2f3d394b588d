/** One request as it was answered. */
export interface LoggedRequest {
  readonly method: string;
  /** The forwarded host if there was one. */
  readonly host: string;
  /** Without the query. */
  readonly path: string;
  /** Without the question mark; empty when there was none. */
  readonly query: string;
  /** What was put on the wire; 0 when the handler failed before it had an answer. */
  readonly status: number;
  /** When it came in, milliseconds since the epoch. */
  readonly at: number;
}

const LONGEST = 20_000;

/** The last requests, oldest first. */
export class RequestLog {
  #entries: LoggedRequest[] = [];

  add(entry: LoggedRequest): void {
    this.#entries.push(entry);
    // cut in big steps: shifting one by one would cost time on every request
    if (this.#entries.length > 2 * LONGEST) this.#entries = this.#entries.slice(-LONGEST);
  }

  list(): readonly LoggedRequest[] {
    return this.#entries.slice(-LONGEST);
  }

  clear(): void {
    this.#entries = [];
  }
}
