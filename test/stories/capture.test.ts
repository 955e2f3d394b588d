import { mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { icloudpd } from '../support/in-process.ts';
import { createSandbox, type Sandbox } from '../support/sandbox.ts';

function signIn(sandbox: Sandbox, capture: string, code?: () => Promise<string | undefined>) {
  return icloudpd(sandbox, ['--auth-only', '--debug-capture', capture], code ? { code } : {});
}

describe('the file of --debug-capture', () => {
  test('is made with its folder, for its owner only, in place of an earlier one', async () => {
    await using sandbox = await createSandbox();
    const folder = path.join(sandbox.photos, 'reports');
    const file = path.join(folder, 'apple.har');
    expect((await signIn(sandbox, file)).code).toBe(0);
    await writeFile(file, 'an earlier one', { mode: 0o644 });
    const asked = sandbox.simulator.control.requests().length;
    expect((await signIn(sandbox, file)).code).toBe(0);
    expect(sandbox.simulator.control.requests().length).toBeGreaterThan(asked);
    expect(JSON.parse(await readFile(file, 'utf8'))).toMatchObject({ log: { version: '1.2' } });
    expect(await readdir(folder)).toEqual(['apple.har']);
    expect(((await stat(file)).mode & 0o777).toString(8)).toBe('600');
  });

  test.each([
    ['a folder', 'reports', /reports cannot be written: it is a folder\. Name a file in a folder/],
    ['below a file', 'reports/note/apple.har', /apple\.har cannot be written: E\w+: .*\. Name a file in a folder/],
  ])('%s ends the program before anything is asked of Apple', async (_, name, says) => {
    await using sandbox = await createSandbox();
    await mkdir(path.join(sandbox.photos, 'reports'), { recursive: true });
    await writeFile(path.join(sandbox.photos, 'reports', 'note'), 'mine');
    const result = await signIn(sandbox, path.join(sandbox.photos, name));
    expect(result.code).toBe(2);
    expect(result.stdout).toMatch(says);
    expect(sandbox.simulator.control.requests()).toEqual([]);
    expect(await readdir(path.join(sandbox.photos, 'reports'))).toEqual(['note']);
  });

  /** The folder of the file is gone when the run is over. */
  async function losingItsFolder(sandbox: Sandbox, answer: (code: string | undefined) => string | undefined) {
    const folder = path.join(sandbox.photos, 'reports');
    return signIn(sandbox, path.join(folder, 'apple.har'), async () => {
      await rm(folder, { recursive: true });
      return answer(sandbox.simulator.control.lastCode()?.code);
    });
  }

  test('that cannot be written in the end is no good end', async () => {
    await using sandbox = await createSandbox();
    const result = await losingItsFolder(sandbox, (code) => code);
    expect(result.code).toBe(1);
    expect(result.stdout).toContain('Authentication completed successfully');
    expect(result.stdout).toMatch(/apple\.har could not be written: ENOENT.*\. Nothing was captured: make room/);
  });

  test("the run's own trouble has the exit code", async () => {
    await using sandbox = await createSandbox();
    const result = await losingItsFolder(sandbox, () => undefined);
    expect(result.code).toBe(4);
    expect(result.stdout).toContain('apple.har could not be written');
  });
});
