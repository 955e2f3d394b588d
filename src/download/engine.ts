import path from 'node:path';
import PQueue from 'p-queue';
import type { AppleSession } from '../apple/apple-session.ts';
import { AppleError } from '../apple/errors.ts';
import type { Asset } from '../apple/photos/asset.ts';
import { checkIndexing, countAssets, type PhotoLibrary, refreshAsset } from '../apple/photos/library.ts';
import { type Listed, listAssets } from '../apple/photos/listing.ts';
import type { DownloadListener } from './events.ts';
import { FileFailure, isDiskTrouble } from './failure.ts';
import { fetchFile, type WantedFile } from './fetch-file.ts';
import { partPath } from './part-file.ts';
import { type Plan, Planner, type PlanSettings } from './plan.ts';
import { takesFiles } from './takes-files.ts';
import { type ItemOutcome, Tallier, type Tally } from './tally.ts';
import { TargetError } from './target-error.ts';

/** `fetch` brings files, `dry-run` and `names` only tell which it would bring. */
export type DownloadMode = 'fetch' | 'dry-run' | 'names';

export interface DownloadSettings extends PlanSettings {
  readonly mode: DownloadMode;
  /** Only so many items, newest first. */
  readonly recent: number | undefined;
  /** Files fetched at once. */
  readonly threads: number;
}

export interface DownloadContext {
  readonly session: AppleSession;
  readonly library: PhotoLibrary;
  readonly emit: DownloadListener;
  readonly signal: AbortSignal;
  readonly random: () => number;
  readonly control: RunControl;
  /** Called when the size of the task is known. `items` is undefined when Apple's index gives none. */
  onStart(items: number | undefined): void;
}

/** A hand on a run from outside. */
export interface RunControl {
  /** Waits while the run is held back; asked before each transfer. */
  gate(): Promise<void>;
  /** Aborted when the run is to end after the files at hand. */
  readonly stopping: AbortSignal;
}

/** How a run ended. `stopped` says what ended it early; the tally is good in any case. */
export interface DownloadResult {
  readonly tally: Tally;
  readonly stopped: AppleError | TargetError | 'interrupted' | 'asked' | undefined;
  /** Items that Apple's index counts and its list did not have: a good listing is short of a few at most. */
  readonly shortfall: number;
}

type FileOutcome = 'done' | 'unfinished' | FileFailure;

/** What becomes of an item, given what became of its files; with none to fetch it is there. */
function outcomeOf(files: readonly FileOutcome[]): ItemOutcome {
  const failure = files.find((file) => file instanceof FileFailure);
  if (failure) return { kind: 'failed', reason: failure.reason };
  if (files.includes('unfinished')) return { kind: 'unfinished' };
  return { kind: files.length > 0 ? 'downloaded' : 'present' };
}

/** Files in a row that fail for want of a network before the rest is not even tried. */
const MAX_UNREACHABLE = 16;

/** Files in a row that the disk does not take before it is tried whether it takes any. */
const MAX_DISK_TROUBLES = 8;

/** The same, although the disk takes a small file in between. */
const MAX_IN_A_ROW = 3 * MAX_DISK_TROUBLES;

/** Waits for files of one part name to be finished one after the other: same bytes, different names. */
class Turns {
  readonly #last = new Map<string, Promise<unknown>>();

  async take<T>(key: string, work: () => Promise<T>): Promise<T> {
    const before = this.#last.get(key);
    const mine = (before ?? Promise.resolve()).catch(() => undefined).then(work);
    this.#last.set(key, mine);
    try {
      return await mine;
    } finally {
      if (this.#last.get(key) === mine) this.#last.delete(key);
    }
  }
}

/** One run over one library: list, plan, fetch, prove, place. */
export async function downloadLibrary(settings: DownloadSettings, context: DownloadContext): Promise<DownloadResult> {
  using run = new DownloadRun(settings, context);
  return await run.go();
}

class DownloadRun implements Disposable {
  readonly #settings: DownloadSettings;
  readonly #context: DownloadContext;
  readonly #tallier = new Tallier();
  readonly #planner: Planner;
  /** Files being worked on: twice as many as are transferred, so that no transfer waits for a disk. */
  readonly #queue: PQueue;
  readonly #transfers: PQueue;
  readonly #turns = new Turns();
  /** Ends this run, by the person or by an error that no further file can escape. */
  readonly #stop = new AbortController();
  readonly #signal: AbortSignal;
  /** Items whose files are on their way. */
  readonly #pending = new Set<Promise<void>>();
  /** What became of files by path, while it is not known yet and where it was no success. */
  readonly #underWay = new Map<string, Promise<FileOutcome>>();
  readonly #missed = new Map<string, FileOutcome>();
  /** What became of items that had one file on the disk and another not, by the checksum of the first. */
  readonly #mixed = new Map<string, ItemOutcome>();
  #unreachable = 0;
  #diskTroubles = 0;
  /** Why the listing is not complete. */
  #unlisted: { readonly error: unknown } | undefined;

  constructor(settings: DownloadSettings, context: DownloadContext) {
    this.#settings = settings;
    this.#context = context;
    this.#planner = new Planner(settings, context.emit);
    this.#queue = new PQueue({ concurrency: settings.threads * 2 });
    this.#transfers = new PQueue({ concurrency: settings.threads });
    this.#signal = AbortSignal.any([context.signal, this.#stop.signal]);
  }

  [Symbol.dispose](): void {
    this.#planner[Symbol.dispose]();
  }

  async go(): Promise<DownloadResult> {
    let total: number | undefined;
    try {
      await checkIndexing(this.#context.library, this.#signal);
      total = await countAssets(this.#context.library, this.#signal);
      this.#context.onStart(total);
      await this.#list(total);
    } catch (error) {
      // what was listed is still brought in
      this.#unlisted = { error };
    }
    await Promise.all(this.#pending);
    if (total !== undefined) this.#addUnseen(total);
    const { tally } = this.#tallier;
    const isWhole = this.#settings.recent === undefined && !this.#ending && !this.#unlisted;
    return { tally, stopped: this.#stopped(), shortfall: isWhole ? Math.max(0, (total ?? 0) - tally.listed) : 0 };
  }

  /** What the listing did not come to. A listing that came to its end knows better than the index how much there is. */
  #addUnseen(total: number): void {
    const { recent } = this.#settings;
    const wanted = Math.min(recent ?? total, total);
    const left = wanted - this.#tallier.tally.listed;
    if (left > 0 && (this.#ending || this.#unlisted)) this.#tallier.add({ kind: 'unfinished' }, left);
    const beyond = total - Math.max(wanted, this.#tallier.tally.listed);
    if (recent !== undefined && beyond > 0) this.#tallier.add({ kind: 'skipped', reason: 'beyond-recent' }, beyond);
  }

  /** Whether the run ends before everything was looked at. */
  get #ending(): boolean {
    return this.#signal.aborted || this.#context.control.stopping.aborted;
  }

  #end(error: unknown): void {
    // the first reason counts; whatever fails because of the stop itself says nothing new
    if (!this.#signal.aborted) this.#stop.abort(error);
  }

  #stopped(): DownloadResult['stopped'] {
    if (this.#context.signal.aborted) return 'interrupted';
    if (this.#context.control.stopping.aborted && !this.#stop.signal.aborted && !this.#unlisted) return 'asked';
    // the first reason counts: a listing that was stopped says nothing new
    const first = this.#stop.signal.aborted ? { error: this.#stop.signal.reason } : this.#unlisted;
    if (!first) return undefined;
    if (first.error instanceof AppleError || first.error instanceof TargetError) return first.error;
    throw first.error;
  }

  /** The items that are wanted, each when the queue has room for its files. */
  async *#listed(total: number | undefined): AsyncGenerator<Listed, void, undefined> {
    const { recent, threads } = this.#settings;
    if (recent === 0) return;
    let listed = 0;
    for await (const item of listAssets(this.#context.library, { total, signal: this.#signal })) {
      yield item;
      listed += 1;
      if (listed === recent || this.#context.control.stopping.aborted) return;
      // the listing stays only a little ahead, so that memory does not grow with the library and links stay fresh
      if (this.#queue.size >= threads * 4) await this.#queue.onSizeLessThan(threads * 2);
      if (this.#signal.aborted) throw this.#signal.reason;
    }
  }

  async #list(total: number | undefined): Promise<void> {
    for await (const item of this.#listed(total)) {
      if (item.kind === 'asset') await this.#begin(item.asset);
      else this.#giveUp(item.recordName, new FileFailure('incomplete-record'));
    }
    await Promise.all(this.#pending);
    if (this.#planner.mistaken.size > 0 && !this.#ending) await this.#listMistaken(total);
  }

  /**
   * Plans again those items that were taken to be on the disk by name and size, where another item's file is. Few
   * libraries have any, so it may cost a listing.
   */
  async #listMistaken(total: number | undefined): Promise<void> {
    const { mistaken } = this.#planner;
    const fresh = new Set<string>();
    for await (const item of this.#listed(total)) {
      if (item.kind !== 'asset') continue;
      const files = Object.values(item.asset.resources);
      if (!files.some(({ fileChecksum }) => mistaken.has(fileChecksum))) continue;
      const plan = await this.#planner.plan(item.asset);
      if (plan.kind === 'skip') continue;
      for (const file of plan.wanted) fresh.add(file.path);
      const isOther =
        plan.failures.length > 0 ||
        [...plan.wanted.map((file) => file.path), ...plan.shared].some((file) => fresh.has(file));
      // the same content may be where it was, in another folder
      if (!isOther) continue;
      // what was made of it before does not count
      this.#tallier.add(this.#outcomeBefore(item.asset), -1);
      this.#carryOut(plan);
    }
  }

  #outcomeBefore({ resources }: Asset): ItemOutcome {
    for (const { fileChecksum } of Object.values(resources)) {
      const mixed = this.#mixed.get(fileChecksum);
      if (mixed) return mixed;
    }
    return { kind: 'present' };
  }

  #giveUp(name: string, failure: FileFailure): void {
    this.#context.emit({ kind: 'item-failed', name, failure });
    this.#settle({ kind: 'failed', reason: failure.reason });
  }

  #settle(outcome: ItemOutcome): void {
    this.#tallier.add(outcome);
    this.#context.emit({ kind: 'item-done' });
  }

  async #begin(asset: Asset): Promise<void> {
    const plan = await this.#planner.plan(asset);
    if (plan.kind === 'skip') this.#settle({ kind: 'skipped', reason: plan.reason });
    else this.#carryOut(plan);
  }

  #carryOut(plan: Extract<Plan, { kind: 'files' }>): void {
    const own = plan.wanted.map((file) => this.#follow(file));
    const outcomes = [...own, ...plan.shared.map((file) => this.#outcomeOf(file))];
    // not awaited: the item is settled when its files are, while the listing goes on
    const settled = Promise.all(outcomes).then((results) => {
      this.#pending.delete(settled);
      const outcome = outcomeOf([...plan.failures, ...results]);
      // where it was not the usual one, it may have to be taken back; see #listMistaken
      if (outcome.kind !== 'present') for (const checksum of plan.found) this.#mixed.set(checksum, outcome);
      this.#settle(outcome);
    });
    this.#pending.add(settled);
  }

  #follow(file: WantedFile): Promise<FileOutcome> {
    const outcome = this.#queue
      .add(() => this.#work(file))
      .then((result) => {
        this.#underWay.delete(file.path);
        if (result !== 'done') this.#missed.set(file.path, result);
        return result;
      });
    this.#underWay.set(file.path, outcome);
    return outcome;
  }

  /** What becomes, or became, of a file of this run. */
  async #outcomeOf(file: string): Promise<FileOutcome> {
    return this.#underWay.get(file) ?? this.#missed.get(file) ?? 'done';
  }

  /** Never throws: what happens to one file is no reason for another to fail. */
  async #work(file: WantedFile): Promise<FileOutcome> {
    const { emit } = this.#context;
    if (this.#settings.mode !== 'fetch') {
      emit({ kind: 'wanted', path: file.path });
      this.#tallier.addFile(file.resource.size);
      return 'done';
    }
    const { stopping } = this.#context.control;
    if (this.#signal.aborted || stopping.aborted) return 'unfinished';
    try {
      await this.#turns.take(partPath(path.dirname(file.path), file.resource.fileChecksum), () => this.#fetch(file));
      this.#unreachable = 0;
      this.#diskTroubles = 0;
      this.#tallier.addFile(file.resource.size);
      emit({ kind: 'downloaded', path: file.path, bytes: file.resource.size });
      return 'done';
    } catch (error) {
      return this.#failed(file, error);
    }
  }

  async #fetch(file: WantedFile): Promise<void> {
    const { session, library, emit, random } = this.#context;
    await fetchFile(file, {
      session,
      refresh: (asset) => refreshAsset(library, asset, this.#signal),
      random,
      signal: this.#signal,
      transferring: (work) =>
        this.#transfers.add(async () => {
          await this.#context.control.gate();
          this.#signal.throwIfAborted();
          this.#context.control.stopping.throwIfAborted();
          emit({ kind: 'started', path: file.path });
          return work();
        }),
      onResume: (from) => emit({ kind: 'resumed', path: file.path, from }),
      onRetry: (why, waitMs) => emit({ kind: 'retrying', path: file.path, why, waitMs }),
      onBytes: (count) => emit({ kind: 'bytes', count }),
    });
  }

  async #failed(file: WantedFile, error: unknown): Promise<'unfinished' | FileFailure> {
    if (this.#signal.aborted || error === this.#context.control.stopping.reason) return 'unfinished';
    const failure = error instanceof FileFailure ? error : this.#failureOf(error);
    if (!failure) {
      this.#end(error);
      return 'unfinished';
    }
    this.#context.emit({ kind: 'failed', path: file.path, failure });
    this.#diskTroubles = isDiskTrouble(failure) ? this.#diskTroubles + 1 : 0;
    if (this.#diskTroubles > 0 && this.#diskTroubles % MAX_DISK_TROUBLES === 0) await this.#checkTarget(failure);
    this.#unreachable = failure.reason === 'network' ? this.#unreachable + 1 : 0;
    if (this.#unreachable >= MAX_UNREACHABLE) this.#end(new AppleError('unreachable', {}, { cause: failure }));
    return failure;
  }

  /** One folder that cannot be written to may hold many files; the run ends when there is no place below the target. */
  async #checkTarget(failure: FileFailure): Promise<void> {
    const { directory } = this.#settings;
    // a small file still fits where a picture does not, and a disk may take one now and then
    const isOver = failure.reason === 'disk-full' || (failure.reason === 'disk' && this.#diskTroubles >= MAX_IN_A_ROW);
    if (isOver || !(await takesFiles(directory))) this.#end(new TargetError(directory, failure));
  }

  /** Errors met while a link was renewed. Those that every other file would meet too end the run. */
  #failureOf(error: unknown): FileFailure | undefined {
    if (!(error instanceof AppleError)) return undefined;
    switch (error.kind) {
      case 'unreachable':
        return new FileFailure('network', error.detail, { cause: error });
      case 'service-error':
      case 'throttled':
      case 'bad-address':
        return new FileFailure('server', error.detail, { cause: error });
      default:
        return undefined;
    }
  }
}
