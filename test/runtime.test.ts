import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const read = (file: string) => JSON.parse(readFileSync(new URL(`../${file}`, import.meta.url), 'utf8'));

test("tests run with the project's own Node, not the machine's", () => {
  expect(process.versions.node).toBe(read('package.json').devDependencies.node);
});

test('the lock file records no download addresses, and every platform', () => {
  const { packages } = read('package-lock.json');
  expect(Object.values<{ resolved?: string }>(packages).filter(({ resolved }) => resolved !== undefined)).toEqual([]);
  expect(packages['node_modules/@biomejs/cli-darwin-arm64']).toBeDefined();
});

test('an older Node is told in one sentence, before anything else can fail', () => {
  const file = fileURLToPath(new URL('../src/bin/node-version.ts', import.meta.url));
  const result = spawnSync(
    process.execPath,
    [
      '--input-type=module-typescript',
      '-e',
      `Object.defineProperty(process.versions, 'node', { value: '20.20.2' });
       const { requireNode } = await import(${JSON.stringify(file)});
       requireNode();
       console.log('went on');`,
    ],
    { encoding: 'utf8' },
  );
  expect(result.stdout).toBe('');
  expect(result.stderr).toMatch(/^icloudpd needs Node\.js 22\.18 or later, and this is 20\.20\.2: .*\n$/);
  expect(result.status).toBe(2);
});
