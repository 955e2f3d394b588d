import type { CloudRecord } from '../cloudkit/records.ts';
import { CompactMap } from '../compact-map.ts';
import { AppleError } from '../errors.ts';
import { PAGE_ITEMS, type Page } from './page.ts';

/**
 * Empty pages in a row that are taken for the end, and not for a hole. The index's count does not decide: it is an
 * estimate (docs/protocol/photos.md, "Listing").
 */
const MAX_HOLES = 5;
/** The first step back. Half a page: what it brings reaches over the place that was left. */
const STEP_BACK = PAGE_ITEMS / 2;
/** Steps back without news before the order of the index is taken as it comes; far more than a way to rank 0 has. */
const MAX_STEPS_BACK = 50;
/** Items that may come again on top of all that are known, before a server is taken to repeat itself. */
const MAX_REPEATED = 5 * PAGE_ITEMS;

/**
 * The way through the ranks of a library that may change meanwhile.
 *
 * A rank is only good at the moment it is asked for: when items are deleted, all older ones move up, and some slide
 * past the border between two pages. So each page is asked for from the last item of the one before on. If it brings no item
 * that is known, the way leads back, in steps that double, to an item that is known, and goes on from there.
 */
export class Route implements Disposable {
  readonly #total: number;
  /** Names of the assets that were given. */
  readonly #seen = new CompactMap();
  #rank = 0;
  /** Whether the page that is asked for must bring an item that is known. */
  #overlaps = false;
  #step = STEP_BACK;
  #ended = false;
  #holes = 0;
  #stepsBack = 0;
  #repeated = 0;

  /** @param total the index's estimate: before it, only pages that stay empty are the end */
  constructor(total: number | undefined) {
    this.#total = total ?? 0;
  }

  /** The rank to ask for; undefined at the end of the library. */
  get next(): number | undefined {
    return this.#ended ? undefined : this.#rank;
  }

  /**
   * Takes the page of the rank that was to be asked for, and says by `next` where the way goes on.
   *
   * @returns the assets that were not there before; undefined for a page that is of no use
   * @throws AppleError when the server gives the same items again and again
   */
  take(page: Page): readonly CloudRecord[] | undefined {
    if (this.#mayHaveSlid(page)) {
      this.#goBack();
      return undefined;
    }
    this.#step = STEP_BACK;
    if (page.empty) {
      this.#passHole();
      return undefined;
    }
    const fresh = this.#news(page);
    this.#goOn(page);
    return fresh;
  }

  /** Whether an asset of this name was given. */
  knows(recordName: string): boolean {
    return this.#seen.has(recordName);
  }

  [Symbol.dispose](): void {
    this.#seen[Symbol.dispose]();
  }

  /** Nothing lies before rank 0, so nothing can have slid past it. */
  #mayHaveSlid(page: Page): boolean {
    if (!this.#overlaps || this.#rank === 0 || this.#stepsBack >= MAX_STEPS_BACK) return false;
    // any will do: nothing is taken for granted about the order within a page
    return !page.assets.some(({ recordName }) => this.knows(recordName));
  }

  #goBack(): void {
    this.#rank = Math.max(0, this.#rank - this.#step);
    this.#step *= 2;
    this.#stepsBack += 1;
  }

  #passHole(): void {
    this.#holes += 1;
    this.#ended = this.#holes >= MAX_HOLES;
    if (this.#ended && this.#seen.size === 0 && this.#total > 0) {
      throw new AppleError('service-error', { reason: `an empty list of ${this.#total} items` });
    }
    // an empty answer may be a whim of the server, so the same rank is asked for once more
    if (this.#holes === 1) return;
    this.#rank += PAGE_ITEMS;
    this.#overlaps = false;
  }

  #news({ assets }: Page): readonly CloudRecord[] {
    const fresh: CloudRecord[] = [];
    for (const asset of assets) if (this.#seen.add(asset.recordName)) fresh.push(asset);
    if (fresh.length > 0) {
      this.#stepsBack = 0;
      this.#repeated = 0;
    } else {
      // what is known comes again after steps back, and when items were added in front of it
      this.#repeated += Math.max(assets.length - 1, 1);
      if (this.#repeated > this.#seen.size + MAX_REPEATED) {
        throw new AppleError('service-error', { reason: 'the listing repeats itself' });
      }
    }
    return fresh;
  }

  #goOn({ assets, refused, hasMore }: Page): void {
    this.#holes = 0;
    this.#ended = !hasMore && this.#rank + assets.length + refused.length >= this.#total;
    // never stay on one rank: a page of nothing but its overlap leads on without one
    this.#overlaps = assets.length > 1;
    this.#rank += Math.max(assets.length - 1, 1);
  }
}
