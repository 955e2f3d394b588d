import { OPTIONS } from './options.ts';
import type { PartValues } from './parse-part.ts';

const MAY_BE_EMPTY: ReadonlySet<string> = new Set(
  OPTIONS.filter(({ value }) => value.kind === 'text' && value.emptyIsAbsent).map(({ name }) => name),
);

/** An account's values without the empty ones that count as not given; an empty value still replaces a default. */
export function withoutEmpty(part: PartValues): PartValues {
  return new Map([...part].filter(([name, [value]]) => value !== '' || !MAY_BE_EMPTY.has(name)));
}
