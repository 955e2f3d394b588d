import path from 'node:path';
import type { TrafficCapture } from '../apple/http/capture.ts';
import type { Redactor } from '../apple/secret.ts';
import { ExitCode } from '../cli/exit-codes.ts';
import type { UserSettings } from '../config/settings.ts';
import { type DownloadMode, type DownloadResult, downloadLibrary } from '../download/engine.ts';
import type { DownloadEvent } from '../download/events.ts';
import { parseFolderStructure } from '../download/naming/folder-structure.ts';
import { Pace, timeLeft } from '../download/pace.ts';
import { failedCount } from '../download/tally.ts';
import { TargetError } from '../download/target-error.ts';
import type { ProgressLine } from '../terminal/progress.ts';
import { count } from '../terminal/units.ts';
import { accountFrontEnd, type FrontEndRun } from './account-front-end.ts';
import { type OpenAccount, withAccount } from './account-session.ts';
import { createNotifiers } from './notifiers.ts';
import { interruptedCode } from './outcome.ts';
import { expandPath } from './paths.ts';
import { openLibrary } from './photo-library.ts';
import { createReporter } from './report.ts';
import type { Conductor } from './run-control.ts';
import { summaryLines } from './summary.ts';
import { lockTarget } from './target-lock.ts';

/** What one account's run is given. */
export interface AccountRun extends FrontEndRun {
  readonly endpoint: URL | undefined;
  readonly redactor: Redactor;
  readonly capture: TrafficCapture | undefined;
  readonly control: Pick<Conductor, 'runBegins'>;
  /** Undefined when no progress is shown. */
  readonly progress: ProgressLine | undefined;
  /** Gets the lines of `--only-print-filenames`. */
  readonly print: (line: string) => void;
}

/**
 * Signs one account in and does what its settings ask for.
 *
 * @returns the exit code
 * @throws AppleError, PersonNeededError, PasswordSourceError, AccountBusyError, SessionDirectoryError, the signal's
 *   reason
 */
export async function runAccount(run: AccountRun): Promise<number> {
  const { global, user, log, redactor, capture } = run;
  redactor.add(user.password);
  const directory = expandPath(user.cookieDirectory, run.process);
  const notifiers = createNotifiers(user.notifications, run);
  return withAccount(
    {
      username: user.username,
      domain: global.domain,
      sessionDirectory: directory,
      endpoint: run.endpoint,
      start: 'stored-session',
      ignoreCoolDown: false,
      acceptTerms: user.acceptTerms,
      threads: global.threadsNum,
    },
    {
      process: run.process,
      log,
      redactor,
      notifiers,
      capture,
      frontEnd: (answerers, herald) => accountFrontEnd(run, directory, answerers, herald),
    },
    async (account) => {
      run.page?.signedIn(account);
      if (user.authOnly) {
        log.info('Authentication completed successfully');
        return ExitCode.done;
      }
      return download(run, account);
    },
  );
}

function modeOf(run: AccountRun): DownloadMode {
  if (run.global.onlyPrintFilenames) return 'names';
  return run.user.dryRun ? 'dry-run' : 'fetch';
}

/** icloudpd's words for what is being downloaded. */
function phrases(user: UserSettings): { looked: string; one: string; many: string } {
  if (user.skipVideos) return { looked: 'photos', one: 'photo', many: 'photos' };
  if (user.skipPhotos) return { looked: 'videos', one: 'video', many: 'videos' };
  return { looked: 'photos and videos', one: 'photo or video', many: 'photos and videos' };
}

function announcement(user: UserSettings, directory: string, items: number | undefined): string {
  const { one, many } = phrases(user);
  const amount = user.recent ?? items;
  const what = amount === 1 ? `the first original ${one}` : `${amount ?? '???'} original ${many}`;
  return `Downloading ${what} to ${directory} ...`;
}

async function download(run: AccountRun, account: OpenAccount): Promise<number> {
  const { global, user, log, process, progress } = run;
  if (user.directory === undefined) throw new Error('the command line was checked to name a directory');
  const structure = parseFolderStructure(user.folderStructure);
  if (!structure.ok) throw new Error('the command line was checked to have a folder structure that works');
  const mode = modeOf(run);
  const directory = expandPath(user.directory, process);
  const startedAt = process.clock.now();
  const report = createReporter(log, mode === 'dry-run');
  const state = { itemsDone: 0, files: 0, bytes: 0 };
  const pace = new Pace(startedAt);
  let itemsTotal: number | undefined;
  const elapsed = (): number => process.clock.now() - startedAt;

  // who had to wait for a person has signed in without it
  await run.turn.take();
  log.debug(`Looking up all ${phrases(user).looked}...`);
  const control = run.control.runBegins();
  using _ = mode === 'fetch' ? await lockTarget(directory, { ...run, control }) : undefined;
  const result = await downloadLibrary(
    {
      mode,
      directory,
      folderOf: structure.format,
      naming: {
        keepUnicode: user.keepUnicodeInFilenames,
        policy: user.fileMatchPolicy,
        livePhotoMovFilenamePolicy: user.livePhotoMovFilenamePolicy,
      },
      skipVideos: user.skipVideos,
      skipPhotos: user.skipPhotos,
      skipLivePhotos: user.skipLivePhotos,
      platform: process.platform,
      recent: user.recent,
      threads: global.threadsNum,
    },
    {
      session: account.session,
      library: openLibrary(account),
      signal: process.signal,
      random: process.random,
      control,
      onStart(items) {
        itemsTotal = user.recent === undefined ? items : Math.min(items ?? user.recent, user.recent);
        log.info(announcement(user, directory, items));
        run.page?.runStarted(itemsTotal);
        account.herald.libraryReached();
      },
      emit(event) {
        if (mode === 'names' && event.kind === 'wanted') run.print(asGiven(event.path, directory, user.directory));
        else report(event);
        advance(state, event);
        run.page?.onDownload(event);
        const now = { at: process.clock.now(), itemsDone: state.itemsDone };
        pace.mark(now);
        progress?.update({ ...state, itemsTotal, elapsedMs: elapsed(), leftMs: timeLeft(pace.since, now, itemsTotal) });
      },
    },
  );
  progress?.clear();
  return finish(run, account, result, elapsed());
}

/** @returns a path below a folder, with the folder as the person wrote it: scripts take the names as they come */
function asGiven(file: string, directory: string, given: string | undefined): string {
  const isRelative = given !== undefined && !given.startsWith('~') && !path.isAbsolute(given);
  return isRelative ? path.join(given, path.relative(directory, file)) : file;
}

function advance(state: { itemsDone: number; files: number; bytes: number }, event: DownloadEvent): void {
  if (event.kind === 'item-done') state.itemsDone += 1;
  if (event.kind === 'downloaded') state.files += 1;
  if (event.kind === 'bytes') state.bytes += event.count;
}

/** Why a run did not come to its end. */
function endedEarly(stopped: DownloadResult['stopped']): readonly string[] {
  if (stopped === undefined || stopped === 'interrupted') return [];
  if (stopped === 'asked') return ['It was stopped from here before its end; the next run goes on.'];
  return [`It ended early: ${stopped.message}`];
}

/** A page of the listing. The index's count is an estimate, so fewer say nothing. */
const NOTABLE = 100;

function shortListing(shortfall: number): string {
  return `iCloud counts ${count(shortfall, 'item')} more than it listed. Run icloudpd again; if that stays so, compare the number with that at https://www.icloud.com/photos`;
}

/** Says how the run ended. */
function finish(run: AccountRun, account: OpenAccount, result: DownloadResult, elapsedMs: number): number {
  const { log, user, process } = run;
  const { tally, stopped } = result;
  const failed = failedCount(tally);
  if (stopped === undefined && failed === 0) {
    const { looked } = phrases(user);
    const brought = modeOf(run) === 'fetch' ? 'have been downloaded' : 'would have been downloaded';
    log.info(`${modeOf(run) === 'dry-run' ? '[DRY RUN] ' : ''}All ${looked} ${brought}`);
  }
  // a run that did not even learn how much there is has no account to give
  const unknown = tally.listed === 0 && stopped !== undefined;
  const short = result.shortfall >= NOTABLE ? [shortListing(result.shortfall)] : [];
  for (const line of short) log.warning(line);
  const summary = unknown ? [] : summaryLines(tally, elapsedMs, modeOf(run) !== 'fetch');
  for (const line of summary) log.info(line);
  const ended = endedEarly(stopped);
  run.page?.runEnded(stopped === undefined && failed === 0, [...summary, ...short, ...ended], tally);
  if (stopped === 'interrupted') {
    log.info('Interrupted. Nothing is lost: run icloudpd again to go on.');
    return interruptedCode(process.signal.reason);
  }
  if (stopped === 'asked') {
    log.info('Iteration was cancelled');
    return ExitCode.done;
  }
  account.herald.runEnded(!stopped && failed === 0, [...summary, ...ended], stopped);
  if (stopped instanceof TargetError) {
    log.error(stopped.message);
    return ExitCode.someFailed;
  }
  if (stopped) throw stopped;
  if (failed === 0) return ExitCode.done;
  log.error(`${count(failed, 'item')} could not be downloaded. Run icloudpd again to try again.`);
  return ExitCode.someFailed;
}
