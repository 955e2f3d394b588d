/** A moment, or a number of days before now. */
export type DateOrInterval =
  | { readonly kind: 'date'; readonly date: Date }
  | { readonly kind: 'days'; readonly days: number };

const BASIC_DATE = /^(\d{4})(\d{2})(\d{2})(?=$|T)/;
const WEEK_DATE = /^(\d{4})-?W(\d{2})-?([1-7])(?=$|T)/;
const ISO = /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,6})\d*)?)?(Z|[+-]\d{2}:\d{2})?)?$/;

/** ISO week 1 is the one with January 4th. */
function weekDate(year: number, week: number, day: number): string {
  const fourth = new Date(Date.UTC(year, 0, 4));
  const monday = fourth.getTime() - ((fourth.getUTCDay() + 6) % 7) * 86_400_000;
  return new Date(monday + ((week - 1) * 7 + day - 1) * 86_400_000).toISOString().slice(0, 10);
}

/**
 * Reads the value of `--skip-created-before` and `-after`: an interval such as `20d` (only its beginning is looked at,
 * as icloudpd did), or an ISO 8601 timestamp as Python's `datetime.fromisoformat` takes it. Without a zone it is local.
 *
 * @returns undefined when it is neither
 */
export function parseDateOrInterval(value: string): DateOrInterval | undefined {
  const days = /^(\d+)[dD]/.exec(value)?.[1];
  if (days !== undefined) return { kind: 'days', days: Number(days) };
  const extended = value
    .replace(BASIC_DATE, '$1-$2-$3')
    .replace(WEEK_DATE, (_, year, week, day) => weekDate(Number(year), Number(week), Number(day)));
  const parts = ISO.exec(extended);
  if (!parts) return undefined;
  const [, year = '', month = '', day = '', hour = '00', minute = '00', second = '00', fraction = '0', zone = ''] =
    parts;
  const calendar = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day)));
  if (calendar.getUTCMonth() !== Number(month) - 1 || calendar.getUTCDate() !== Number(day)) return undefined;
  const text = `${year}-${month}-${day}T${hour}:${minute}:${second}.${fraction.padEnd(3, '0').slice(0, 3)}${zone}`;
  const date = new Date(text);
  return Number.isNaN(date.getTime()) ? undefined : { kind: 'date', date };
}
