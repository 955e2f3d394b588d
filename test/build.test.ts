import { cp, mkdir, mkdtemp, readFile, rm, symlink } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { icloudpd } from './support/in-process.ts';
import { createSandbox, ICLOUDPD, readTree, USER } from './support/sandbox.ts';
import { run } from './support/terminal.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
let folder = '';

/** Where somebody has installed the package. */
const at = (file: string): string => path.join(folder, 'icloudpd', file);

beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'icloudpd-test-'));
  const built = await run('scripts/build.ts', ['--out', at('dist')]);
  expect(built).toMatchObject({ code: 0, stderr: '' });
  await cp(path.join(root, 'package.json'), at('package.json'));
  // nothing else is to be found from there
  await mkdir(at('node_modules'));
  await symlink(path.join(root, 'node_modules', '@napi-rs'), at('node_modules/@napi-rs'));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

test('the built programs stand alone and know their version', async () => {
  for (const name of ['icloudpd', 'icloud']) {
    const result = await run(at(`dist/bin/${name}.js`), ['--version']);
    expect(result).toEqual(await run(ICLOUDPD, ['--version']));
  }
});

test('the built program downloads the same files as the one in the sources', async () => {
  await using sandbox = await createSandbox({ library: { assets: 5 } });
  await icloudpd(sandbox, ['-d', sandbox.photos]);
  const other = `${sandbox.photos}-built`;
  const args = [...sandbox.account, '-d', other, '--no-progress-bar'];
  const result = await run(at('dist/bin/icloudpd.js'), args, sandbox.env);
  expect(result).toMatchObject({ code: 0, stderr: '' });
  expect(await readTree(other)).toEqual(await readTree(sandbox.photos));
});

test('the built tool finds the library of the system keyring, which says that there is none here', async () => {
  await using sandbox = await createSandbox();
  const args = ['doctor', '--username', USER, '--cookie-directory', sandbox.session];
  const result = await run(at('dist/bin/icloud.js'), args, sandbox.env);
  expect(result.stdout).toContain('(the system keyring cannot be used: no desktop session (D-Bus) is running here)');
});

test('the licences of what was built in are beside it', async () => {
  const text = await readFile(at('dist/THIRD-PARTY-LICENSES.txt'), 'utf8');
  for (const name of ['undici', 'zod', 'tough-cookie', 'hono', 'prom-client']) expect(text).toContain(`\n${name} `);
  expect(text).not.toContain('sharp');
});
