import { mkdir, readdir, readFile, stat, truncate, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { ChecksumStream } from '../src/apple/photos/checksum.ts';
import { partPath } from '../src/download/part-file.ts';
import { icloudpd } from './support/in-process.ts';
import { createSandbox, ICLOUDPD, readTree, type Sandbox } from './support/sandbox.ts';
import { finished, start, untilWritten } from './support/terminal.ts';

function requests(sandbox: Sandbox, part: string): number {
  return sandbox.simulator.control.requests().filter((request) => request.path.includes(part)).length;
}

function checksumOf(bytes: Uint8Array): string {
  const checksum = new ChecksumStream();
  checksum.update(bytes);
  return checksum.digest();
}

/** The one file of a library of one picture, downloaded by a run without trouble. */
async function onePicture(): Promise<{ name: string; bytes: Buffer }> {
  await using sandbox = await createSandbox({ library: { assets: 1 } });
  await icloudpd(sandbox, ['-d', sandbox.photos, '--skip-live-photos']);
  const [[name, bytes] = ['', Buffer.alloc(0)]] = await readTree(sandbox.photos);
  return { name, bytes };
}

describe('a whole library', () => {
  test('comes down complete, adds up, and is not downloaded again', async () => {
    await using sandbox = await createSandbox({ library: { assets: 250 } });
    const first = await icloudpd(sandbox, ['-d', sandbox.photos]);
    expect(first.stderr).toBe('');
    expect(first.stdout).toContain('250 items in iCloud = 250 downloaded + 0 already there + 0 skipped + 0 failed');
    expect(first.stdout).toContain(`Downloading 250 original photos and videos to ${sandbox.photos} ...`);
    expect(first.stdout).toContain('All photos and videos have been downloaded');
    expect(first.code).toBe(0);
    const tree = await readTree(sandbox.photos);
    // every tenth is a Live Photo, which has a motion part
    expect(tree.size).toBe(275);
    expect([...tree.keys()].every((name) => /^\d{4}\/\d\d\/\d\d\/IMG_\d+\.(JPG|MOV)$/.test(name))).toBe(true);

    sandbox.simulator.control.clearRequests();
    const second = await icloudpd(sandbox, ['-d', sandbox.photos]);
    expect(second.stdout).toContain('250 items in iCloud = 0 downloaded + 250 already there');
    expect(requests(sandbox, '/B/')).toBe(0);
    expect(requests(sandbox, '/appleauth/')).toBe(0);
    expect(await readTree(sandbox.photos)).toEqual(tree);
  });

  test('the sample library: odd names, dates, duplicates, and nothing outside its folder', async () => {
    await using sandbox = await createSandbox({ library: 'sample' });
    const result = await icloudpd(sandbox, ['-d', path.join(sandbox.photos, 'inner')]);
    expect(result.stdout).toContain('+ 0 failed');
    expect(result.code).toBe(0);
    expect(await readdir(sandbox.photos)).toEqual(['inner']);
    const names = [...(await readTree(sandbox.photos)).keys()];
    expect(names.filter((name) => name.endsWith('.part'))).toEqual([]);
    for (const name of names) expect(Buffer.byteLength(path.basename(name))).toBeLessThanOrEqual(255);
    // as the original has them on Linux: years are not padded, dates before 1970 count, no date is 1970
    expect(names).toContain('inner/5/03/01/year five.JPG');
    expect(names).toContain('inner/1965/08/14/slide 12.JPG');
    expect(names).toContain('inner/1970/01/01/undated.JPG');

    const again = await icloudpd(sandbox, ['-d', path.join(sandbox.photos, 'inner')]);
    expect(again.stdout).toContain('= 0 downloaded +');
  });

  test('files carry the date they were taken', async () => {
    await using sandbox = await createSandbox({ library: { assets: 1 } });
    await icloudpd(sandbox, ['-d', sandbox.photos, '--skip-live-photos']);
    const [name = ''] = (await readTree(sandbox.photos)).keys();
    const { mtime } = await stat(path.join(sandbox.photos, name));
    expect(path.dirname(name)).toBe(
      [
        mtime.getFullYear(),
        String(mtime.getMonth() + 1).padStart(2, '0'),
        String(mtime.getDate()).padStart(2, '0'),
      ].join('/'),
    );
  });
});

describe('two items of one file', () => {
  async function withDuplicate(): Promise<Sandbox> {
    const sandbox = await createSandbox({ library: { assets: 1 } });
    const library = sandbox.simulator.control.library();
    const assetDate = Date.UTC(2025, 5, 1, 12);
    const { recordName } = library.addAsset({ filename: 'IMG_TWICE.JPG', assetDate });
    library.addAsset({ filename: 'IMG_TWICE.JPG', assetDate, duplicateOf: recordName });
    return sandbox;
  }

  test('are both downloaded with it, and both there the next time', async () => {
    await using sandbox = await withDuplicate();
    const dry = await icloudpd(sandbox, ['-d', sandbox.photos, '--dry-run', '--log-level', 'debug']);
    expect(dry.stdout).toContain('3 items in iCloud = 3 would be downloaded + 0 already there');
    expect(dry.stdout).not.toContain('already exists');
    const first = await icloudpd(sandbox, ['-d', sandbox.photos]);
    expect(first.stdout).toContain('3 items in iCloud = 3 downloaded + 0 already there + 0 skipped + 0 failed');
    expect(first.stdout).toMatch(/2 files, /);
    expect((await readTree(sandbox.photos)).size).toBe(2);
    const second = await icloudpd(sandbox, ['-d', sandbox.photos]);
    expect(second.stdout).toContain('3 items in iCloud = 0 downloaded + 3 already there + 0 skipped + 0 failed');
  });

  test.each([1, 8])('both fail with it, with %i threads', async (threads) => {
    await using sandbox = await withDuplicate();
    sandbox.simulator.control.inject({ match: { path: '/B/' }, times: 100, effect: { kind: 'corrupt' } });
    const result = await icloudpd(sandbox, ['-d', sandbox.photos, '--threads-num', String(threads)]);
    expect(result.stdout).toContain('3 items in iCloud = 0 downloaded + 0 already there + 0 skipped + 3 failed');
    expect(result.code).toBe(3);
  });
});

describe('choosing', () => {
  test.each([
    [['--recent', '5'], 5, '95 older than --recent asks for'],
    [['--recent', '0'], 0, '100 older than --recent asks for'],
    [['--skip-photos'], 0, '100 photos (--skip-photos)'],
  ])('%j', async (options, items, words) => {
    await using sandbox = await createSandbox({ library: { assets: 100 } });
    const result = await icloudpd(sandbox, ['-d', sandbox.photos, ...options]);
    expect(result.stdout).toContain(`100 items in iCloud = ${items} downloaded`);
    expect(result.stdout).toContain(words);
    expect(result.code).toBe(0);
  });

  test('--skip-live-photos leaves the picture', async () => {
    await using sandbox = await createSandbox({ library: { assets: 20 } });
    await icloudpd(sandbox, ['-d', sandbox.photos, '--skip-live-photos', '--folder-structure', 'none']);
    const names = [...(await readTree(sandbox.photos)).keys()];
    expect(names).toHaveLength(20);
    expect(names.every((name) => /^IMG_\d+\.JPG$/.test(name))).toBe(true);
  });

  test('--dry-run and --only-print-filenames ask for no file and write none', async () => {
    await using sandbox = await createSandbox({ library: { assets: 20 } });
    const dry = await icloudpd(sandbox, ['-d', sandbox.photos, '--dry-run']);
    expect(dry.stdout).toContain('20 items in iCloud = 20 would be downloaded');
    expect(dry.stdout.match(/\[DRY RUN\] Would download /g)).toHaveLength(22);
    const names = await icloudpd(sandbox, ['-d', sandbox.photos, '--only-print-filenames']);
    const lines = names.stdout.trim().split('\n');
    expect(lines).toHaveLength(22);
    expect(lines.every((line) => line.startsWith(`${sandbox.photos}/`))).toBe(true);
    expect(requests(sandbox, '/B/')).toBe(0);
    await expect(readdir(sandbox.photos)).rejects.toThrow('ENOENT');
  });
});

describe('bad days', () => {
  const content = { path: '/B/' };

  test.each([
    ['a connection cut in the middle', { kind: 'cut', afterBytes: 100 }],
    ['a connection reset in the middle', { kind: 'cut', afterBytes: 100, reset: true }],
    ['an answer that ends too early and says it is whole', { kind: 'short', bytes: 100 }],
    ['a wrong byte', { kind: 'corrupt' }],
    ['an error page', { kind: 'status', status: 200, body: 'An error occurred' }],
    ['a server that fails', { kind: 'status', status: 500 }],
    ['a throttling server', { kind: 'status', status: 503, headers: { 'Retry-After': '7' } }],
    ['a link that is refused', { kind: 'status', status: 403 }],
    ['a link that has ended', { kind: 'status', status: 410 }],
  ] as const)('%s is healed within the run', async (_, effect) => {
    await using sandbox = await createSandbox({ library: { assets: 10 } });
    sandbox.simulator.control.inject({ match: content, nth: 3, times: 2, effect });
    const result = await icloudpd(sandbox, ['-d', sandbox.photos]);
    expect(result.stdout).toContain('10 items in iCloud = 10 downloaded + 0 already there + 0 skipped + 0 failed');
    expect(result.code).toBe(0);
    await using reference = await createSandbox({ library: { assets: 10 } });
    await icloudpd(reference, ['-d', reference.photos]);
    expect(await readTree(sandbox.photos)).toEqual(await readTree(reference.photos));
  });

  test.each(['CPLAsset', 'CPLMaster'] as const)('a %s that the listing cannot give is looked up', async (type) => {
    await using sandbox = await createSandbox({ library: { assets: 150 } });
    const { control } = sandbox.simulator;
    control.inject({
      match: { path: '/records/query' },
      nth: 3,
      effect: { kind: 'refuse-record', type, code: 'INTERNAL_ERROR' },
    });
    const result = await icloudpd(sandbox, ['-d', sandbox.photos, '--skip-live-photos']);
    expect(result.stdout).toContain('150 items in iCloud = 150 downloaded + 0 already there + 0 skipped + 0 failed');
    expect(result.code).toBe(0);
  });

  test('a record that Apple never gives is told, and stops no other', async () => {
    await using sandbox = await createSandbox({ library: { assets: 10 } });
    for (const path of ['/records/query', '/records/lookup']) {
      const effect = { kind: 'refuse-record', type: 'CPLAsset', code: 'INTERNAL_ERROR' } as const;
      sandbox.simulator.control.inject({ match: { path }, times: 99, effect });
    }
    const result = await icloudpd(sandbox, ['-d', sandbox.photos]);
    expect(result.stdout).toContain('= 9 downloaded + 0 already there + 0 skipped + 1 failed (1 iCloud gave only half');
    expect(result.code).toBe(3);
  });

  test('the oldest item, which Apple never gives, does not end the listing as an error', async () => {
    await using sandbox = await createSandbox({ library: { assets: 1 } });
    for (const type of ['CPLMaster', 'CPLAsset'] as const) {
      const effect = { kind: 'refuse-record', type, code: 'INTERNAL_ERROR' } as const;
      sandbox.simulator.control.inject({ match: { path: '/records/query' }, times: 99, effect });
      sandbox.simulator.control.inject({ match: { path: '/records/lookup' }, times: 99, effect });
    }
    const result = await icloudpd(sandbox, ['-d', sandbox.photos]);
    expect(result.code).toBe(3);
    expect(result.stdout).toContain('iCloud gave only half of its record');
  });

  test('a listing that ends far below the number that iCloud counts is told', async () => {
    await using sandbox = await createSandbox({ library: { assets: 300 } });
    const effect = { kind: 'status', status: 200, body: '{"records": []}' } as const;
    sandbox.simulator.control.inject({ match: { path: '/records/query' }, nth: 4, times: 99, effect });
    const result = await icloudpd(sandbox, ['-d', sandbox.photos, '--dry-run']);
    expect(result.stdout).toContain('iCloud counts 200 items more than it listed.');
    const whole = await icloudpd(sandbox, ['-d', sandbox.photos, '--dry-run', '--recent', '5']);
    expect(whole.stdout).not.toContain('more than it listed');
  });

  test('a link that Apple cannot renew for a moment is asked for again, and what came of the file is kept', async () => {
    await using sandbox = await createSandbox({ library: { assets: 1 } });
    const { control } = sandbox.simulator;
    control.inject({ match: content, effect: { kind: 'status', status: 410 } });
    const effect = { kind: 'refuse-record', type: 'CPLMaster', code: 'TRY_AGAIN_LATER' } as const;
    control.inject({ match: { path: '/records/lookup' }, times: 2, effect });
    const result = await icloudpd(sandbox, ['-d', sandbox.photos]);
    expect(result.stdout).toContain('1 item in iCloud = 1 downloaded');
    expect(result.stdout).toContain('iCloud could not deliver it (TRY_AGAIN_LATER)');
    expect(result.code).toBe(0);
  });

  test('links that ended all at once are renewed', async () => {
    await using sandbox = await createSandbox({ library: { assets: 30 } });
    sandbox.simulator.control.inject({ match: content, nth: 5, effect: { kind: 'expire-links' } });
    const result = await icloudpd(sandbox, ['-d', sandbox.photos]);
    expect(result.stdout).toContain('= 30 downloaded');
    expect(requests(sandbox, 'records/lookup')).toBeGreaterThan(0);
  });

  test('one file that never comes stops no other, and is told with its reason', async () => {
    await using sandbox = await createSandbox({ library: { assets: 10 } });
    sandbox.simulator.control.inject({ match: content, times: 3, effect: { kind: 'corrupt' } });
    const result = await icloudpd(sandbox, ['-d', sandbox.photos, '--threads-num', '1', '--skip-live-photos']);
    expect(result.code).toBe(3);
    expect(result.stdout).toContain(
      "9 downloaded + 0 already there + 0 skipped + 1 failed (1 the bytes did not match Apple's checksum)",
    );
    const [, failed = ''] = /ERROR {4}Could not download (.*)\. Please try again later\./.exec(result.stdout) ?? [];
    expect(result.stdout).not.toContain('All photos and videos have been downloaded');
    const tree = await readTree(sandbox.photos);
    expect([tree.size, tree.has(path.relative(sandbox.photos, failed))]).toEqual([9, false]);

    const again = await icloudpd(sandbox, ['-d', sandbox.photos, '--skip-live-photos']);
    expect(again.stdout).toContain('= 1 downloaded + 9 already there');
    expect(again.code).toBe(0);
  });

  test('a page of the listing that fails is asked for again', async () => {
    await using sandbox = await createSandbox({ library: { assets: 150 } });
    sandbox.simulator.control.inject({
      match: { path: 'records/query' },
      nth: 2,
      times: 2,
      effect: { kind: 'status', status: 503 },
    });
    const result = await icloudpd(sandbox, ['-d', sandbox.photos]);
    expect(result.stdout).toContain('= 150 downloaded');
  });

  test('a listing that cannot be finished ends with its cause, and keeps what came', async () => {
    await using sandbox = await createSandbox({ library: { assets: 350 } });
    sandbox.simulator.control.inject({
      match: { path: 'records/query' },
      // after the check of the index, the count, and two pages
      nth: 5,
      times: 100,
      effect: { kind: 'status', status: 500 },
    });
    const result = await icloudpd(sandbox, ['-d', sandbox.photos]);
    expect(result.code).toBe(1);
    expect(result.stdout).toContain('iCloud Photos could not answer.');
    // 199 items, as pages overlap by one; 19 of them are Live Photos
    expect((await readTree(sandbox.photos)).size).toBe(218);
  });

  test('a session that ends in the middle is renewed by itself', async () => {
    await using sandbox = await createSandbox({ library: { assets: 350 } });
    sandbox.simulator.control.inject({
      match: { path: 'records/query' },
      nth: 3,
      effect: { kind: 'status', status: 421, body: '{}' },
    });
    const result = await icloudpd(sandbox, ['-d', sandbox.photos]);
    expect(result.stdout).toContain('= 350 downloaded');
    expect(requests(sandbox, 'accountLogin')).toBeGreaterThan(1);
  });

  test('a folder that cannot be made is told, and the run goes on', async () => {
    await using sandbox = await createSandbox({ library: { assets: 5 } });
    await writeFile(sandbox.photos, 'a file is in the way');
    const result = await icloudpd(sandbox, ['-d', sandbox.photos, '--skip-live-photos']);
    expect(result.code).toBe(3);
    expect(result.stdout).toContain('Could not create folder');
    expect(result.stdout).toContain('5 failed (5 its folder could not be created)');
  });
});

describe('a target nothing can be written to', () => {
  test('takes a small file now and then: the run ends all the same', async () => {
    const pictures = { library: { assets: 40 } };
    await using reference = await createSandbox(pictures);
    const flat = ['--folder-structure', 'none', '--skip-live-photos', '--threads-num', '1'];
    await icloudpd(reference, ['-d', reference.photos, ...flat]);
    await using sandbox = await createSandbox(pictures);
    for (const bytes of (await readTree(reference.photos)).values()) {
      await mkdir(partPath(sandbox.photos, checksumOf(bytes)), { recursive: true });
    }
    const result = await icloudpd(sandbox, ['-d', sandbox.photos, ...flat]);
    expect(result.code).toBe(3);
    expect(result.stdout).toContain('24 failed (24 it could not be written) + 16 not finished');
    expect(result.stdout).toContain(`Nothing can be written below ${sandbox.photos}.`);
    expect((await readdir(sandbox.photos)).every((name) => name.endsWith('.part'))).toBe(true);
  });

  test('is not one folder of it: the others are filled', async () => {
    await using sandbox = await createSandbox({ library: { assets: 30 } });
    const folders = ['--folder-structure', '{:%d}', '--skip-live-photos'];
    const { stdout } = await icloudpd(sandbox, ['-d', sandbox.photos, ...folders, '--only-print-filenames']);
    const days = Map.groupBy(stdout.trim().split('\n'), (file) => path.dirname(file));
    const [worst = '', files = []] = [...days].sort(([, a], [, b]) => b.length - a.length)[0] ?? [];
    await mkdir(sandbox.photos, { recursive: true });
    await writeFile(worst, 'a file is in the way');
    const result = await icloudpd(sandbox, ['-d', sandbox.photos, ...folders, '--threads-num', '1']);
    expect(result.stdout).toContain(
      `${30 - files.length} downloaded + 0 already there + 0 skipped + ${files.length} failed`,
    );
    expect(files.length).toBeGreaterThanOrEqual(8);
  });

  test('ends the run after a few files, with what to do', async () => {
    await using sandbox = await createSandbox({ library: { assets: 300 } });
    await writeFile(sandbox.photos, 'a file is in the way');
    const result = await icloudpd(sandbox, ['-d', sandbox.photos]);
    expect(result.code).toBe(3);
    expect(result.stdout.match(/Could not create folder/g)?.length).toBeLessThan(40);
    expect(result.stdout).toContain(`Nothing can be written below ${sandbox.photos}. Check that its disk is there`);
    expect(result.stdout).toMatch(/= 0 downloaded \+ 0 already there \+ 0 skipped \+ \d+ failed .* not finished/);
  });
});

describe('going on where an earlier run stopped', () => {
  async function withPart(prepare: (part: string, bytes: Buffer) => Promise<void>) {
    const { name, bytes } = await onePicture();
    const sandbox = await createSandbox({ library: { assets: 1 } });
    const file = path.join(sandbox.photos, name);
    await mkdir(path.dirname(file), { recursive: true });
    await prepare(partPath(path.dirname(file), checksumOf(bytes)), bytes);
    return { sandbox, file, bytes };
  }
  const download = (sandbox: Sandbox) => icloudpd(sandbox, ['-d', sandbox.photos, '--skip-live-photos']);

  test('only the rest is fetched', async () => {
    const { sandbox, file, bytes } = await withPart((part, content) => writeFile(part, content.subarray(0, 100)));
    await using _ = sandbox;
    const result = await download(sandbox);
    expect(result.stdout).toMatch(/Resuming downloading of .* from 100$/m);
    expect(await readFile(file)).toEqual(bytes);
    expect(await readdir(path.dirname(file))).toEqual([path.basename(file)]);
  });

  test('a server that ignores the range gives the file, not a mixture', async () => {
    const { sandbox, file, bytes } = await withPart((part, content) => writeFile(part, content.subarray(0, 100)));
    await using _ = sandbox;
    sandbox.simulator.control.inject({ match: { path: '/B/' }, effect: { kind: 'ignore-range' } });
    await download(sandbox);
    expect(await readFile(file)).toEqual(bytes);
  });

  test('a part with wrong bytes is found out and fetched anew', async () => {
    const { sandbox, file, bytes } = await withPart((part, content) =>
      writeFile(part, Buffer.alloc(content.length - 10, 7)),
    );
    await using _ = sandbox;
    expect((await download(sandbox)).code).toBe(0);
    expect(await readFile(file)).toEqual(bytes);
  });

  test('a part that is complete is only proven', async () => {
    const { sandbox, file, bytes } = await withPart((part, content) => writeFile(part, content));
    await using _ = sandbox;
    await download(sandbox);
    expect(await readFile(file)).toEqual(bytes);
    expect(requests(sandbox, '/B/')).toBe(0);
  });

  test('a part that is too long is thrown away', async () => {
    const { sandbox, file, bytes } = await withPart(async (part, content) => {
      await writeFile(part, content);
      await truncate(part, content.length + 5);
    });
    await using _ = sandbox;
    await download(sandbox);
    expect(await readFile(file)).toEqual(bytes);
  });

  test('killed in the middle, run again: complete and identical', async () => {
    await using sandbox = await createSandbox({ library: { assets: 300 }, latencyMs: 5 });
    await using reference = await createSandbox({ library: { assets: 300 } });
    await icloudpd(sandbox, ['--auth-only']);
    const child = start(ICLOUDPD, ['-d', sandbox.photos, ...sandbox.account], sandbox.env);
    await untilWritten(child, 'Downloaded ', 40);
    child.kill('SIGKILL');
    expect((await finished(child)).signal).toBe('SIGKILL');
    const before = [...(await readTree(sandbox.photos)).keys()].filter((name) => !name.endsWith('.part'));
    expect(before.length).toBeGreaterThanOrEqual(40);
    expect(before.length).toBeLessThan(330);

    const result = await icloudpd(sandbox, ['-d', sandbox.photos]);
    expect(result.code).toBe(0);
    await icloudpd(reference, ['-d', reference.photos]);
    expect(await readTree(sandbox.photos)).toEqual(await readTree(reference.photos));
  });

  test('Ctrl-C ends a run cleanly, with its account, and the next one finishes it', async () => {
    await using sandbox = await createSandbox({ library: { assets: 300 }, latencyMs: 5 });
    await icloudpd(sandbox, ['--auth-only']);
    const child = start(ICLOUDPD, ['-d', sandbox.photos, ...sandbox.account], sandbox.env);
    const end = finished(child);
    await untilWritten(child, 'Downloaded ', 20);
    child.kill('SIGINT');
    const result = await end;
    expect(result.code).toBe(130);
    expect(result.stdout).toMatch(/items in iCloud = \d+ downloaded .* not finished/);
    expect(result.stdout).toContain('Interrupted. Nothing is lost');
    expect(result.stdout + result.stderr).not.toMatch(/\n\s+at /);
    const again = await icloudpd(sandbox, ['-d', sandbox.photos]);
    expect(again.stdout).toMatch(/300 items in iCloud = \d+ downloaded \+ \d+ already there \+ 0 skipped \+ 0 failed/);
  });
});
