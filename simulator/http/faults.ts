import * as z from 'zod';

const effectSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('status'),
    status: z.int().min(200).max(599),
    headers: z.record(z.string(), z.string()).optional(),
    body: z.string().optional(),
  }),
  z.strictObject({ kind: z.literal('delay'), ms: z.number().nonnegative() }),
  z.strictObject({ kind: z.literal('cut'), afterBytes: z.int().nonnegative(), reset: z.boolean().optional() }),
  z.strictObject({ kind: z.literal('short'), bytes: z.int().nonnegative() }),
  z.strictObject({ kind: z.literal('corrupt') }),
  z.strictObject({ kind: z.literal('ignore-range') }),
  z.strictObject({ kind: z.literal('refuse-record'), type: z.enum(['CPLMaster', 'CPLAsset']), code: z.string() }),
  z.strictObject({ kind: z.literal('expire-links') }),
]);

/** A fault as it comes over the control interface. */
export const faultSchema = z.strictObject({
  match: z.strictObject({ method: z.string().optional(), path: z.string() }),
  nth: z.int().positive().optional(),
  times: z.int().positive().optional(),
  effect: effectSchema,
});

/**
 * What goes wrong:
 * - `status`: this answer in place of the real one; the request is not carried out
 * - `delay`: milliseconds before the request is carried out
 * - `cut`: real headers with the full Content-Length, then the connection dies after so many bytes of the body: it ends, or
 *   is reset (TCP RST), as by a router that forgot it
 * - `short`: an answer that ends properly, but too early: Content-Length and body are both so many bytes
 * - `corrupt`: the right length, one byte flipped
 * - `refuse-record`: an error in place of the first record of this type, as CloudKit has it
 * - `ignore-range`: 200 with everything although a range was asked for
 * - `expire-links`: from this request on, every download link handed out before it is 410 Gone
 */
export type Effect = z.infer<typeof effectSchema>;

/**
 * A fault waiting for its request: `path` is a part of the request's path, `nth` counts matching requests from now on
 * (1, the default, is the next one), `times` is how many in a row go wrong (default 1).
 */
export type Fault = z.infer<typeof faultSchema>;

interface Pending {
  readonly fault: Fault;
  seen: number;
}

/** The faults that are set, and how far each has counted. */
export class Faults {
  #pending: Pending[] = [];

  inject(fault: Fault): void {
    this.#pending.push({ fault, seen: 0 });
  }

  clear(): void {
    this.#pending = [];
  }

  /** Counts this request. @returns the effects it is due, in the order they were injected. */
  due(method: string, path: string): readonly Effect[] {
    const effects: Effect[] = [];
    for (const pending of this.#pending) {
      const { match, nth = 1, times = 1, effect } = pending.fault;
      if (!path.includes(match.path) || (match.method ?? method).toUpperCase() !== method) continue;
      pending.seen += 1;
      if (pending.seen >= nth && pending.seen < nth + times) effects.push(effect);
    }
    this.#pending = this.#pending.filter(({ fault: { nth = 1, times = 1 }, seen }) => seen < nth + times - 1);
    return effects;
  }
}
