import { inspect } from 'node:util';

/** A value that must not be shown: it prints as `***` wherever it is printed by accident. */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  /** The value itself, for the one place that needs it. */
  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return '***';
  }

  toJSON(): string {
    return '***';
  }

  [inspect.custom](): string {
    return '***';
  }
}

/** Shorter strings would blot out ordinary text; no secret of Apple's is this short. */
const SHORTEST = 4;

/** Takes registered secrets out of text on its way to a log or an error. */
export class Redactor {
  readonly #secrets = new Set<string>();

  /** From now on `value` is replaced by `***`, also where it stands URL-encoded or inside JSON. */
  add(value: string | undefined): void {
    if (value === undefined || value.length < SHORTEST) return;
    this.#secrets.add(value);
    this.#secrets.add(encodeURIComponent(value));
    this.#secrets.add(JSON.stringify(value).slice(1, -1));
  }

  /** @returns `text` without any registered secret. */
  redact(text: string): string {
    let result = text;
    // longest first: a secret may contain another one
    for (const secret of [...this.#secrets].sort((a, b) => b.length - a.length))
      result = result.replaceAll(secret, '***');
    return result;
  }
}
