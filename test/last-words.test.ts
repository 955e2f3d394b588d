import { writeFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { accountPaths } from '../src/session/paths.ts';
import { icloudpd } from './support/in-process.ts';
import { createSandbox, USER } from './support/sandbox.ts';

test('a dry run does not say that anything was downloaded', async () => {
  await using sandbox = await createSandbox({ library: { assets: 3 } });
  const dry = await icloudpd(sandbox, ['-d', sandbox.photos, '--dry-run', '--skip-videos']);
  expect(dry.stdout).toContain('INFO     [DRY RUN] All photos would have been downloaded\n');
  expect(dry.stdout).not.toContain('photos have been downloaded');
  const real = await icloudpd(sandbox, ['-d', sandbox.photos, '--skip-videos']);
  expect(real.stdout).toContain('INFO     All photos have been downloaded\n');
});

test('one broken connection is told as one, and many as many', async () => {
  await using sandbox = await createSandbox({ library: { assets: 1 } });
  sandbox.simulator.control.inject({ match: { path: '/B/' }, times: 100, effect: { kind: 'cut', afterBytes: 0 } });
  const result = await icloudpd(sandbox, ['-d', sandbox.photos, '--skip-live-photos']);
  const retries = result.stdout.split('\n').filter((line) => line.includes('retrying after'));
  expect(retries.length).toBeGreaterThan(1);
  for (const line of retries) {
    expect(line).toMatch(/Error downloading .*, retrying after \d+ seconds\.\.\. \(the connection broke off \(.*\)\)$/);
  }
  expect(result.stdout).toMatch(/Could not download .*\(the connection broke off again and again \(.*\)\)/);
});

test('a damaged session file promises no sign-in: the cookies beside it may be good', async () => {
  await using sandbox = await createSandbox();
  await icloudpd(sandbox, ['--auth-only']);
  const { session } = accountPaths(sandbox.session, USER);
  await writeFile(session, '{ half of it');
  sandbox.simulator.control.clearRequests();
  const result = await icloudpd(sandbox, ['--auth-only']);
  expect(result.stdout).toContain(
    `The session file ${session} could not be read; it was moved to ${session}.damaged. ` +
      'A new sign-in is made if one is needed.',
  );
  expect(result.code).toBe(0);
  expect(sandbox.simulator.control.requests().filter(({ path }) => path.includes('/appleauth/'))).toEqual([]);
});
