/**
 * Makes `dist/`, what the published package holds: the program and its libraries in a few files, for reading hundreds of
 * small ones is a third of a start (docs/benchmark.md). Libraries with machine code in them stay outside.
 * With `--out DIR` it is made in a new folder instead.
 */
import { chmodSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { rolldown } from 'rolldown';
import { lastCommit } from '../src/cli/last-commit.ts';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const { values } = parseArgs({ options: { out: { type: 'string' } } });
const dist = path.join(root, 'dist');
const out = values.out === undefined ? dist : path.resolve(values.out);
const { engines }: { engines: { node: string } } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));

/** @returns the folder of the package that a module belongs to; undefined for the program's own modules */
function packageOf(module: string): string | undefined {
  return /^.*[\\/]node_modules[\\/](?:@[^\\/]+[\\/])?[^\\/]+/.exec(module)?.[0];
}

/** What the licences of bundled libraries ask for: their text, beside the copy. */
function licences(modules: readonly string[]): string {
  const folders = new Set(modules.map(packageOf).filter((folder) => folder !== undefined));
  return [...folders]
    .sort()
    .map((folder) => {
      const { name, version, license }: Record<string, string> = JSON.parse(
        readFileSync(path.join(folder, 'package.json'), 'utf8'),
      );
      const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
      const text = file === undefined ? '' : `\n${readFileSync(path.join(folder, file), 'utf8').trim()}\n`;
      return `${name} ${version} (${license})\n${text}`;
    })
    .join(`\n${'-'.repeat(80)}\n\n`);
}

// never a folder that somebody names
if (out === dist) rmSync(dist, { recursive: true, force: true });
const bundle = await rolldown({
  cwd: root,
  input: { icloudpd: 'src/bin/icloudpd.ts', icloud: 'src/bin/icloud.ts' },
  platform: 'node',
  external: [/^@napi-rs\/keyring$/, /^sharp$/],
  transform: { target: engines.node.replace('>=', 'node') },
});
const { output } = await bundle.write({
  dir: out,
  format: 'esm',
  entryFileNames: 'bin/[name].js',
  // package.json and commit.json are looked for from here; see src/cli/version.ts
  chunkFileNames: 'chunks/[name]-[hash].js',
  // smaller, but with its names, so that a trace in a report can be read
  minify: { compress: false, mangle: false },
});
await bundle.close();
for (const name of ['icloudpd', 'icloud']) chmodSync(path.join(out, 'bin', `${name}.js`), 0o755);
const modules = output.flatMap((chunk) => (chunk.type === 'chunk' ? chunk.moduleIds : []));
writeFileSync(path.join(out, 'THIRD-PARTY-LICENSES.txt'), licences(modules));
const commit = lastCommit(root);
if (commit) writeFileSync(path.join(out, 'commit.json'), JSON.stringify(commit));
