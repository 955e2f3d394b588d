/**
 * Fetches Debian's Chromium for the browser tests where that can be done without asking anybody: as root, on Debian. Says
 * nothing when all is well, and never fails: without a browser its tests are skipped, and say so.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { CHROMIUM } from './support/chromium.ts';

/** Enough for a slow mirror; a test command must not hang for ever. */
const LIMIT_MS = 10 * 60_000;

function apt(...args: readonly string[]): boolean {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  return spawnSync('apt-get', ['-qq', ...args], { env, stdio: 'ignore', timeout: LIMIT_MS }).status === 0;
}

const able = process.platform === 'linux' && process.getuid?.() === 0 && existsSync('/etc/debian_version');
if (!existsSync(CHROMIUM) && able) {
  process.stderr.write('Installing Chromium for the browser tests (once) ... ');
  const install = ['install', '--yes', '--no-install-recommends', 'chromium', 'fonts-inter'];
  const good = apt(...install) || (apt('update') && apt(...install));
  process.stderr.write(good ? 'done.\n' : 'not to be had here.\n');
}
