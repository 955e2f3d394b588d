import type { Redactor } from '../apple/secret.ts';

export type Level = 'debug' | 'info' | 'warning' | 'error';

const ORDER: Readonly<Record<Level, number>> = { debug: 0, info: 1, warning: 2, error: 3 };

export interface Logger {
  debug(message: string): void;
  info(message: string): void;
  warning(message: string): void;
  error(message: string): void;
}

function pad(value: number): string {
  return String(value).padStart(2, '0');
}

/** icloudpd's time stamp: local, to the second. */
function stamp(ms: number): string {
  const date = new Date(ms);
  const day = `${date.getFullYear()}-${pad(date.getMonth() + 1)}-${pad(date.getDate())}`;
  return `${day} ${pad(date.getHours())}:${pad(date.getMinutes())}:${pad(date.getSeconds())}`;
}

/** Control characters out of names and answers could move the cursor or forge lines. */
export function printable(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out
  return text.replaceAll(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, '?').replaceAll('\n', '\\n');
}

/**
 * Lines in icloudpd's format, which scripts read: `2026-11-24 10:00:00 INFO     message`.
 *
 * @param threshold lines below it are not written
 * @param write gets each line, with its line end
 */
export function createLogger(options: {
  readonly threshold: Level;
  readonly redactor: Redactor;
  readonly now: () => number;
  readonly write: (line: string) => void;
}): Logger {
  const at =
    (level: Level) =>
    (message: string): void => {
      if (ORDER[level] < ORDER[options.threshold]) return;
      const text = printable(options.redactor.redact(message));
      options.write(`${stamp(options.now())} ${level.toUpperCase().padEnd(8)} ${text}\n`);
    };
  return { debug: at('debug'), info: at('info'), warning: at('warning'), error: at('error') };
}
