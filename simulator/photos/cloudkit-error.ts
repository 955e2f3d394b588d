import type { ContentfulStatusCode } from 'hono/utils/http-status';

/** CloudKit's codes that this server gives, with the HTTP status that Apple documents for each. */
const STATUS = {
  ACCESS_DENIED: 403,
  AUTHENTICATION_FAILED: 401,
  BAD_REQUEST: 400,
  ZONE_NOT_FOUND: 404,
} as const satisfies Record<string, ContentfulStatusCode>;

/** A request that CloudKit refuses as a whole. */
export class CloudKitError extends Error {
  override readonly name = 'CloudKitError';
  readonly code: keyof typeof STATUS;

  constructor(code: keyof typeof STATUS, reason: string) {
    super(reason);
    this.code = code;
  }

  get status(): ContentfulStatusCode {
    return STATUS[this.code];
  }
}

/** @throws CloudKitError BAD_REQUEST unless the condition holds */
export function demand(condition: boolean, reason: string): asserts condition {
  if (!condition) throw new CloudKitError('BAD_REQUEST', reason);
}
