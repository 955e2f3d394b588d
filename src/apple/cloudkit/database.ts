import * as z from 'zod';
import type { AppleSession } from '../apple-session.ts';
import { CLIENT_BUILD } from '../endpoints.ts';
import { AppleError } from '../errors.ts';
import { appleUrl } from '../http/hosts.ts';
import { isTransient, parseRetryAfter, retryDelay } from '../http/retry.ts';
import type { AppleResponse } from '../http/transport.ts';
import { parseJson } from '../identity/service-errors.ts';
import type { Scope } from './records.ts';

/** How often one question is asked before it is given up. */
const TRIES = 5;

const failure = z.object({
  serverErrorCode: z.string().optional().catch(undefined),
  reason: z.string().optional().catch(undefined),
  error: z.unknown().optional(),
  retryAfter: z.number().optional().catch(undefined),
});

/** What the database needs of whoever signed in. */
export interface DatabaseAccess {
  readonly dsid: string;
  readonly databaseUrl: string;
}

/** Signs in again without a person when the web session ended in the middle of a run; throws when it cannot. */
export type RenewSession = () => Promise<DatabaseAccess>;

/** Codes that pass by themselves (peers). */
const TRANSIENT_CODES: ReadonlySet<string> = new Set([
  'TRY_AGAIN_LATER',
  'RETRY_LATER',
  'THROTTLED',
  'CAS_OP_LOCK',
  'INTERNAL_ERROR',
]);
const SESSION_CODES: ReadonlySet<string> = new Set(['AUTHENTICATION_FAILED', 'AUTHENTICATION_REQUIRED']);
const SESSION_STATUSES: ReadonlySet<number> = new Set([401, 421, 450]);

type Verdict =
  | { readonly kind: 'good'; readonly body: unknown }
  | { readonly kind: 'again'; readonly error: AppleError }
  | { readonly kind: 'session'; readonly error: AppleError }
  | { readonly kind: 'refused'; readonly error: AppleError };

/**
 * The generic CloudKit protocol: one POST a question, transient failures repeated with back-off, an ended session
 * renewed once.
 *
 * Source: docs/protocol/photos.md, "Requests" and "Errors".
 */
export class PhotoDatabase {
  readonly #session: AppleSession;
  readonly #renew: RenewSession;
  readonly #random: () => number;
  #access: DatabaseAccess;
  #renewal: Promise<void> | undefined;

  constructor(session: AppleSession, access: DatabaseAccess, renew: RenewSession, random: () => number = Math.random) {
    this.#session = session;
    this.#access = access;
    this.#renew = renew;
    this.#random = random;
  }

  /**
   * @param path below the scope, such as `/records/query`
   * @returns the parsed body of a good answer
   * @throws AppleError
   */
  async post(scope: Scope, path: string, body: unknown, signal?: AbortSignal): Promise<unknown> {
    let renewed = false;
    for (let attempt = 1; ; attempt++) {
      const verdict = await this.#ask(scope, path, body, signal);
      if (verdict.kind === 'good') return verdict.body;
      if (verdict.kind === 'refused') throw verdict.error;
      if (verdict.kind === 'session') {
        if (renewed) throw verdict.error;
        renewed = true;
        await this.#renewOnce();
        continue;
      }
      if (attempt >= TRIES) throw verdict.error;
      const wait = retryDelay(attempt, verdict.error.answer.retryAfterMs, this.#random());
      await this.#session.clock.sleep(wait, signal);
    }
  }

  /** Many questions may find the session ended at once; it is renewed for all of them together. */
  async #renewOnce(): Promise<void> {
    this.#renewal ??= (async () => {
      try {
        this.#session.transport.reconnect();
        this.#access = await this.#renew();
      } finally {
        this.#renewal = undefined;
      }
    })();
    await this.#renewal;
  }

  async #ask(scope: Scope, path: string, body: unknown, signal: AbortSignal | undefined): Promise<Verdict> {
    const { endpoints, transport, data } = this.#session;
    const base = appleUrl(this.#access.databaseUrl, 'service', transport.allowedOrigin);
    const url = new URL(`/database/1/com.apple.photos.cloud/production/${scope}${path}`, base);
    // Apple's own spelling of the two switches; without the second no syncToken comes (peers)
    const query = { ...CLIENT_BUILD, clientId: data.client_id, dsid: this.#access.dsid };
    for (const [name, value] of Object.entries({ ...query, remapEnums: 'True', getCurrentSyncToken: 'True' })) {
      url.searchParams.set(name, value);
    }
    try {
      const response = await transport.send({
        method: 'POST',
        url,
        headers: { origin: endpoints.home, referer: `${endpoints.home}/`, 'content-type': 'text/plain' },
        body: JSON.stringify(body),
        ...(signal ? { signal } : {}),
      });
      return this.#judge(response);
    } catch (error) {
      if (error instanceof AppleError && error.kind === 'unreachable') return { kind: 'again', error };
      throw error;
    }
  }

  #judge(response: AppleResponse): Verdict {
    const body = parseJson(response.text);
    const parsed = failure.safeParse(body);
    const { serverErrorCode: code, reason, error, retryAfter } = parsed.success ? parsed.data : {};
    const words = reason ?? (typeof error === 'string' ? error : undefined);
    const failed = code !== undefined || words !== undefined || (parsed.success && error !== undefined);
    // errors often come with HTTP 200, and a body that is no JSON is no answer whatever its status
    if (response.status === 200 && parsed.success && !failed) return { kind: 'good', body };

    const retryAfterMs =
      parseRetryAfter(response.header('retry-after'), this.#session.clock.now()) ??
      (retryAfter === undefined ? undefined : retryAfter * 1000);
    const answer = {
      status: response.status,
      ...(code === undefined ? {} : { code }),
      ...(words === undefined ? {} : { reason: words }),
      ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
    };
    const sessionEnded =
      SESSION_STATUSES.has(response.status) ||
      (code !== undefined && SESSION_CODES.has(code)) ||
      /Invalid global session|Missing X-APPLE-WEBAUTH-TOKEN/.test(words ?? '');
    if (words?.includes('no auth method found')) {
      return { kind: 'refused', error: new AppleError('security-key-required', answer) };
    }
    if (sessionEnded) return { kind: 'session', error: new AppleError('session-expired', answer) };
    if (code === 'ACCESS_DENIED') return { kind: 'refused', error: new AppleError('web-access-off', answer) };
    // in these words the drive asks for the keys of a protected account, and by one report CloudKit too (peers)
    if (response.status === 423) return { kind: 'refused', error: new AppleError('advanced-data-protection', answer) };
    if (code === 'ZONE_NOT_FOUND') return { kind: 'refused', error: new AppleError('photos-not-set-up', answer) };
    if (response.status === 429 || response.status === 503) {
      return { kind: 'again', error: new AppleError('throttled', answer) };
    }
    const transient = isTransient(response.status) || (code !== undefined && TRANSIENT_CODES.has(code));
    const unreadable = response.status === 200 && !parsed.success;
    const kind = transient || unreadable ? 'again' : 'refused';
    return { kind, error: new AppleError('service-error', answer) };
  }
}
