import * as z from 'zod';

/** A service that refuses for now: not at all, or with this status and perhaps a `Retry-After`. */
export const refusedForNow = z.union([
  z.literal(false),
  z.strictObject({
    status: z.union([z.literal(503), z.literal(429)]),
    /** Seconds. */
    retryAfter: z.int().nonnegative().optional(),
  }),
]);
