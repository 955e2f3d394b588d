/**
 * The honesty test: unmodified programs of others sign in to the local iCloud and download from it, and the original
 * icloudpd's files must equal ours byte for byte.
 *
 * What is covered:
 * - icloudpd 1.32.2 with a session made by this program: validate, listing, download; and by password proof with the
 *   stored trust. Its own code entry is not covered: it checks certificates with a bundle of its own there.
 * - icloud-photos-sync 4.0.0 by password proof and two-factor code, listing, download. Motion parts of Live Photos it does
 *   not ask for.
 */
import { once } from 'node:events';
import { cp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { request } from 'undici';
import { createSampleLibrary } from '../simulator/sample/sample-library.ts';
import { icloudpd } from '../test/support/in-process.ts';
import { createSandbox, PASSWORD, readTree, type Sandbox, USER } from '../test/support/sandbox.ts';
import { ended, type ForeignClients, installForeignClients, startIntercepted } from './support/foreign.ts';

type There = Extract<ForeignClients, { kind: 'there' }>;

/** Thrown when a foreign client did not do what it does with Apple. */
class InteropError extends Error {
  override readonly name = 'InteropError';
}

function check(holds: boolean, what: string, evidence: string): void {
  if (!holds) throw new InteropError(`${what}\n${evidence}`);
  console.log(`  ok  ${what}`);
}

/** Where the original is known to differ, and why; everything else must be equal. */
const KNOWN_DIFFERENCES: readonly { readonly why: string; readonly ours: RegExp; readonly theirs?: RegExp }[] = [
  {
    why: 'same name, day and size: the original takes the second picture for the first and never stores it',
    ours: /-\d+\.\w+$/,
  },
  { why: 'no name at all: the original stores the extension alone', ours: /.*/, theirs: /\/\.[A-Z]+$/ },
  { why: 'names over 255 bytes: the original cannot store them', ours: /~\w{7}\.\w+$/ },
  {
    why: 'control characters in names: the original puts them on the disk',
    ours: /_/,
    theirs: /\p{Cc}/u,
  },
];

function compare(ours: Map<string, Buffer>, theirs: Map<string, Buffer>): void {
  let equal = 0;
  const differences: string[] = [];
  for (const [name, bytes] of ours) {
    if (theirs.get(name)?.equals(bytes)) equal += 1;
    else if (theirs.has(name)) differences.push(`${name}: different bytes`);
    else differences.push(`${name}: only ours`);
  }
  for (const name of theirs.keys()) if (!ours.has(name)) differences.push(`${name}: only theirs`);

  const unexplained: string[] = [];
  for (const difference of differences) {
    const [name = '', side] = [
      difference.slice(0, difference.lastIndexOf(': ')),
      difference.slice(difference.lastIndexOf(': ') + 2),
    ];
    const known = KNOWN_DIFFERENCES.find((entry) =>
      side === 'only ours'
        ? entry.theirs === undefined && entry.ours.test(name)
        : side === 'only theirs' && entry.theirs?.test(`/${name}`),
    );
    if (known) console.log(`      known difference: ${JSON.stringify(name)} (${side}): ${known.why}`);
    else unexplained.push(difference);
  }
  check(
    unexplained.length === 0 && equal > 20,
    `${equal} files of the original equal ours byte for byte, ${differences.length} known differences`,
    unexplained.join('\n'),
  );
}

async function original(sandbox: Sandbox, { icloudpd: binary }: There, ours: Map<string, Buffer>): Promise<void> {
  console.log('icloudpd 1.32.2');
  const home = path.dirname(sandbox.photos);
  const { control } = sandbox.simulator;
  const env = { HOME: home };
  const run = (cookies: string, ...args: string[]) =>
    ended(
      startIntercepted(
        sandbox.simulator.url,
        [
          binary,
          '--username',
          USER,
          '--password',
          PASSWORD,
          '--cookie-directory',
          cookies,
          '--password-provider',
          'parameter',
          '--no-progress-bar',
          ...args,
        ],
        env,
      ),
    );

  const session = path.join(home, 'original-session');
  await cp(sandbox.session, session, { recursive: true });
  control.clearRequests();
  const download = await run(session, '--directory', path.join(home, 'original'));
  check(download.code === 0, 'downloads the library with the session we stored', download.output);
  const signIns = control.requests().filter((entry) => entry.path.includes('/appleauth/'));
  check(signIns.length === 0, 'without signing in again', JSON.stringify(signIns));
  compare(ours, await readTree(path.join(home, 'original')));

  const trusted = path.join(home, 'original-trusted');
  await cp(sandbox.session, trusted, { recursive: true });
  const file = path.join(trusted, 'janeexamplecom');
  const { client_id, trust_token } = JSON.parse(await readFile(`${file}.session`, 'utf8'));
  await writeFile(`${file}.session`, JSON.stringify({ client_id, trust_token }));
  await rm(file);
  const signIn = await run(trusted, '--auth-only');
  check(signIn.code === 0, 'proves its password (SRP), with the trust we stored', signIn.output);

  const back = await icloudpd({ ...sandbox, account: ['--username', USER, '--cookie-directory', trusted] }, [
    '--auth-only',
  ]);
  check(back.code === 0 && !back.stdout.includes('signin'), 'and we go on with the session it stored', back.stdout);
}

/** Our own program as with Apple: its real hosts, a proxy from HTTPS_PROXY, a further authority from NODE_EXTRA_CA_CERTS. */
async function ourselves(sandbox: Sandbox): Promise<void> {
  const program = fileURLToPath(new URL('../src/bin/icloudpd.ts', import.meta.url));
  const account = ['--username', USER, '--cookie-directory', sandbox.session];
  sandbox.simulator.control.clearRequests();
  const result = await ended(
    startIntercepted(sandbox.simulator.url, [process.execPath, program, ...account, '--auth-only']),
  );
  const asked = sandbox.simulator.control.requests().map((entry) => entry.path);
  check(
    result.code === 0 && asked.includes('/setup/ws/1/validate'),
    'our own program reaches Apple’s hosts through a proxy and a further authority',
    `${result.output}${JSON.stringify(asked)}`,
  );
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (typeof address !== 'object' || !address) throw new Error('no port');
  return address.port;
}

/** A film that lies beside a picture of the same name. */
function isMotionPart(name: string, files: ReadonlyMap<string, Buffer>): boolean {
  return name.endsWith('.MOV') && files.has(name.replace(/MOV$/, 'JPG'));
}

async function photosSync(sandbox: Sandbox, { photosSync: script }: There, ours: Map<string, Buffer>): Promise<void> {
  console.log('icloud-photos-sync 4.0.0');
  const { control } = sandbox.simulator;
  control.set('pushOnSignin', true);
  const folder = path.join(path.dirname(sandbox.photos), 'photos-sync');
  const port = await freePort();
  const child = startIntercepted(sandbox.simulator.url, [
    process.execPath,
    script,
    ...[
      '--username',
      USER,
      '--password',
      PASSWORD,
      '--data-dir',
      folder,
      '--port',
      String(port),
      '--log-to-cli',
      '--log-level',
      'debug',
    ],
    ...['--max-retries', '2', 'sync'],
  ]);
  const stop = control.onCode(async ({ code }) => {
    // its page takes the code only once it has understood that one is wanted
    for (let status = 0; status !== 200; ) {
      const answer = await request(`http://127.0.0.1:${port}/api/mfa?code=${code}`, { method: 'POST' }).catch(
        () => undefined,
      );
      status = answer?.statusCode ?? 0;
      await answer?.body.dump();
    }
  });
  const result = await ended(child);
  stop();
  control.set('pushOnSignin', false);
  check(result.code === 0, 'signs in with password and code, and syncs', result.output.slice(-6000));

  const stored = new Set<string>();
  for (const entry of await readdir(path.join(folder, '_All-Photos'), { withFileTypes: true })) {
    if (entry.isFile()) stored.add((await readFile(path.join(folder, '_All-Photos', entry.name))).toString('base64'));
  }
  // it never asks for the motion part of a Live Photo
  const wanted = [...ours].filter(([name]) => !isMotionPart(name, ours));
  const distinct = new Map(wanted.map(([name, bytes]) => [bytes.toString('base64'), name]));
  const missing = [...distinct].filter(([bytes]) => !stored.has(bytes)).map(([, name]) => name);
  check(
    missing.length === 0,
    `its ${stored.size} files hold all ${distinct.size} distinct contents of ours (motion parts of Live Photos it leaves out)`,
    `missing: ${missing.join(', ')}\n${result.output.slice(-3000)}`,
  );
}

async function main(): Promise<void> {
  const scratch = path.join(os.tmpdir(), `icloudpd-interop-${process.pid}`);
  try {
    const clients = installForeignClients(scratch);
    if (clients.kind === 'missing') {
      console.log(`foreign clients were not run: ${clients.why}`);
      if (!process.argv.includes('--if-possible')) process.exitCode = 1;
      return;
    }
    // what makes the original stop altogether is left out
    await using sandbox = await createSandbox({ library: await createSampleLibrary({ hostile: false }) });
    process.env.TZ = 'UTC';
    const result = await icloudpd(sandbox, ['-d', sandbox.photos]);
    check(result.code === 0, 'our own download', result.stdout);
    const ours = await readTree(sandbox.photos);
    await ourselves(sandbox);
    await original(sandbox, clients, ours);
    await photosSync(sandbox, clients, ours);
  } catch (error) {
    if (!(error instanceof InteropError)) throw error;
    console.log(`  FAIL ${error.message}`);
    process.exitCode = 1;
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

await main();
