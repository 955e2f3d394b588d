import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const FOLDER = new URL('../../../shared/recordings/', import.meta.url);

/** Whether the recordings of Apple's traffic are at hand; they are not part of the project. */
export const hasRecordings = existsSync(FOLDER);

export interface RecordedExchange {
  readonly request: {
    readonly method: string;
    readonly url: string;
    readonly headers: Readonly<Record<string, readonly string[]>>;
    readonly body: { readonly text?: string };
  };
  readonly response: {
    readonly status: number;
    readonly headers: Readonly<Record<string, readonly string[]>>;
    readonly body: { readonly text?: string; readonly base64?: string };
  };
}

/** @param name without its ending */
export function recording(name: string): readonly RecordedExchange[] {
  const { exchanges }: { exchanges: readonly RecordedExchange[] } = JSON.parse(
    readFileSync(new URL(`${name}.json`, FOLDER), 'utf8'),
  );
  return exchanges;
}

/** The recorded answers whose address contains `part`, as text. */
export function recordedTexts(name: string, part: string): readonly string[] {
  return recording(name)
    .filter(({ request }) => request.url.includes(part))
    .map(({ response }) => response.body.text ?? '');
}

/** Copies the stored session of the Apple ID jdoe@gmail.com, as icloudpd kept it, into a cookie directory. */
export function copyRecordedSession(directory: string): void {
  for (const name of ['jdoegmailcom', 'jdoegmailcom.session'])
    writeFileSync(path.join(directory, name), readFileSync(new URL(`session/${name}`, FOLDER)));
}
