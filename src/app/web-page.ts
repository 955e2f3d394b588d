import { AppleError, EXPLANATIONS } from '../apple/errors.ts';
import { Secret } from '../apple/secret.ts';
import type { WebSettings } from '../config/settings.ts';
import type { DownloadEvent } from '../download/events.ts';
import type { Tally } from '../download/tally.ts';
import { readPassword } from '../session/keyring.ts';
import type { PasswordHash } from '../session/password-hash.ts';
import type { Answerer } from '../signin/answerer.ts';
import { PersonNeededError, type Presence } from '../signin/challenges.ts';
import type { Logger } from '../terminal/logger.ts';
import type { Board } from '../web/board.ts';
import { Desk } from '../web/desk.ts';
import { hashWebPassword, readWebPasswordFile } from '../web/password.ts';
import { startWebServer, type WebServer } from '../web/server.ts';
import type { OpenAccount } from './account-session.ts';
import type { ProcessContext } from './context.ts';
import { PASSING } from './herald.ts';
import { expandPath } from './paths.ts';
import type { Conductor } from './run-control.ts';
import { SKIP_TEXTS } from './summary.ts';

/** The keyring account under which the page's password may be kept. */
const KEYRING_ACCOUNT = 'icloudpd-web';

/** The web page of a program that runs, and what each account tells it. */
export interface WebPage extends AsyncDisposable {
  readonly board: Board;
  account(id: string): AccountPage;
}

/** One account's corner of the page. */
export interface AccountPage {
  readonly answerer: Answerer;
  presence(): Presence;
  /** A link that answers the question that waits; undefined without `--web-url`. */
  link(): string | undefined;
  signingIn(): void;
  /** A code that is wanted says that the trust is over. */
  needsPerson(wanted: 'password' | 'code'): void;
  signedIn(account: Pick<OpenAccount, 'trustedUntil' | 'goodRunAt'>): void;
  stopped(error: unknown): void;
  runStarted(items: number | undefined): void;
  readonly onDownload: (event: DownloadEvent) => void;
  runEnded(good: boolean, summary: readonly string[], tally: Tally): void;
  /** In watch mode; `nextRunAt` is undefined while a run is under way. */
  schedule(intervalMs: number, nextRunAt: number | undefined): void;
}

interface PageContext {
  readonly process: ProcessContext;
  readonly log: Logger;
  readonly conductor: Conductor;
}

/** @throws WebStartError */
export async function openWebPage(
  settings: WebSettings,
  board: Board,
  { process, log, conductor }: PageContext,
): Promise<WebPage> {
  const desk = new Desk(process.clock);
  const password = await pagePassword(settings, process);
  const server = await startWebServer(
    {
      host: settings.host,
      port: settings.port,
      url: settings.url,
      allowedHosts: settings.allowedHosts,
      trustProxy: settings.trustProxy,
      password,
    },
    { board, desk, clock: process.clock, log, controls: controls(conductor, board) },
  );
  const named = settings.url ? ` (it listens at ${server.url})` : '';
  log.info(`The web page is at ${settings.url?.href ?? server.url}${named}`);
  return {
    board,
    account: (id) => accountPage(id, { board, desk, server, conductor }),
    [Symbol.asyncDispose]: () => server.close(),
  };
}

/** From `--web-password-file`, from the environment, from the keyring; none is fine on this machine alone. */
async function pagePassword(settings: WebSettings, process: ProcessContext): Promise<PasswordHash | undefined> {
  if (settings.passwordFile !== undefined) {
    return hashWebPassword(await readWebPasswordFile(expandPath(settings.passwordFile, process)));
  }
  const { ICLOUDPD_WEB_PASSWORD } = process.env;
  if (ICLOUDPD_WEB_PASSWORD) return hashWebPassword(new Secret(ICLOUDPD_WEB_PASSWORD));
  const stored = await readPassword(KEYRING_ACCOUNT);
  return stored.ok && stored.value ? hashWebPassword(stored.value) : undefined;
}

function controls(conductor: Conductor, board: Board) {
  const phase = (to: 'running' | 'paused' | 'stopping'): void => {
    for (const { id } of board.snapshot().accounts) board.setPhase(id, to);
  };
  return {
    available: true,
    syncNow: () => conductor.syncNow(),
    pause: () => {
      conductor.pause();
      phase('paused');
    },
    resume: () => {
      conductor.resume();
      phase('running');
    },
    stopAfterFile: () => {
      conductor.stopAfterFile();
      phase('stopping');
    },
  };
}

interface PageParts {
  readonly board: Board;
  readonly desk: Desk;
  readonly server: WebServer;
  readonly conductor: Conductor;
}

function accountPage(id: string, { board, desk, server, conductor }: PageParts): AccountPage {
  const atDesk = desk.answererFor(id);
  return {
    answerer: {
      ...atDesk,
      // whatever was answered, and wherever: it is Apple's turn now
      answer: (challenge, signal) =>
        atDesk.answer(challenge, signal).finally(() => board.setSignIn(id, { at: 'signing-in' })),
    },
    presence: () => desk.presence(id),
    link: () => {
      const pending = desk.pending(id);
      return pending && server.oneTimeLink(id, pending.id);
    },
    signingIn: () => board.setSignIn(id, { at: 'signing-in' }),
    needsPerson: (wanted) => {
      board.setSignIn(id, { at: 'needs-person' });
      if (wanted === 'code') board.setTrustedUntil(id, undefined);
    },
    signedIn: ({ trustedUntil, goodRunAt }) => {
      board.setSignIn(id, { at: 'signed-in' });
      if (goodRunAt !== undefined) board.setLastGood(id, goodRunAt);
      board.setTrustedUntil(id, trustedUntil);
    },
    stopped: (error) => {
      if (error instanceof AppleError && error.answer.until !== undefined) {
        board.setSignIn(id, { at: 'cooling-down', until: error.answer.until });
      } else if (error instanceof AppleError) {
        board.setSignIn(id, { at: 'failed', ...EXPLANATIONS[error.kind], needsPerson: !PASSING.has(error.kind) });
      } else if (error instanceof PersonNeededError) board.setSignIn(id, { at: 'needs-person' });
      else if (error instanceof Error) {
        board.setSignIn(id, { at: 'failed', happened: error.message, next: '', needsPerson: true });
      }
    },
    runStarted: (items) => {
      board.runStarted(id, items);
      if (conductor.paused) board.setPhase(id, 'paused');
    },
    onDownload: board.downloadListener(id),
    runEnded: (good, summary, tally) =>
      board.runEnded(id, {
        good,
        summary,
        skipped: [...tally.skipped].map(([reason, count]) => ({ why: SKIP_TEXTS[reason], count })),
      }),
    schedule: (intervalMs, nextRunAt) => board.setSchedule(id, { intervalMs, nextRunAt }),
  };
}
