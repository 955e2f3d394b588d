/** Makes the pictures of docs/web.md in docs/images/: the page as it is, with a library of coloured scenes. */
import { mkdirSync, rmSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import sharp from 'sharp';
import { EXPLANATIONS } from '../src/apple/errors.ts';
import type { CodeWanted } from '../src/signin/challenges.ts';
import { CODE_WANTED, type RunningWeb, startWeb, WEB_PASSWORD } from '../test/support/web.ts';
import { hasChromium, launchChromium } from './support/chromium.ts';

const images = path.join(path.dirname(path.dirname(fileURLToPath(import.meta.url))), 'docs', 'images');
const HOUR = 3_600_000;
const DESKTOP = { width: 1000, height: 760 };
const PHONE = { width: 390, height: 760 };

const CODE: CodeWanted = {
  ...CODE_WANTED,
  factor: { ...CODE_WANTED.factor, phones: [...CODE_WANTED.factor.phones, { id: 2, number: '(***) ***-**46' }] },
};

/** A hill under a sky, each a little different. */
async function scene(file: string, index: number): Promise<void> {
  const hue = (index * 47) % 360;
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="800" height="600">
<defs><linearGradient id="s" x2="0" y2="1"><stop stop-color="hsl(${hue} 70% 55%)"/><stop offset="1" stop-color="hsl(${(hue + 50) % 360} 80% 82%)"/></linearGradient></defs>
<rect width="800" height="600" fill="url(#s)"/><circle cx="${150 + ((index * 131) % 500)}" cy="${120 + ((index * 61) % 130)}" r="60" fill="#fff6d8"/>
<path d="M0 ${400 - ((index * 37) % 90)} Q 250 ${260 + ((index * 83) % 120)} 480 400 T 800 ${350 + ((index * 29) % 70)} V600 H0z" fill="hsl(${(hue + 140) % 360} 35% 32%)"/>
<path d="M0 500 Q 300 ${380 + ((index * 53) % 80)} 800 520 V600 H0z" fill="hsl(${(hue + 140) % 360} 40% 22%)"/></svg>`;
  await sharp(Buffer.from(svg)).jpeg({ quality: 85 }).toFile(file);
}

/** Puts pictures on the disk, newest last, and tells the board. */
async function download(web: RunningWeb, id: string, names: readonly string[], folder: string): Promise<void> {
  for (const [index, name] of names.entries()) {
    const file = path.join(folder, name);
    if (name.endsWith('.JPG')) await scene(file, index + Number(id) * 7);
    web.board.downloadListener(id)({ kind: 'downloaded', path: file, bytes: 0 });
  }
}

function names(first: number, amount: number, others: Readonly<Record<number, string>>): readonly string[] {
  return Array.from({ length: amount }, (_, index) => `IMG_${first + index}.${others[index] ?? 'JPG'}`);
}

async function fill(web: RunningWeb, folder: string): Promise<void> {
  const { board, clock } = web;
  for (const id of ['0', '1']) {
    board.setSignIn(id, { at: 'signed-in' });
    board.setTrustedUntil(id, clock.now() + 52 * 24 * HOUR);
    board.setSchedule(id, { intervalMs: 6 * HOUR });
    board.runStarted(id, 18_204);
  }
  await download(web, '0', names(2200, 10, { 4: 'HEIC', 8: 'MOV' }), folder);
  board.runEnded('0', {
    good: true,
    summary: [
      '18,204 items in iCloud = 10 downloaded + 18,152 already there + 42 skipped + 0 failed',
      '10 files, 31 MB, 48 s',
    ],
    skipped: [{ why: 'videos (--skip-videos)', count: 42 }],
  });
  board.setSchedule('0', { nextRunAt: clock.now() + 6 * HOUR });
  clock.advance(184_000);
  const listen = board.downloadListener('1');
  for (let item = 0; item < 7210; item += 1) listen({ kind: 'item-done' });
  await download(web, '1', names(410, 20, { 3: 'HEIC', 11: 'HEIC' }), folder);
  listen({ kind: 'bytes', count: 1_930_000_000 });
  listen({ kind: 'started', path: '/photos/2026/11/24/IMG_0430.HEIC' });
}

async function picture(page: Page, name: string): Promise<void> {
  await page.evaluate(
    'Promise.all([...document.images].map((image) => { image.loading = "eager"; return image.decode(); }))',
  );
  const png = await page.screenshot({ fullPage: true });
  // few colours: the pictures travel with the package
  await sharp(png)
    .png({ palette: true, quality: 90, effort: 10 })
    .toFile(path.join(images, `${name}.png`));
  console.log(`docs/images/${name}.png`);
}

if (!hasChromium) {
  console.error('Chromium is needed at /usr/bin/chromium.');
  process.exit(1);
}
/** The pages of one size and theme. */
async function take(browser: Browser, folder: string, name: string, look: BrowserContextOptions): Promise<void> {
  await using web = await startWeb({ usernames: ['jane@example.com', 'joe@example.com'], password: WEB_PASSWORD });
  await fill(web, folder);
  const context = await browser.newContext({ timezoneId: 'Europe/Berlin', locale: 'en-GB', ...look });
  const page = await context.newPage();
  await page.goto(web.server.url);
  if (name === 'light') await picture(page, 'sign-in-to-the-page');
  await page.getByLabel('Password of this page').fill(WEB_PASSWORD);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByText('Live').waitFor();
  await picture(page, `overview-${name}`);
  web.board.runEnded('1', { good: false, summary: ['Ended early: Apple asks for something first.'], skipped: [] });
  web.board.setSignIn('1', { at: 'failed', ...EXPLANATIONS['terms-pending'] });
  const abort = new AbortController();
  const answer = web.desk.answererFor('0').answer(CODE, abort.signal);
  await page.getByRole('heading', { name: 'A code is wanted' }).waitFor();
  await page.locator('.trouble').waitFor();
  await picture(page, `code-${name}`);
  abort.abort();
  await answer;
  await context.close();
}

mkdirSync(images, { recursive: true });
const folder = await mkdtemp(path.join(os.tmpdir(), 'icloudpd-pictures-'));
const browser = await launchChromium();
try {
  await take(browser, folder, 'light', { viewport: DESKTOP, colorScheme: 'light' });
  await take(browser, folder, 'dark', { viewport: DESKTOP, colorScheme: 'dark' });
  await take(browser, folder, 'phone-light', { viewport: PHONE, colorScheme: 'light' });
  await take(browser, folder, 'phone-dark', { viewport: PHONE, colorScheme: 'dark' });
} finally {
  await browser.close();
  rmSync(folder, { recursive: true, force: true });
}
