import { mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { heldContent } from '../simulator/photos/content.ts';
import { ChecksumStream } from '../src/apple/photos/checksum.ts';
import { partPath } from '../src/download/part-file.ts';
import { icloudpd } from './support/in-process.ts';
import { createSandbox, ICLOUDPD, readTree, type Sandbox, USER } from './support/sandbox.ts';
import { finished, start } from './support/terminal.ts';

const FLAT = ['--folder-structure', 'none', '--skip-live-photos'];

function checksumOf(bytes: Uint8Array): string {
  const checksum = new ChecksumStream();
  checksum.update(bytes);
  return checksum.digest();
}

describe('one folder for two runs at once', () => {
  test('of two session directories: each file comes down whole, and nothing is left behind', async () => {
    await using sandbox = await createSandbox({ library: { assets: 150 }, latencyMs: 2 });
    await using reference = await createSandbox({ library: { assets: 150 } });
    const homes = [sandbox.session, `${sandbox.session}-2`];
    for (const home of homes) {
      const account = ['--username', USER, '--cookie-directory', home];
      expect((await icloudpd({ ...sandbox, account }, ['--auth-only'])).code).toBe(0);
    }
    const runs = homes.map((home) => {
      const account = ['--username', USER, '--cookie-directory', home];
      return finished(start(ICLOUDPD, ['-d', sandbox.photos, ...account], sandbox.env));
    });
    const results = await Promise.all(runs);
    expect(results.map(({ code }) => code)).toEqual([0, 0]);
    const output = results.map(({ stdout }) => stdout).join('');
    expect(output).toContain(`Another run is downloading to ${sandbox.photos}; this one goes on when it has finished`);
    expect(output).toContain('150 items in iCloud = 150 downloaded + 0 already there');
    expect(output).toContain('150 items in iCloud = 0 downloaded + 150 already there');
    await icloudpd(reference, ['-d', reference.photos]);
    expect(await readTree(sandbox.photos)).toEqual(await readTree(reference.photos));
  });
});

describe('pictures of one name, one day and one size', () => {
  /** Adds a picture that differs from all others in its bytes alone. */
  function add(sandbox: Sandbox, hour: number): void {
    sandbox.simulator.control.library().addAsset({ filename: 'SAME.JPG', assetDate: Date.UTC(2030, 0, 1, hour) });
  }
  const contents = async (sandbox: Sandbox) =>
    new Set(
      [...(await readTree(sandbox.photos))].filter(([name]) => name.startsWith('SAME')).map(([, b]) => checksumOf(b)),
    );

  test('are all kept, in whatever order they come to iCloud', async () => {
    await using sandbox = await createSandbox({ library: { assets: 2 } });
    const run = () => icloudpd(sandbox, ['-d', sandbox.photos, ...FLAT]);
    const sizes: number[] = [];
    for (const hour of [1, 2, 3, 4]) {
      add(sandbox, hour);
      const result = await run();
      expect(result.stdout).toContain(`${hour + 2} items in iCloud = ${hour === 1 ? 3 : 1} downloaded + `);
      expect(result.code).toBe(0);
      sizes.push((await contents(sandbox)).size);
    }
    expect(sizes).toEqual([1, 2, 3, 4]);
    const before = await readTree(sandbox.photos);
    expect((await run()).stdout).toContain('6 items in iCloud = 0 downloaded + 6 already there + 0 skipped + 0 failed');
    expect(await readTree(sandbox.photos)).toEqual(before);
  });
});

test('a Live Photo that took another one for its own is counted once, by what became of it', async () => {
  await using sandbox = await createSandbox({ library: { assets: 2 } });
  const library = sandbox.simulator.control.library();
  const resource = (bytes: number, fill: number, fileType: string) => ({
    content: heldContent(Buffer.alloc(bytes, fill)),
    width: 1,
    height: 1,
    fileType,
  });
  const add = (hour: number, film: number): void => {
    library.addAsset({
      filename: 'IMG_LIVE.JPG',
      assetDate: Date.UTC(2030, 0, 1, hour),
      original: resource(1000, hour, 'public.jpeg'),
      resources: { resOriginalVidCompl: resource(film, hour, 'com.apple.quicktime-movie') },
    });
  };
  const run = () => icloudpd(sandbox, ['-d', sandbox.photos, '--folder-structure', 'none']);
  add(1, 5000);
  expect((await run()).stdout).toContain('3 items in iCloud = 3 downloaded + 0 already there');
  // the still is as long as the other's, the film is not
  add(2, 6000);
  expect((await run()).stdout).toContain('4 items in iCloud = 1 downloaded + 3 already there + 0 skipped + 0 failed');
  add(3, 7000);
  const refused = { kind: 'status', status: 403 } as const;
  sandbox.simulator.control.inject({ match: { path: '/B/' }, times: 100, effect: refused });
  expect((await run()).stdout).toMatch(/5 items in iCloud = 0 downloaded \+ 4 already there \+ 0 skipped \+ 1 failed/);
});

test('an error page is not taken for the beginning of a file that no checksum can prove', async () => {
  await using sandbox = await createSandbox({ library: { assets: 0 } });
  const bytes = Buffer.alloc(1000, 7);
  const held = heldContent(bytes);
  const unknown = Buffer.from(held.fileChecksum, 'base64');
  unknown[0] = 0x81;
  const content = {
    size: held.size,
    fileChecksum: unknown.toString('base64'),
    read: (start: number, end: number) => held.read(start, end),
  };
  const original = { content, width: 1, height: 1, fileType: 'public.jpeg' };
  sandbox.simulator.control.library().addAsset({ filename: 'ODD.JPG', original });
  const page = { kind: 'status', status: 200, body: '<html>501</html>' } as const;
  sandbox.simulator.control.inject({ match: { path: '/B/' }, effect: page });
  const result = await icloudpd(sandbox, ['-d', sandbox.photos, '--folder-structure', 'none']);
  expect(result.code).toBe(0);
  expect((await readTree(sandbox.photos)).get('ODD.JPG')).toEqual(bytes);
});

test('folders may be named after fractions of a second', async () => {
  await using sandbox = await createSandbox({ library: { assets: 0 } });
  sandbox.simulator.control.library().addAsset({ filename: 'A.JPG', assetDate: 1_234_567_890_123 });
  const names = await icloudpd(sandbox, [
    '-d',
    sandbox.photos,
    '--folder-structure',
    '{:%f}',
    '--only-print-filenames',
  ]);
  expect(names.stdout).toBe(`${sandbox.photos}/123000/A.JPG\n`);
});

test('items that share a file are counted together when it turns out to be missing', async () => {
  await using sandbox = await createSandbox({ library: { assets: 0 } });
  const library = sandbox.simulator.control.library();
  const add = (hour: number, fill: number): void => {
    const original = { content: heldContent(Buffer.alloc(1000, fill)), width: 1, height: 1, fileType: 'public.jpeg' };
    library.addAsset({ filename: 'SAME.JPG', assetDate: Date.UTC(2030, 0, 1, hour), original });
  };
  const run = () => icloudpd(sandbox, ['-d', sandbox.photos, '--folder-structure', 'none']);
  add(1, 1);
  await run();
  add(2, 2);
  add(3, 2);
  expect((await run()).stdout).toContain('3 items in iCloud = 2 downloaded + 1 already there + 0 skipped + 0 failed');
});

test('a file that turns out to be missing is brought, although another folder has the same', async () => {
  await using sandbox = await createSandbox({ library: { assets: 0 } });
  const library = sandbox.simulator.control.library();
  const add = (year: number, month: number, fill: number): void => {
    const original = { content: heldContent(Buffer.alloc(1000, fill)), width: 1, height: 1, fileType: 'public.jpeg' };
    library.addAsset({ filename: 'SAME.JPG', assetDate: Date.UTC(year, month, 1), original });
  };
  const run = () => icloudpd(sandbox, ['-d', sandbox.photos, '--folder-structure', '{:%Y}']);
  add(2030, 1, 1);
  await run();
  add(2030, 2, 2);
  add(2029, 1, 2);
  expect((await run()).stdout).toContain('3 items in iCloud = 2 downloaded + 1 already there + 0 skipped + 0 failed');
  expect([...(await readTree(sandbox.photos)).keys()].sort()).toEqual([
    '2029/SAME.JPG',
    '2030/SAME-1000.JPG',
    '2030/SAME.JPG',
  ]);
});

test('names are printed below the folder as it was given', async () => {
  await using sandbox = await createSandbox({ library: { assets: 0 } });
  sandbox.simulator.control.library().addAsset({ filename: 'A.JPG' });
  const flat = ['--folder-structure', 'none', '--only-print-filenames'];
  expect((await icloudpd(sandbox, ['-d', './my/../pictures/', ...flat])).stdout).toBe('pictures/A.JPG\n');
});

describe('a run that ends early', () => {
  test('before it learned how much there is gives no account', async () => {
    await using sandbox = await createSandbox({ library: { assets: 5 } });
    const fault = { kind: 'status', status: 503 } as const;
    sandbox.simulator.control.inject({ match: { path: 'records/query' }, times: 100, effect: fault });
    const result = await icloudpd(sandbox, ['-d', sandbox.photos]);
    expect(result.code).toBe(1);
    expect(result.stdout).not.toContain('items in iCloud');
  });

  test('counts what it did not come to: the account is of all there is in iCloud', async () => {
    await using sandbox = await createSandbox({ library: { assets: 350 } });
    const fault = { kind: 'status', status: 500 } as const;
    sandbox.simulator.control.inject({ match: { path: 'records/query' }, nth: 5, times: 100, effect: fault });
    const some = await icloudpd(sandbox, ['-d', sandbox.photos]);
    const account =
      /350 items in iCloud = (\d+) downloaded \+ 0 already there \+ 0 skipped \+ 0 failed \+ (\d+) not finished/;
    const [, downloaded, unfinished] = account.exec(some.stdout) ?? [];
    expect(Number(downloaded)).toBeGreaterThan(0);
    expect(Number(downloaded) + Number(unfinished)).toBe(350);
    sandbox.simulator.control.clearFaults();
    sandbox.simulator.control.inject({ match: { path: 'records/query' }, nth: 3, times: 100, effect: fault });
    const none = await icloudpd(sandbox, ['-d', sandbox.photos, '--recent', '10']);
    expect(none.stdout).toContain(
      '350 items in iCloud = 0 downloaded + 0 already there + 340 skipped (340 older than --recent asks for) + 0 failed + 10 not finished',
    );
    expect([some.code, none.code]).toEqual([1, 1]);
  });
});

describe('links in the folder', () => {
  async function picture(): Promise<{ sandbox: Sandbox; bytes: Buffer; name: string }> {
    const sandbox = await createSandbox({ library: { assets: 1 } });
    await icloudpd(sandbox, ['-d', sandbox.photos, ...FLAT]);
    const [[name = '', bytes = Buffer.alloc(0)] = []] = await readTree(sandbox.photos);
    await sandbox[Symbol.asyncDispose]();
    const fresh = await createSandbox({ library: { assets: 1 } });
    await mkdir(fresh.photos);
    return { sandbox: fresh, bytes, name };
  }

  test('a part that is a link is not written through', async () => {
    const { sandbox, bytes, name } = await picture();
    await using _ = sandbox;
    const victim = path.join(sandbox.env.HOME ?? '', 'victim');
    await writeFile(victim, 'precious');
    await symlink(victim, partPath(sandbox.photos, checksumOf(bytes)));
    const result = await icloudpd(sandbox, ['-d', sandbox.photos, ...FLAT]);
    expect(result.code).toBe(0);
    expect(await readFile(victim, 'utf8')).toBe('precious');
    expect(await readTree(sandbox.photos)).toEqual(new Map([[name, bytes]]));
  });

  test('a link to nothing in the place of a file is left alone, and the file gets its next name', async () => {
    const { sandbox, bytes, name } = await picture();
    await using _ = sandbox;
    await symlink(path.join(sandbox.photos, 'nothing'), path.join(sandbox.photos, name));
    expect((await icloudpd(sandbox, ['-d', sandbox.photos, ...FLAT])).code).toBe(0);
    const next = name.replace('.', `-${bytes.length}.`);
    expect((await readdir(sandbox.photos)).sort()).toEqual([name, next].sort());
    expect(await readFile(path.join(sandbox.photos, next))).toEqual(bytes);
  });
});
