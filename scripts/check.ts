/** All that must hold before a change is good: `npm test`, and CI with it. Each step is told in a line; a failed one shows why. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { BROWSER_PACKAGES, ensureDebianPackages, KEYRING_PACKAGES } from './ensure-debian-packages.ts';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const bin = (name: string): string => path.join(root, 'node_modules', '.bin', name);
const scratch = mkdtempSync(path.join(os.tmpdir(), 'icloudpd-check-'));
const report = path.join(scratch, 'vitest.json');

interface Step {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  /** Show the output of a step that went well too. */
  readonly verbose?: boolean;
}

const vitest = path.join(root, 'node_modules', 'vitest', 'vitest.mjs');
const steps: readonly Step[] = [
  {
    name: 'format, lint, import rules',
    command: bin('biome'),
    args: ['ci', '--error-on-warnings', '--colors=off', '.'],
  },
  { name: 'types', command: bin('tsc'), args: ['--noEmit', '-p', '.'] },
  {
    name: 'unused code and dependencies',
    command: process.execPath,
    args: [path.join(root, 'node_modules', 'knip', 'bin', 'knip.js')],
  },
  {
    name: 'tests',
    command: process.execPath,
    args: [vitest, 'run', '--reporter=default', '--reporter=json', `--outputFile.json=${report}`],
  },
  {
    name: 'foreign clients',
    command: process.execPath,
    args: [path.join(root, 'scripts', 'interop.ts'), '--if-possible'],
    verbose: true,
  },
];

function run(step: Step): boolean {
  const startedAt = Date.now();
  const result = spawnSync(step.command, step.args, {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
    stdio: ['ignore', 'pipe', 'pipe'],
    // the tests' own children must run with this Node too
    env: { ...process.env, PATH: `${path.dirname(process.execPath)}${path.delimiter}${process.env.PATH ?? ''}` },
  });
  const good = result.status === 0;
  console.log(`${good ? 'ok  ' : 'FAIL'} ${step.name} (${((Date.now() - startedAt) / 1000).toFixed(1)} s)`);
  if (!good || step.verbose) process.stdout.write(`${result.stdout}${result.stderr}`);
  if (result.error) console.log(result.error.message);
  return good;
}

/** @returns the closing line that CI services read. */
function counts(): string {
  try {
    const { numPassedTests, numFailedTests, numPendingTests } = JSON.parse(readFileSync(report, 'utf8'));
    return `${numPassedTests} passed, ${numFailedTests} failed, ${numPendingTests} skipped`;
  } catch {
    return '0 passed, 1 failed';
  }
}

// tests against other people's programs; where these cannot be had, the tests are skipped and say so
ensureDebianPackages([...KEYRING_PACKAGES, ...BROWSER_PACKAGES]);

// every step runs, so that one push shows all there is to mend
const failed = steps.filter((step) => !run(step));
console.log(counts());
rmSync(scratch, { recursive: true, force: true });
if (failed.length > 0) {
  console.log(`Not good yet: ${failed.map(({ name }) => name).join('; ')}`);
  process.exitCode = 1;
}
