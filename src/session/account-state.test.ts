import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type AccountState, readAccountState, setAsideDamagedState, writeAccountState } from './account-state.ts';

let directory: string;
let file: string;

beforeEach(async () => {
  directory = await mkdtemp(path.join(os.tmpdir(), 'icloudpd-state-'));
  file = path.join(directory, 'jane.state.json');
});

afterEach(() => rm(directory, { recursive: true, force: true }));

const FULL: AccountState = {
  domain: 'cn',
  coolDownUntil: 1_800_000_000_000,
  refusals: 3,
  trust: { warnedDay: '2026-01-01', warnedFor: 7, endedToldFor: 1_700_000_000_000 },
  renewalDay: '2026-01-02',
  told: 'throttled',
  toldRunFailed: true,
};

describe('what is remembered of an account', () => {
  test('comes back whole, in a file for its owner only', async () => {
    await writeAccountState(file, FULL);
    expect(await readAccountState(file)).toEqual(FULL);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    await writeAccountState(file, {});
    expect(await readAccountState(file)).toEqual({});
    expect(await setAsideDamagedState(file)).toBe(false);
    expect(await readdir(directory)).toEqual(['jane.state.json']);
  });

  test('a state that is not there is empty', async () => {
    expect(await setAsideDamagedState(file)).toBe(false);
    expect(await readAccountState(file)).toEqual({});
  });

  test.each(['', '{"refusals": 3', 'null', '[]', '"x"', '\0'])('%j is as good as none', async (text) => {
    await writeFile(file, text);
    expect(await readAccountState(file)).toEqual({});
    expect(await setAsideDamagedState(file)).toBe(true);
    expect(await readdir(directory)).toEqual(['jane.state.json.damaged']);
  });

  test('one part that cannot be understood does not take the others with it', async () => {
    await writeFile(file, JSON.stringify({ ...FULL, domain: 'de', coolDownUntil: 'soon', trust: { warnedFor: 'x' } }));
    const { domain: _domain, coolDownUntil: _until, ...kept } = FULL;
    expect(await readAccountState(file)).toEqual({ ...kept, trust: {} });
  });

  test('a folder that is not there is an error: the state would be lost unseen', async () => {
    await expect(writeAccountState(path.join(directory, 'none', 'x'), FULL)).rejects.toThrow('ENOENT');
    await writeAccountState(file, FULL);
    expect(await readFile(file, 'utf8')).toMatch(/\}\n$/);
  });
});
