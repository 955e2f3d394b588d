/** Longest path in a log line. */
const LONGEST = 96;

/** icloudpd's short form of a long path: its beginning, three dots, its end. */
export function truncateMiddle(text: string, length = LONGEST): string {
  if (length < 0) throw new RangeError('the length must not be negative');
  if (text.length <= length) return text;
  if (length <= 3) return '.'.repeat(length);
  const end = Math.max(1, Math.floor(length / 2) - 2);
  const start = Math.max(1, length - end - 4);
  return `${text.slice(0, start)}...${text.slice(-end)}`;
}
