import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

const DEBIAN_PYTHON = '/usr/bin/python3';
const NEEDED = [
  '/usr/bin/dbus-run-session',
  '/usr/bin/gnome-keyring-daemon',
  '/usr/lib/python3/dist-packages/keyring',
  '/usr/lib/python3/dist-packages/secretstorage',
];

/** Whether a real keyring and Python's library can be had here. */
export const hasKeyring = NEEDED.every((file) => existsSync(file));

/** What to do with the password of an Apple ID. */
export type KeyringRequest =
  | { readonly do: 'read' | 'delete'; readonly account: string }
  | { readonly do: 'save'; readonly account: string; readonly password: string };

/** The password read; null for none, and for what gives nothing; the words of an error. */
export type KeyringAnswer = string | null | { readonly error: string };

/** A session bus of its own, with a gnome-keyring daemon on it and an empty home. */
export interface KeyringMachine extends AsyncDisposable {
  /** For processes that are to find this keyring. */
  readonly env: Readonly<Record<string, string>>;
  /** Asks Python's `keyring`, as icloudpd did. */
  python(...requests: readonly KeyringRequest[]): Promise<readonly KeyringAnswer[]>;
  /** Asks this program's own keyring. */
  ours(...requests: readonly KeyringRequest[]): Promise<readonly KeyringAnswer[]>;
}

const PYTHON = `
import json, keyring, sys
SERVICE = 'pyicloud://icloud-password'
def answer(request):
    account = request['account']
    try:
        if request['do'] == 'save':
            return keyring.set_password(SERVICE, account, request['password'])
        if request['do'] == 'delete':
            return keyring.delete_password(SERVICE, account)
        return keyring.get_password(SERVICE, account)
    except Exception as error:
        return {'error': str(error)}
print(json.dumps([answer(request) for request in json.load(sys.stdin)]))
`;

// the daemon prints settings that nobody here needs; the line tells that it has the bus
const START = {
  unlocked:
    'printf known | gnome-keyring-daemon --daemonize --unlock --components=secrets >&2; echo "$DBUS_SESSION_BUS_ADDRESS"; cat',
  locked: 'gnome-keyring-daemon --daemonize --components=secrets </dev/null >&2; echo "$DBUS_SESSION_BUS_ADDRESS"; cat',
} as const;

async function converse(
  child: ChildProcessWithoutNullStreams,
  requests: readonly KeyringRequest[],
): Promise<readonly KeyringAnswer[]> {
  child.stdin.end(JSON.stringify(requests));
  const [output, problems] = await Promise.all([text(child.stdout), text(child.stderr)]);
  if (output === '') throw new Error(`no answer: ${problems}`);
  return JSON.parse(output);
}

/** @param state `locked`: nobody has typed the keyring's own password since the start, as on a server */
export async function startKeyringMachine(state: keyof typeof START = 'unlocked'): Promise<KeyringMachine> {
  const home = await mkdtemp(path.join(os.tmpdir(), 'icloudpd-keyring-'));
  const runtime = path.join(home, 'runtime');
  await mkdir(runtime, { mode: 0o700 });
  // no display: what would open a window fails at once
  const { PATH = '' } = process.env;
  const env = { PATH, HOME: home, XDG_RUNTIME_DIR: runtime, LANG: 'C.UTF-8' };
  const bus = spawn('dbus-run-session', ['--', 'sh', '-c', START[state]], { env });
  // read, so that a talkative daemon never waits for room in the pipe
  bus.stderr.resume();
  const over = once(bus, 'close');
  const address = await Promise.race([once(createInterface(bus.stdout), 'line').then(([line]) => String(line)), over]);
  if (typeof address !== 'string') throw new Error('the session bus could not be started');
  const found = { HOME: home, XDG_RUNTIME_DIR: runtime, DBUS_SESSION_BUS_ADDRESS: address };
  const childEnv = { ...env, ...found };
  const tool = fileURLToPath(new URL('./keyring-tool.ts', import.meta.url));
  return {
    env: found,
    python: (...requests) => converse(spawn(DEBIAN_PYTHON, ['-c', PYTHON], { env: childEnv }), requests),
    ours: (...requests) => converse(spawn(process.execPath, [tool], { env: childEnv }), requests),
    async [Symbol.asyncDispose]() {
      bus.stdin.end();
      await over;
      await rm(home, { recursive: true, force: true });
    },
  };
}
