import { pipeline, type Readable, type Transform } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import type { CookieJar } from 'tough-cookie';
import { Agent, type Dispatcher, EnvHttpProxyAgent, request } from 'undici';
import { USER_AGENT } from '../endpoints.ts';
import { AppleError } from '../errors.ts';
import type { TrafficCapture } from './capture.ts';

export type Method = 'GET' | 'POST' | 'PUT';

export interface AppleRequest {
  readonly method: Method;
  readonly url: URL;
  readonly headers?: Readonly<Record<string, string>>;
  /** JSON text, as a rule. */
  readonly body?: string;
  readonly signal?: AbortSignal;
}

/** An answer whose body was read to its end. */
export interface AppleResponse {
  readonly status: number;
  /** First value of a response header; undefined when absent or empty. */
  header(name: string): string | undefined;
  readonly text: string;
}

/** An answer whose body is still to come. Whoever gets one reads it to the end or calls `discard`. */
export interface AppleStream {
  readonly status: number;
  header(name: string): string | undefined;
  readonly body: AsyncIterable<Uint8Array>;
  discard(): Promise<void>;
}

export interface TransportOptions {
  /** From `ICLOUDPD_ENDPOINT`: every request goes there, and says in `X-Forwarded-Host` which host it was meant for. */
  readonly endpoint?: URL;
  readonly cookies: CookieJar;
  /** Most connections to one host at a time. */
  readonly connections: number;
  /** Called after every answer of the control plane, with the query left out of the address. */
  readonly onAnswer?: (line: string) => void;
  /** Gets every exchange of the control plane, for a bug report. */
  readonly capture?: TrafficCapture;
  readonly signal?: AbortSignal;
}

const CONNECT_TIMEOUT_MS = 30_000;
const HEADERS_TIMEOUT_MS = 30_000;
/** A connection that delivers no byte for this long is dropped. */
const BODY_TIMEOUT_MS = 60_000;
/** Far above any real answer (a page of 200 records is about 1 MB); a hostile one must not fill the memory. */
const LARGEST_ANSWER = 64 * 1024 * 1024;

function headerReader(headers: Record<string, string | string[] | undefined>): (name: string) => string | undefined {
  return (name) => {
    const value = headers[name.toLowerCase()];
    const first = Array.isArray(value) ? value[0] : value;
    return first === '' ? undefined : first;
  };
}

function decoder(encoding: string | undefined): Transform | undefined {
  switch (encoding?.toLowerCase()) {
    case 'gzip':
      return createGunzip();
    case 'deflate':
      return createInflate();
    case 'br':
      return createBrotliDecompress();
    default:
      return undefined;
  }
}

function decoded(body: Readable, encoding: string | undefined): Readable {
  const transform = decoder(encoding);
  // pipeline hands a broken body on to the reader; pipe alone would leave the reader waiting for ever
  return transform ? pipeline(body, transform, () => undefined) : body;
}

async function readText(body: Readable): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of body) {
    length += chunk.length;
    if (length > LARGEST_ANSWER) throw new Error('the answer is too large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/**
 * One account's way to Apple: a keep-alive pool (HTTP/1.1, so that Apple's partitions are never mixed on one
 * connection), the cookie jar, the proxy of the environment. Follows no redirect and repeats no request.
 */
export class Transport {
  readonly #options: TransportOptions;
  readonly #combined = new WeakMap<AbortSignal, AbortSignal>();
  /** Earlier pools, until their last request has ended. */
  readonly #draining = new Set<Dispatcher>();
  #dispatcher: Dispatcher;

  constructor(options: TransportOptions) {
    this.#options = options;
    this.#dispatcher = this.#createDispatcher();
  }

  get cookies(): CookieJar {
    return this.#options.cookies;
  }

  /** The one origin outside Apple's that answers may name; see `ICLOUDPD_ENDPOINT`. */
  get allowedOrigin(): string | undefined {
    return this.#options.endpoint?.origin;
  }

  /**
   * @returns the whole answer, whatever its status
   * @throws AppleError `unreachable`; the signal's reason when aborted
   */
  async send(message: AppleRequest): Promise<AppleResponse> {
    const { method, url } = message;
    const startedAt = performance.timeOrigin + performance.now();
    const answer = await this.#dispatch(message, { 'accept-encoding': 'gzip, deflate, br' });
    try {
      const header = headerReader(answer.headers);
      const text = await readText(decoded(answer.body, header('content-encoding')));
      this.#options.capture?.add({
        startedAt,
        endedAt: performance.timeOrigin + performance.now(),
        method,
        url,
        requestHeaders: message.headers ?? {},
        requestBody: message.body,
        status: answer.statusCode,
        responseHeaders: answer.headers,
        responseBody: text,
      });
      this.#options.onAnswer?.(`${method} ${url.origin}${url.pathname} -> ${answer.statusCode}`);
      return { status: answer.statusCode, header, text };
    } catch (error) {
      throw this.#unreachable(message, error);
    }
  }

  /**
   * Like `send`, but hands the body over as it arrives. A body that breaks off throws while it is read.
   *
   * @throws AppleError `unreachable`; the signal's reason when aborted
   */
  async open(message: AppleRequest): Promise<AppleStream> {
    const answer = await this.#dispatch(message, {});
    return {
      status: answer.statusCode,
      header: headerReader(answer.headers),
      body: answer.body,
      discard: () => answer.body.dump(),
    };
  }

  /** Drops every pooled connection: a partition that moved answers 421 on the old ones. */
  reconnect(): void {
    const old = this.#dispatcher;
    this.#dispatcher = this.#createDispatcher();
    this.#draining.add(old);
    // downloads under way end in their own time, and nobody waits for them here
    const drained = old.close().finally(() => this.#draining.delete(old));
    drained.catch(() => undefined);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([this.#dispatcher, ...this.#draining].map((dispatcher) => dispatcher.destroy()));
  }

  #createDispatcher(): Dispatcher {
    const options = {
      connections: this.#options.connections,
      pipelining: 1,
      keepAliveTimeout: 30_000,
      connect: { timeout: CONNECT_TIMEOUT_MS },
    };
    // The local iCloud is never behind the proxy that leads to the real one.
    return this.#options.endpoint ? new Agent(options) : new EnvHttpProxyAgent(options);
  }

  async #dispatch(message: AppleRequest, more: Record<string, string>): Promise<Dispatcher.ResponseData> {
    const { url, method } = message;
    const jarUrl = this.#jarUrl(url);
    const cookie = await this.cookies.getCookieString(jarUrl);
    const headers: Record<string, string> = { 'user-agent': USER_AGENT, accept: '*/*', ...more, ...message.headers };
    if (cookie !== '') headers.cookie = cookie;
    const signal = this.#signalOf(message);
    try {
      const answer = await request(this.#target(url, headers), {
        method,
        headers,
        dispatcher: this.#dispatcher,
        headersTimeout: HEADERS_TIMEOUT_MS,
        bodyTimeout: BODY_TIMEOUT_MS,
        ...(message.body === undefined ? {} : { body: message.body }),
        ...(signal === undefined ? {} : { signal }),
      });
      const setCookie = answer.headers['set-cookie'] ?? [];
      for (const line of typeof setCookie === 'string' ? [setCookie] : setCookie) {
        await this.cookies.setCookie(line, jarUrl, { ignoreError: true, loose: true });
      }
      return answer;
    } catch (error) {
      throw this.#unreachable(message, error);
    }
  }

  /** A run passes one signal with thousands of requests: it is combined with the transport's own once. */
  #signalOf(message: AppleRequest): AbortSignal | undefined {
    const { signal: own } = this.#options;
    if (!own || !message.signal) return message.signal ?? own;
    const known = this.#combined.get(message.signal);
    if (known) return known;
    const combined = AbortSignal.any([own, message.signal]);
    this.#combined.set(message.signal, combined);
    return combined;
  }

  /** Where the request really goes; with an endpoint set, the host it was meant for moves into a header. */
  #target(url: URL, headers: Record<string, string>): URL {
    const { endpoint } = this.#options;
    if (!endpoint || url.origin === endpoint.origin) return url;
    headers['x-forwarded-host'] = url.hostname;
    headers['x-forwarded-proto'] = url.protocol.slice(0, -1);
    return new URL(url.pathname + url.search, endpoint);
  }

  /** A local iCloud that names itself in its answers still gets the cookies of the iCloud it plays. */
  #jarUrl(url: URL): string {
    return url.origin === this.allowedOrigin ? `https://www.icloud.com${url.pathname}` : url.href;
  }

  #unreachable(message: AppleRequest, error: unknown): unknown {
    for (const signal of [this.#options.signal, message.signal]) if (signal?.aborted) return signal.reason;
    if (error instanceof AppleError) return error;
    const code = error instanceof Error && 'code' in error ? String(error.code) : undefined;
    return new AppleError(
      'unreachable',
      { reason: message.url.host, ...(code === undefined ? {} : { code }) },
      { cause: error },
    );
  }
}
