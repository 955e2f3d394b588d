import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { type Notice, oneLine, wordsOf } from './notice.ts';

const username = 'jane@example.com';

const NOTICES: readonly Notice[] = [
  { kind: 'code-needed', username, howToAnswer: [] },
  { kind: 'trust-ending', username, daysLeft: 7, until: Date.UTC(2026, 2, 1, 15, 4, 5) },
  { kind: 'trust-ended', username },
  { kind: 'signed-in-again', username },
  { kind: 'attention', username, cause: 'terms-pending', happened: 'Apple asks for a thing.', next: 'Do the thing.' },
  { kind: 'run-failed', username, summary: '5 items in iCloud = 4 downloaded + 1 failed\n4 files, 12 MB' },
  { kind: 'test', username },
];

describe('the words of a notice', () => {
  test.each(NOTICES)('$kind names the account in its text, and has a title of one line', (notice) => {
    const { title, text } = wordsOf(notice);
    expect(text).toContain(username);
    expect(title).not.toMatch(/[\r\n]/);
    expect(title.length).toBeGreaterThan(5);
  });

  test('a wanted code says how to answer it: as told, or with the command for a terminal', () => {
    const told = wordsOf({
      kind: 'code-needed',
      username,
      howToAnswer: ['docker exec -it icloudpd icloudpd --auth-only', 'https://nas.local:8080/'],
    }).text;
    expect(told).toMatch(/What to do:\ndocker exec -it icloudpd icloudpd --auth-only\nhttps:\/\/nas\.local:8080\/$/);
    expect(wordsOf({ kind: 'code-needed', username, howToAnswer: [] }).text).toContain(
      `run "icloudpd --auth-only --username ${username}" once in a terminal`,
    );
  });

  test('the end of trust is told with its moment, and one day is one day', () => {
    const until = Date.UTC(2026, 2, 1, 15, 4, 5);
    const seven = wordsOf({ kind: 'trust-ending', username, daysLeft: 7, until });
    expect(seven.title).toBe('iCloud Photos: 7 days left until jane@example.com needs a code again');
    expect(seven.text).toContain('ends on 2026-03-01 15:04 UTC');
    expect(wordsOf({ kind: 'trust-ending', username, daysLeft: 1, until }).title).toContain(' 1 day left');
  });

  test('what Apple wants is told with its cure and the name of its cause', () => {
    const { text } = wordsOf({
      kind: 'attention',
      username,
      cause: 'terms-pending',
      happened: 'It asks.',
      next: 'Go.',
    });
    expect(text).toBe('It asks.\n\nWhat to do: Go.\n\nAccount: jane@example.com. Cause: terms-pending.');
  });

  test('a summary keeps its lines', () => {
    expect(wordsOf({ kind: 'run-failed', username, summary: 'one\r\ntwo' }).text).toMatch(/:\none\ntwo\n\n/);
  });

  test.each(NOTICES)('no control character of a name gets into $kind', (notice) => {
    const { title, text } = wordsOf({ ...notice, username: 'a\r\nBcc: x@evil.example\u0000\u0085\u2028b\u001b[2J' });
    expect(`${title} ${text}`.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\u2028\u2029]/u);
    expect(text).not.toMatch(/^Bcc/m);
  });

  test('docs/notifications.md tells every event', () => {
    const text = readFileSync(new URL('../../docs/notifications.md', import.meta.url), 'utf8');
    const table = text.slice(0, text.indexOf('\n## Mail'));
    const told = [...table.matchAll(/^\| `([a-z-]+)` \|/gm)].map(([, event]) => event);
    expect(told).toEqual(NOTICES.map(({ kind }) => kind));
  });

  test('letters of every script stay', () => {
    expect(oneLine(' jörg 山田\t👩‍👩‍👧 ')).toBe('jörg 山田 👩‍👩‍👧');
  });
});
