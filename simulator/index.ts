/** A local iCloud: Apple's side of sign-in and photos, on the loopback interface, with a hand behind the scenes. */
import { Control } from './control/control.ts';
import { defaultSwitches } from './control/switches.ts';
import { Faults } from './http/faults.ts';
import { RequestLog } from './http/request-log.ts';
import { type AccountSpec, Accounts, type LibrarySource, SimulatedAccount } from './identity/account.ts';
import { CodeOutbox } from './identity/codes.ts';
import { SignInSessions } from './identity/sign-in-sessions.ts';
import { Tokens } from './identity/tokens.ts';
import { importMemory } from './memory.ts';
import { createLargeLibrary, createSampleLibrary } from './sample/sample-library.ts';
import type { Clock, Library } from './seams.ts';
import { serve } from './server.ts';
import { PendingSessions } from './setup/pending-sessions.ts';
import { WebSessionStore } from './setup/web-sessions.ts';

export type { Control } from './control/control.ts';
export type { AccountSpec, LibrarySource } from './identity/account.ts';

export interface SimulatorOptions {
  /** Default 0: a free port. */
  readonly port?: number;
  /** How long each answer takes, except those of the control interface. Milliseconds, default 0. */
  readonly latencyMs?: number;
  /** Default: `DEFAULT_ACCOUNT` alone. */
  readonly accounts?: readonly AccountSpec[];
  /** For accounts that say nothing else. Default `sample`. */
  readonly library?: LibrarySource;
  /** What `control.exportMemory()` of an earlier simulator gave: its sign-ins go on. */
  readonly memory?: string;
  /** Default: the machine's. */
  readonly clock?: Clock;
}

export interface Simulator extends AsyncDisposable {
  /** Base URL, without a trailing slash: what `ICLOUDPD_ENDPOINT` takes. */
  readonly url: string;
  readonly control: Control;
  /** Ends at once, open connections included. */
  close(): Promise<void>;
}

/** The account there is when nothing else is asked for. */
export const DEFAULT_ACCOUNT: AccountSpec = { appleId: 'jane@example.com', password: 'correct horse' };

const FIRST_DSID = 12_345_678_901;

/** Starts a local iCloud. @throws Error when the port is taken, or two accounts share a name */
export async function startSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  const clock = options.clock ?? { now: () => Date.now() };
  const accounts = new Accounts();
  for (const [index, spec] of (options.accounts ?? [DEFAULT_ACCOUNT]).entries()) {
    const library = await libraryOf(spec.library ?? options.library ?? 'sample', clock);
    accounts.add(new SimulatedAccount(spec, String(FIRST_DSID + index), library));
  }
  const outbox = new CodeOutbox(clock);
  const tokens = new Tokens(clock);
  const webSessions = new WebSessionStore(clock);
  const world = {
    clock,
    accounts,
    outbox,
    tokens,
    webSessions,
    pending: new PendingSessions(),
    signIns: new SignInSessions(clock),
    switches: defaultSwitches(),
    log: new RequestLog(),
    faults: new Faults(),
    latencyMs: options.latencyMs ?? 0,
  };
  if (options.memory !== undefined) importMemory(options.memory, world, accounts);
  const control = new Control(world);
  const { url, close } = await serve({ ...world, control }, options.port ?? 0);
  return { url, control, close, [Symbol.asyncDispose]: close };
}

async function libraryOf(source: LibrarySource, clock: Clock): Promise<Library> {
  if (source === 'sample') return createSampleLibrary({ clock });
  return 'assets' in source ? createLargeLibrary(source.assets, clock) : source;
}
