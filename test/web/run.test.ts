import path from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hasChromium, launchChromium } from '../../scripts/support/chromium.ts';
import { Conductor } from '../../src/app/run-control.ts';
import { databaseUrlOf } from '../../src/apple/account/web-session.ts';
import { systemClock } from '../../src/apple/clock.ts';
import { PhotoDatabase } from '../../src/apple/cloudkit/database.ts';
import { primaryLibrary } from '../../src/apple/photos/library.ts';
import { downloadLibrary } from '../../src/download/engine.ts';
import { failedCount } from '../../src/download/tally.ts';
import { createSandbox } from '../support/sandbox.ts';
import { type RunningWeb, startWeb } from '../support/web.ts';
import { PASSWORD, USER, type WebAccount, webAccount } from '../support/web-account.ts';

/** A run of the real engine that the board is told of, as the conductor does it. */
async function run(web: RunningWeb, account: WebAccount, directory: string, control: Conductor): Promise<void> {
  const { account: info } = await account.signIn();
  web.board.runStarted('0');
  if (control.paused) web.board.setPhase('0', 'paused');
  const access = { dsid: info.dsid, databaseUrl: databaseUrlOf(info) };
  const { tally } = await downloadLibrary(
    {
      mode: 'fetch',
      directory,
      folderOf: () => '',
      naming: { keepUnicode: false, policy: 'name-size-dedup-with-suffix', livePhotoMovFilenamePolicy: 'suffix' },
      skipVideos: false,
      skipPhotos: false,
      skipLivePhotos: false,
      platform: process.platform,
      recent: undefined,
      threads: 2,
    },
    {
      session: account.session,
      library: primaryLibrary(new PhotoDatabase(account.session, access, async () => access)),
      signal: new AbortController().signal,
      random: () => 0,
      control: control.runBegins(),
      onStart: (items) => web.board.setItemsTotal('0', items ?? 0),
      emit: web.board.downloadListener('0'),
    },
  );
  web.board.runEnded('0', {
    good: failedCount(tally) === 0,
    summary: [`${tally.downloaded} downloaded`],
    skipped: [],
  });
}

describe.skipIf(!hasChromium)('a run on the page (waits for chromium)', () => {
  let browser: Browser;

  beforeAll(async () => {
    browser = await launchChromium();
  });

  afterAll(() => browser.close());

  test('is held back, let go on, and watched to its end, pictures included', async () => {
    await using sandbox = await createSandbox({ library: { assets: 8 } });
    const conductor = new Conductor(systemClock, new AbortController().signal);
    conductor.pause();
    await using web: RunningWeb = await startWeb({
      controls: {
        available: true,
        syncNow: () => conductor.syncNow(),
        pause: () => conductor.pause(),
        resume: () => {
          conductor.resume();
          web.board.setPhase('0', 'running');
        },
        stopAfterFile: () => conductor.stopAfterFile(),
      },
    });
    await using account = await webAccount(web, sandbox.simulator.url);
    const ended = run(web, account, path.join(sandbox.photos, 'all'), conductor);
    const page = await browser.newPage();
    await page.goto(web.server.url);
    await page.getByLabel(`Password of ${USER}`).fill(PASSWORD);
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
    await page.getByRole('heading', { name: 'A code is wanted' }).waitFor();
    await page.getByLabel('Code, 6 digits').fill(sandbox.simulator.control.lastCode(USER)?.code ?? '');
    await page.getByRole('button', { name: 'Hand in the code' }).click();

    await page.locator('#badge-0', { hasText: 'Paused' }).waitFor();
    await page.getByText('0 of 8 items').waitFor();
    expect(await page.getByRole('button', { name: 'Sync now' }).count()).toBe(0);
    await page.getByRole('button', { name: 'Go on' }).click();
    await ended;
    await page.getByText('Complete', { exact: true }).waitFor();
    await page.getByText('8 downloaded').waitFor();
    const photos = page.locator('.photos img');
    expect(await photos.count()).toBe(8);
    await photos.last().scrollIntoViewIfNeeded();
    const shown = '[...document.querySelectorAll(".photos img")].every((image) => image.naturalWidth === 224)';
    await expect.poll(() => page.evaluate(shown)).toBe(true);
    await page.getByRole('button', { name: 'Sync now' }).waitFor();
    await page.close();
  });
});
