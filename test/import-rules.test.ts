import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));
const forbidden = [
  ['src/apple/http/a.ts', '../../session/keyring.ts'],
  ['src/apple/b.ts', '../terminal/logger.ts'],
  ['src/apple/photos/c.ts', '../../download/engine.ts'],
  ['src/download/d.ts', '../cli/options.ts'],
  ['src/download/naming/e.ts', '../../bin/icloudpd.ts'],
  ['src/signin/f.ts', '../cli/options.ts'],
  ['src/app/g.ts', '../../simulator/index.ts'],
  ['src/apple/h.ts', '../../simulator/index.ts'],
  ['src/download/i.ts', '../../simulator/index.ts'],
  ['simulator/j.ts', '../src/apple/clock.ts'],
  ['simulator/identity/k.ts', '../../src/apple/identity/srp.ts'],
] as const;
const allowed = [
  ['src/app/l.ts', '../download/engine.ts'],
  ['src/signin/m.ts', '../apple/errors.ts'],
  ['scripts/n.ts', '../simulator/index.ts'],
] as const;

let found = '';
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'icloudpd-rules-'));
  const config = JSON.parse(readFileSync(path.join(root, 'biome.json'), 'utf8'));
  writeFileSync(
    path.join(folder, 'biome.json'),
    JSON.stringify({ ...config, $schema: undefined, vcs: { enabled: false } }),
  );
  const write = (file: string, content: string): void => {
    mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
    writeFileSync(path.join(folder, file), content);
  };
  for (const [file, specifier] of [...forbidden, ...allowed]) {
    write(file, `import { x } from '${specifier}';\n\nexport const y = x;\n`);
  }
  write('src/apple/fetching.ts', "export const x = await fetch('https://example.com');\n");
  const biome = path.join(root, 'node_modules', '.bin', 'biome');
  found = spawnSync(biome, ['lint', '--reporter=github', '--max-diagnostics=none', '.'], {
    cwd: folder,
    encoding: 'utf8',
  }).stdout;
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The rules that lint found broken in a file. */
function broken(file: string): readonly string[] {
  return found.split('\n').filter((line) => line.includes(`/${file},`));
}

describe('the rules between the rooms are held by lint', () => {
  test.each(forbidden)('%s must not import %s', (file) => {
    expect(broken(file).join()).toContain('noRestrictedImports');
  });

  test.each(allowed)('%s may import %s', (file) => {
    expect(broken(file).join()).not.toContain('noRestrictedImports');
  });

  test('fetch is forbidden in src/', () => {
    expect(broken('src/apple/fetching.ts').join()).toContain('noRestrictedGlobals');
  });
});
