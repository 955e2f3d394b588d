import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

/** A package of Debian or Ubuntu, and a file that shows that it is there. */
export interface DebianPackage {
  readonly name: string;
  readonly shownBy: string;
}

/** What test/keyring.test.ts needs: a real keyring, and the Python library that icloudpd used. */
export const KEYRING_PACKAGES: readonly DebianPackage[] = [
  { name: 'dbus', shownBy: '/usr/bin/dbus-run-session' },
  { name: 'dbus', shownBy: '/usr/bin/dbus-daemon' },
  { name: 'gnome-keyring', shownBy: '/usr/bin/gnome-keyring-daemon' },
  { name: 'python3-keyring', shownBy: '/usr/lib/python3/dist-packages/keyring' },
  { name: 'python3-secretstorage', shownBy: '/usr/lib/python3/dist-packages/secretstorage' },
];

/** What test/web needs. The font is for the pictures of docs/web.md: without any, letters are boxes. */
export const BROWSER_PACKAGES: readonly DebianPackage[] = [
  { name: 'chromium', shownBy: '/usr/bin/chromium' },
  { name: 'fonts-inter', shownBy: '/usr/share/fonts/opentype/inter' },
];

const missingOf = (packages: readonly DebianPackage[]): readonly string[] => [
  ...new Set(packages.filter(({ shownBy }) => !existsSync(shownBy)).map(({ name }) => name)),
];

function aptGet(...args: string[]): boolean {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  return spawnSync('apt-get', ['-qq', ...args], { stdio: 'ignore', env, timeout: 600_000 }).status === 0;
}

/**
 * Installs what is missing, where that can be done without asking anybody: as root, with apt-get. Says nothing; tests
 * that wait for a package say so themselves.
 *
 * @returns the names that are still missing
 */
export function ensureDebianPackages(packages: readonly DebianPackage[]): readonly string[] {
  const missing = missingOf(packages);
  if (missing.length === 0 || process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) return missing;
  aptGet('update');
  aptGet('install', '--yes', '--no-install-recommends', ...missing);
  return missingOf(packages);
}
