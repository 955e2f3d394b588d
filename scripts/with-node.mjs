#!/usr/bin/env node
// Runs one of the project's TypeScript files with the project's own Node, whatever Node the machine has.
// On a fresh clone it first installs the packages, quietly. Plain JavaScript, because Node 20 must be able to run it.
import { spawn, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const lock = path.join(root, 'package-lock.json');
const stamp = path.join(root, 'node_modules', '.installed-from');
const node = path.join(root, 'node_modules', 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node');

function fail(message) {
  console.error(message);
  process.exit(1);
}

function firstLines(text) {
  return text.trim().split('\n').slice(0, 12).join('\n');
}

function installIfNeeded() {
  const wanted = fs.readFileSync(lock, 'utf8');
  if (fs.existsSync(node) && fs.existsSync(stamp) && fs.readFileSync(stamp, 'utf8') === wanted) return;
  process.stderr.write('Setting up (once, about half a minute) ... ');
  const npm = spawnSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: root,
    encoding: 'utf8',
    shell: process.platform === 'win32',
    // npm hands its own settings down to child processes; a nested npm would complain about those it does not know.
    env: Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.toLowerCase().startsWith('npm_'))),
  });
  if (npm.error)
    fail(`\nnpm could not be started: ${npm.error.message}\nInstall Node.js 20 or later with npm, and run this again.`);
  if (npm.status !== 0)
    fail(
      `\nThe packages could not be installed:\n${firstLines(npm.stderr)}\nCheck the network connection and run this again.`,
    );
  if (!fs.existsSync(node)) {
    fail(
      '\nThe packages are there, but the project\'s own Node is not: npm must be allowed to run the install script of the package "node".',
    );
  }
  fs.writeFileSync(stamp, wanted);
  process.stderr.write('done.\n');
}

const [, , script, ...args] = process.argv;
if (!script) fail('usage: with-node.mjs SCRIPT [ARGUMENT ...]');
installIfNeeded();
const child = spawn(node, [path.join(root, script), ...args], { stdio: 'inherit' });
// Ctrl-C reaches the whole group from the terminal; a signal sent to this process alone is passed on.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'])
  process.on(signal, () => {
    if (signal !== 'SIGINT') child.kill(signal);
  });
child.on('error', (error) => fail(`Could not start Node: ${error.message}`));
child.on('exit', (code, signal) => {
  if (signal) {
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
  } else process.exit(code ?? 1);
});
