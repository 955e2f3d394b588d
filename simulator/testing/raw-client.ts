/** For tests: a client with no opinion. It sends what it is told and shows what came back, cookies uncooked. */
import { request } from 'node:http';

export interface RawRequest {
  readonly method?: string;
  readonly path: string;
  /** The Apple host the request is meant for; it goes into `X-Forwarded-Host`. */
  readonly host?: string;
  readonly headers?: Readonly<Record<string, string | undefined>>;
  /** An object is sent as JSON. */
  readonly body?: string | object;
}

export interface RawAnswer {
  readonly status: number;
  header(name: string): string | undefined;
  readonly headerNames: readonly string[];
  readonly setCookies: readonly string[];
  readonly bytes: Buffer;
  readonly text: string;
  /** The body as a JSON object. */
  readonly json: Record<string, unknown>;
  /** Whether all announced bytes came. */
  readonly complete: boolean;
}

/** @param url the simulator's base URL */
export function send(url: string, { method = 'GET', path, host, headers = {}, body }: RawRequest): Promise<RawAnswer> {
  const payload = typeof body === 'object' ? JSON.stringify(body) : body;
  const all: Record<string, string> = {};
  if (typeof body === 'object') all['content-type'] = 'application/json';
  if (host !== undefined) Object.assign(all, { 'x-forwarded-host': host, 'x-forwarded-proto': 'https' });
  for (const [name, value] of Object.entries(headers)) if (value !== undefined) all[name] = value;
  if (payload !== undefined) all['content-length'] = String(Buffer.byteLength(payload));
  return new Promise((resolve, reject) => {
    const outgoing = request(url + path, { method, headers: all }, (incoming) => {
      const chunks: Buffer[] = [];
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
      incoming.on('error', () => undefined);
      incoming.on('close', () => {
        const bytes = Buffer.concat(chunks);
        const text = bytes.toString('utf8');
        resolve({
          status: incoming.statusCode ?? 0,
          header: (name) => [incoming.headers[name.toLowerCase()]].flat()[0],
          headerNames: incoming.rawHeaders.filter((_, i) => i % 2 === 0),
          setCookies: incoming.headers['set-cookie'] ?? [],
          bytes,
          text,
          get json() {
            return JSON.parse(text);
          },
          complete: incoming.complete,
        });
      });
    });
    outgoing.on('error', reject);
    outgoing.end(payload);
  });
}

/** The `Cookie` header a plain jar would send after these answers: values exactly as they came. */
export function cookieHeader(...answers: readonly RawAnswer[]): string {
  const jar = new Map<string, string>();
  for (const line of answers.flatMap(({ setCookies }) => setCookies)) {
    const pair = line.split(';')[0] ?? '';
    jar.set(pair.slice(0, pair.indexOf('=')), pair);
  }
  return [...jar.values()].join('; ');
}
