import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Notice } from '../notice.ts';
import { type NotifyTarget, parseNotifyUrl, requestFor, secretsOf } from './notify-url.ts';

const NOTICE: Notice = { kind: 'test', username: 'jörg@example.com' };
const TELEGRAM = '123456789:AAEhBOweik6ad9r_QXMENQjcrGbqCr4K-bc';
const DISCORD = 'AbCdEf_0123456789-abcdefghijklmnopqrstuvwxyz';
const SLACK = 'AbCdEf0123456789abcdefgh';
const USER_KEY = 'uQiRzpo4DXghDmr9QzzfQu27cmVRsG';
const APP_TOKEN = 'azGDORePK8gMaC0QOYAMyEEuzJnyUi';

function target(text: string): NotifyTarget {
  const parsed = parseNotifyUrl(text);
  if (!parsed.ok) throw new Error(parsed.reason);
  return parsed.target;
}

/** Where a notice goes, and what besides the body goes with it. */
function way(text: string): readonly [string, string | undefined] {
  const { url, headers } = requestFor(target(text), NOTICE, 0);
  return [url.href, headers.authorization ?? headers['x-gotify-key']];
}

const basic = (text: string): string => `Basic ${Buffer.from(text).toString('base64')}`;

describe('a notification URL', () => {
  test.each([
    ['ntfy://my-topic', 'https://ntfy.sh/', undefined],
    ['ntfys://my-topic', 'https://ntfy.sh/', undefined],
    ['ntfy://ntfy.sh/my-topic', 'https://ntfy.sh/', undefined],
    ['ntfy://nas.local:8080/my-topic', 'http://nas.local:8080/', undefined],
    ['NTFYS://nas.local/my-topic', 'https://nas.local/', undefined],
    ['ntfys://me:p%40ss%2F%C3%A4@nas.local/my-topic', 'https://nas.local/', basic('me:p@ss/ä')],
    ['ntfys://tk_abc123@nas.local/my-topic', 'https://nas.local/', 'Bearer tk_abc123'],
    ['ntfys://:tk_abc123@nas.local/my-topic', 'https://nas.local/', 'Bearer tk_abc123'],
    ['ntfy://[::1]:80/my-topic', 'http://[::1]/', undefined],
    [`tgram://${TELEGRAM}/-1001234`, `https://api.telegram.org/bot${TELEGRAM}/sendMessage`, undefined],
    [`tgram://bot${TELEGRAM}/@channel/`, `https://api.telegram.org/bot${TELEGRAM}/sendMessage`, undefined],
    [`discord://42/${DISCORD}`, `https://discord.com/api/webhooks/42/${DISCORD}`, undefined],
    [`https://discord.com/api/webhooks/42/${DISCORD}`, `https://discord.com/api/webhooks/42/${DISCORD}`, undefined],
    [
      `https://ptb.discordapp.com/api/v10/webhooks/42/${DISCORD}`,
      `https://discord.com/api/webhooks/42/${DISCORD}`,
      undefined,
    ],
    [`slack://T0AB/B0CD/${SLACK}`, `https://hooks.slack.com/services/T0AB/B0CD/${SLACK}`, undefined],
    [
      `https://hooks.slack.com/services/T0AB/B0CD/${SLACK}`,
      `https://hooks.slack.com/services/T0AB/B0CD/${SLACK}`,
      undefined,
    ],
    [`pover://${USER_KEY}@${APP_TOKEN}`, 'https://api.pushover.net/1/messages.json', undefined],
    ['gotify://nas.local/AbCdEf.0123_-45', 'https://nas.local/message', 'AbCdEf.0123_-45'],
    ['gotifys://nas.local:444/push/AbCdEf012345', 'https://nas.local:444/push/message', 'AbCdEf012345'],
    ['gotify+http://nas.local/AbCdEf012345', 'http://nas.local/message', 'AbCdEf012345'],
    ['https://ha.local/api/webhook/abc?x=1&y=%20', 'https://ha.local/api/webhook/abc?x=1&y=%20', undefined],
    ['http://me:p%40ss@ha.local:8123/x', 'http://ha.local:8123/x', basic('me:p@ss')],
    // Slack's workflows take any JSON
    ['https://hooks.slack.com/workflows/x', 'https://hooks.slack.com/workflows/x', undefined],
    // a name that only looks like Discord's
    ['https://notdiscord.com/api/webhooks/1/x', 'https://notdiscord.com/api/webhooks/1/x', undefined],
  ])('%s leads to %s', (text, url, credential) => {
    expect(way(text)).toEqual([url, credential]);
  });

  test.each([
    ['my-topic', 'begins with its service'],
    ['', 'begins with its service'],
    ['mailto://me@example.com', 'mailto:// is not known'],
    ['ntfy://', 'ntfy is'],
    ['ntfy://host/topic/another', 'ntfy is'],
    ['ntfy://host/to pic', 'ntfy is'],
    ['ntfy://me@host/topic', 'ntfy is'],
    ['ntfy://host:99999/topic', 'ntfy is'],
    ['ntfy://a\\b/topic', 'ntfy is'],
    ['ntfy://host/topic?priority=high', 'takes no ?'],
    ['ntfy://me:100%@host/topic', '% is written %25'],
    ['tgram://123/45', 'Telegram is'],
    [`tgram://${TELEGRAM}`, 'Telegram is'],
    [`tgram://${TELEGRAM}/1/2`, 'Telegram is'],
    [`tgram://${TELEGRAM}/chat`, 'Telegram is'],
    [`discord://${DISCORD}/42`, 'Discord is'],
    [`https://discord.com/api/webhooks/42/${DISCORD}?wait=true`, 'takes no ?'],
    ['https://discord.com/api/webhooks/42', 'Discord is'],
    ['slack://T000/B000', 'Slack is'],
    [`slack://T000/B000/${SLACK}/general`, 'Slack is'],
    [`slack://T000/B000/${SLACK}/#general`, 'takes no ?'],
    [`pover://${USER_KEY}`, 'Pushover is'],
    [`pover://${USER_KEY}@short`, 'Pushover is'],
    [`pover://${USER_KEY}@${APP_TOKEN}/phone`, 'Pushover is'],
    ['gotify://nas.local', 'Gotify is'],
    ['gotify:///AbCdEf012345', 'Gotify is'],
    ['https://', 'no web address'],
    ['https://me:12#34@host/x', 'no web address'],
    ['https://me:100%@host/x', '%25'],
  ])('%s is refused with a sentence', (text, sentence) => {
    const parsed = parseNotifyUrl(text);
    expect(parsed.ok ? 'accepted' : parsed.reason).toContain(sentence);
  });

  test('a refusal repeats nothing of the URL but its scheme', () => {
    const canary = fc.stringMatching(/^QZ[a-zA-Z0-9]{8,30}$/);
    const scheme = fc.constantFrom('ntfy', 'ntfys', 'tgram', 'discord', 'slack', 'pover', 'gotify', 'https', 'none');
    const shape = fc.constantFrom(
      '$',
      '$/',
      '$@',
      ':$@h',
      'u:$@h',
      '$/$',
      '$@$/$',
      'h/$?q=$',
      'h/$#$',
      '$:$/$/$/$',
      '[$',
    );
    fc.assert(
      fc.property(scheme, shape, canary, (given, form, secret) => {
        const parsed = parseNotifyUrl(`${given}://${form.replaceAll('$', secret)}`);
        expect(parsed.ok ? '' : parsed.reason).not.toContain(secret);
      }),
    );
  });

  test.each([
    ['ntfys://me:pässwörd@nas.local/my-topic', ['pässwörd']],
    ['ntfys://tk_abc123@nas.local/my-topic', ['tk_abc123']],
    ['ntfy://my-topic', []],
    [`tgram://${TELEGRAM}/1`, [TELEGRAM, TELEGRAM.slice(10)]],
    [`discord://42/${DISCORD}`, [DISCORD]],
    [`slack://T000/B000/${SLACK}`, [SLACK]],
    [`pover://${USER_KEY}@${APP_TOKEN}`, [USER_KEY, APP_TOKEN]],
    ['gotify://nas.local/AbCdEf012345', ['AbCdEf012345']],
    [
      'https://me:hunter2@ha.local/api/webhook/0123456789abcdef?key=fedcba9876543210&x=1',
      ['hunter2', '0123456789abcdef', 'fedcba9876543210'],
    ],
  ])('the secrets of %s', (text, secrets) => {
    expect(secretsOf(target(text))).toEqual(secrets);
  });
});
