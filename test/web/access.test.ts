import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hasChromium, launchChromium } from '../../scripts/support/chromium.ts';
import { AppleError, EXPLANATIONS } from '../../src/apple/errors.ts';
import { FileFailure } from '../../src/download/failure.ts';
import type { CodeWanted } from '../../src/signin/challenges.ts';
import { CODE_WANTED, type RunningWeb, startWeb, WEB_PASSWORD } from '../support/web.ts';

const CODE: CodeWanted = { ...CODE_WANTED, problem: new AppleError('wrong-code'), triesLeft: 2 };

/** An account for everything that can be shown. */
const USERNAMES = ['code', 'no-code-yet', 'password', 'device', 'failed', 'cooling', 'running', 'ended', 'waits'];

function fill({ board, desk, clock }: RunningWeb): void {
  const never = new AbortController().signal;
  void desk.answererFor('0').answer(CODE, never);
  void desk.answererFor('1').answer({ ...CODE, channel: undefined, problem: undefined }, never);
  void desk.answererFor('2').answer({ kind: 'password-wanted', username: 'x', rejected: true }, never);
  const device = { label: 'SMS to *******03', raw: {} };
  void desk.answererFor('3').answer({ kind: 'two-step-device-wanted', username: 'x', devices: [device] }, never);
  board.setSignIn('4', { at: 'failed', ...EXPLANATIONS['account-locked'] });
  board.setSignIn('5', { at: 'cooling-down', until: clock.now() + 3_600_000 });
  board.setSignIn('6', { at: 'signed-in' });
  board.runStarted('6', 10);
  const listen = board.downloadListener('6');
  listen({
    kind: 'started',
    path: '/photos/a-very-long-name-that-has-no-place-to-break-at-and-goes-on-and-on-for-ever.HEIC',
  });
  listen({ kind: 'downloaded', path: '/photos/IMG_1.HEIC', bytes: 1 });
  board.setSignIn('7', { at: 'signed-in' });
  board.setTrustedUntil('7', clock.now() + 86_400_000);
  board.runStarted('7');
  board.downloadListener('7')({ kind: 'item-failed', name: 'IMG_2.HEIC', failure: new FileFailure('gone') });
  board.runEnded('7', { good: false, summary: ['1 item'], skipped: [{ why: 'videos', count: 3 }] });
  board.setSignIn('8', { at: 'needs-person' });
  for (let line = 0; line < 100; line += 1) board.addLogLine(`2026-11-24 10:00:00 INFO     line ${line}`);
}

describe.skipIf(!hasChromium)('the page for everybody (waits for chromium)', () => {
  let browser: Browser;
  let axe = '';

  beforeAll(async () => {
    browser = await launchChromium();
    axe = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
  });

  afterAll(() => browser.close());

  /** @returns what axe-core finds wrong, a line each */
  async function violations(page: Page): Promise<readonly string[]> {
    await page.evaluate(axe);
    const results: AxeResults = await page.evaluate('axe.run()');
    return results.violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`));
  }

  test.each([
    { colorScheme: 'light', width: 1000 },
    { colorScheme: 'dark', width: 320 },
  ] as const)(
    'every state, $colorScheme, $width pixels: axe-core finds nothing; nothing is cut off; nothing comes from elsewhere',
    async ({ colorScheme, width }) => {
      await using web = await startWeb({
        usernames: USERNAMES,
        password: WEB_PASSWORD,
        url: new URL('http://photos.test'),
      });
      fill(web);
      const context = await browser.newContext({ colorScheme, viewport: { width, height: 700 } });
      const page = await context.newPage();
      const complaints: string[] = [];
      page.on('console', (message) => complaints.push(message.text()));
      page.on('pageerror', (error) => complaints.push(error.message));
      page.on('request', (request) => {
        if (!request.url().startsWith(web.server.url)) complaints.push(request.url());
      });

      await page.goto(web.server.url);
      await page.getByRole('heading', { name: 'Sign in to this page' }).waitFor();
      expect(await violations(page)).toEqual([]);
      await page.goto(
        web.server.oneTimeLink('0', web.desk.pending('0')?.id ?? '')?.replace('http://photos.test', web.server.url) ??
          '',
      );
      await page.getByRole('heading', { name: 'Answer for code' }).waitFor();
      expect(await violations(page)).toEqual([]);
      await page.getByRole('button').click();
      await page.getByText('2 tries are left').waitFor();
      expect(await violations(page)).toEqual([]);

      await page.goto(`${web.server.url}/login?note=wait`);
      await page.getByLabel('Password of this page').fill(WEB_PASSWORD);
      await page.getByRole('button', { name: 'Sign in' }).click();
      await page.getByText('Live').waitFor();
      await page.evaluate('for (const details of document.querySelectorAll("details")) details.open = true');
      expect(await violations(page)).toEqual([]);
      expect(await page.locator('html').evaluate((root) => root.scrollWidth - root.clientWidth)).toBe(0);
      expect(complaints).toEqual([]);
      await context.close();
    },
  );
});
