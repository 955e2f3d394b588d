import { formatDuration } from '../../terminal/units.ts';
import { type Html, html } from './html.ts';

/** What a page says after something was sent. Only the name stands in the address, so nobody can put words there. */
const NOTES = {
  taken: { tone: 'good', text: 'Thank you. It was handed in.' },
  gone: {
    tone: 'bad',
    text: 'That question was already answered, here or elsewhere, or it is no longer asked. Nothing was sent.',
  },
  empty: { tone: 'bad', text: 'Nothing was entered. Please try again.' },
  digits: { tone: 'bad', text: 'That is not a code of the right length. Please type the digits again.' },
  choice: { tone: 'bad', text: 'Please choose one of the ways shown.' },
  'wrong-login': { tone: 'bad', text: 'That is not the password of this page.' },
  'signed-out': { tone: 'good', text: 'You are signed out of this page.' },
} as const;

export type Note = keyof typeof NOTES;

/** @param waitMs until the page's password may be tried again */
export function waitNote(waitMs: number): Html {
  return html`<p class="note bad" role="alert">Too many tries. The next one may be made in ${formatDuration(waitMs)}.</p>`;
}

/** @returns nothing for a name that is none */
export function noteOf(name: string | undefined): Html | undefined {
  const found = Object.entries(NOTES).find(([key]) => key === name)?.[1];
  return (
    found && html`<p class="note ${found.tone}" role="${found.tone === 'bad' ? 'alert' : 'status'}">${found.text}</p>`
  );
}
