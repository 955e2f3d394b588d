import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { AppleError } from '../errors.ts';
import { PAGE_ITEMS, type Page } from './page.ts';
import { Route } from './route.ts';

/** An index: what stands at each rank, newest first; undefined is a rank without an item. */
type Index = readonly (string | undefined)[];

function pageAt(index: Index, rank: number): Page {
  const assets = index
    .slice(rank, rank + PAGE_ITEMS)
    .filter((name) => name !== undefined)
    .map((recordName) => ({ recordName }));
  return { refused: [], masters: [], assets, hasMore: rank + PAGE_ITEMS < index.length, empty: assets.length === 0 };
}

/** @param change what the index is when the request of this number is answered, the first being 0 */
function walk(index: Index, change: (index: Index, request: number) => Index = (same) => same) {
  const route = new Route(index.length);
  const listed: string[] = [];
  let requests = 0;
  let now = index;
  for (let rank = route.next; rank !== undefined; rank = route.next) {
    now = change(now, requests);
    requests += 1;
    listed.push(...(route.take(pageAt(now, rank)) ?? []).map(({ recordName }) => recordName));
  }
  return { listed, requests, left: now.filter((name) => name !== undefined) };
}

function items(count: number, prefix = 'item'): readonly string[] {
  return Array.from({ length: count }, (_, number) => `${prefix} ${number}`);
}

function passedOver(left: readonly string[], listed: readonly string[]): readonly string[] {
  const known = new Set(listed);
  return left.filter((name) => !known.has(name));
}

describe('a library that stays as it is', () => {
  test.each([0, 1, 2, 99, 100, 101, 198, 199, 200, 350, 1000])('of %i items is listed once', (count) => {
    const { listed, requests } = walk(items(count));
    expect(listed).toEqual(items(count));
    expect(requests).toBeLessThanOrEqual(count === 0 ? 5 : count / (PAGE_ITEMS - 1) + 2);
  });

  /** The server gives a page without records, although there are some. */
  function walkWithWhims(count: number, estimate: number | undefined, isWhim: (request: number) => boolean): string[] {
    const route = new Route(estimate);
    const listed: string[] = [];
    const nothing: Page = { refused: [], masters: [], assets: [], hasMore: false, empty: true };
    for (let [rank, request] = [route.next, 0]; rank !== undefined; [rank, request] = [route.next, request + 1]) {
      const page = isWhim(request) ? nothing : pageAt(items(count), rank);
      listed.push(...(route.take(page) ?? []).map(({ recordName }) => recordName));
    }
    return listed;
  }

  test.each([undefined, 0, 50, 250, 1000])(
    'an empty first page is asked for again, whatever the count of %s says',
    (estimate) => {
      expect(walkWithWhims(250, estimate, (request) => request === 0)).toEqual(items(250));
    },
  );

  test('a list that stays empty although there are items is an error, not an empty library', () => {
    expect(() => walkWithWhims(250, 250, () => true)).toThrow(
      expect.objectContaining({ detail: 'an empty list of 250 items' }),
    );
    expect(walkWithWhims(0, undefined, () => true)).toEqual([]);
  });

  test.each([1, 99, 100, 101, 250, 390])('a hole of %i ranks does not end it', (width) => {
    for (const at of [1, 50, 99, 100, 101, 150, 199]) {
      const hole: Index = Array.from({ length: width }, () => undefined);
      const index = [...items(400).slice(0, at), ...hole, ...items(400).slice(at)];
      const { listed, requests } = walk(index);
      expect(listed).toEqual(items(400));
      expect(requests).toBeLessThan(20);
    }
  });
});

describe('a library that changes while it is listed', () => {
  const deleted = (many: number, when: number) => (index: Index, request: number) =>
    request === when ? index.slice(many) : index;

  test.each([1, 5, 50, 51, 99, 120, 350])('%i of the newest are deleted: none of the others is passed over', (many) => {
    for (const when of [1, 2, 3, 4, 5]) {
      const { listed, left } = walk(items(600), deleted(many, when));
      expect(new Set(listed).size).toBe(listed.length);
      expect(passedOver(left, listed)).toEqual([]);
    }
  });

  test('far more are deleted than a server may repeat: the way back is long, and is gone', () => {
    const { listed, left, requests } = walk(items(10_000), deleted(5500, 90));
    expect(passedOver(left, listed)).toEqual([]);
    expect(requests).toBeLessThan(200);
  });

  test('as many are added as a server may repeat, and more', () => {
    const added = items(1500, 'new');
    const { listed } = walk(items(3000), (index, request) => (request === 25 ? [...added, ...index] : index));
    expect(listed).toEqual(items(3000));
  });

  test('all are deleted', () => {
    expect(walk(items(300), deleted(300, 2)).requests).toBeLessThan(15);
  });

  const changes = fc.array(
    fc.record({
      // what is empty from the start is refused
      request: fc.integer({ min: 1, max: 20 }),
      deletions: fc.array(fc.nat(700), { maxLength: 150 }),
      newest: fc.nat(200),
      added: fc.nat(200),
    }),
    { maxLength: 6 },
  );

  test('whatever is deleted and added: what was there all the time is listed, nothing twice, and it ends', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 700 }), changes, (count, plan) => {
        const { listed, left, requests } = walk(items(count), (index, request) =>
          plan
            .filter((change) => change.request === request)
            .reduce<Index>((before, { deletions, newest, added }, number) => {
              const gone = new Set(deletions);
              const rest = before.slice(newest).filter((_, rank) => !gone.has(rank));
              return [...items(added, `new in ${request}, ${number}`), ...rest];
            }, index),
        );
        expect(new Set(listed).size).toBe(listed.length);
        expect(
          passedOver(
            left.filter((name) => name.startsWith('item')),
            listed,
          ),
        ).toEqual([]);
        expect(requests).toBeLessThan(120);
      }),
    );
  });
});

test('a server that gives the same page for ever is found out', () => {
  const route = new Route(1_000_000);
  const page = { ...pageAt(items(100), 0), hasMore: true };
  expect(() => {
    for (let request = 0; request < 1000; request += 1) route.take(page);
  }).toThrow(AppleError);
});

test('a server without any order is not walked for ever', () => {
  fc.assert(
    fc.property(fc.infiniteStream(fc.nat(99)), (ranks) => {
      const route = new Route(200);
      const names = items(200);
      let requests = 0;
      try {
        for (let rank = route.next; rank !== undefined && requests < 100_000; rank = route.next) {
          route.take({ ...pageAt(names, ranks.next().value ?? 0), hasMore: true });
          requests += 1;
        }
      } catch (error) {
        expect(error).toBeInstanceOf(AppleError);
      }
      expect(requests).toBeLessThan(100_000);
    }),
    { numRuns: 20 },
  );
});
