import * as z from 'zod';

/** Apple's own code and words, out of either spelling of its error list. */
export interface ServiceError {
  readonly code: string;
  readonly message: string;
}

const item = z.object({
  code: z.union([z.string(), z.number()]).optional(),
  title: z.string().optional(),
  message: z.string().optional(),
});
const list = z.array(item).optional().catch(undefined);
// `serviceErrors` on sign-in, `service_errors` on verification (recorded)
const schema = z.object({ serviceErrors: list, service_errors: list });

/** @returns the parsed JSON, or undefined for anything else: Apple labels JSON as HTML and the other way round. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** @returns the first error an answer lists; undefined when it lists none. */
export function serviceError(text: string): ServiceError | undefined {
  const parsed = schema.safeParse(parseJson(text));
  if (!parsed.success) return undefined;
  const first = [...(parsed.data.serviceErrors ?? []), ...(parsed.data.service_errors ?? [])][0];
  if (!first) return undefined;
  return { code: String(first.code ?? ''), message: first.message ?? first.title ?? '' };
}
