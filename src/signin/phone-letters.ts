/** As icloudpd: phone numbers are chosen by a letter, because a number at the prompt is a code. */
const LETTERS = 'abcdefghijklmnopqrstuvwxyz';
/** Numbers that can be chosen; any further ones have no letter. */
export const MOST_LETTERS = LETTERS.length;

/** @returns the letter of the phone number at `index`; empty beyond the alphabet */
export function letterOf(index: number): string {
  return LETTERS[index] ?? '';
}

/** @returns which phone number a letter stands for; undefined when it is no letter */
export function indexOfLetter(text: string): number | undefined {
  const index = text.length === 1 ? LETTERS.indexOf(text.toLowerCase()) : -1;
  return index < 0 ? undefined : index;
}
