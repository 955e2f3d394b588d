import { expect, test } from 'vitest';
import { Interruption } from '../src/app/context.ts';
import { systemClock } from '../src/apple/clock.ts';
import { icloudpd } from './support/in-process.ts';
import { createSandbox } from './support/sandbox.ts';

test('--watch-with-interval runs again and again, brings what is new, and ends with a signal', async () => {
  await using sandbox = await createSandbox({ library: { assets: 3 } });
  const { library } = { library: sandbox.simulator.control.library() };
  const end = new AbortController();
  let waits = 0;
  const clock = {
    now: systemClock.now,
    sleep: async (ms: number, signal?: AbortSignal) => {
      signal?.throwIfAborted();
      if (ms !== 3600_000) return;
      waits += 1;
      if (waits === 1) library.addAsset({ filename: 'IMG_NEW.JPG', assetDate: Date.UTC(2025, 0, 2) });
      if (waits === 2) end.abort(new Interruption('SIGTERM'));
      signal?.throwIfAborted();
    },
  };
  const args = ['-d', sandbox.photos, '--skip-live-photos', '--watch-with-interval', '3600'];
  const result = await icloudpd(sandbox, args, { clock, signal: end.signal });
  expect(result.code).toBe(143);
  expect(result.stdout.match(/Waiting for 3600 sec\.\.\./g)).toHaveLength(2);
  expect(result.stdout).toContain('3 items in iCloud = 3 downloaded');
  expect(result.stdout).toContain('4 items in iCloud = 1 downloaded + 3 already there');
});
