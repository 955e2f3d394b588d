import { expect, test } from 'vitest';
import { movedClock } from '../../test/support/web.ts';
import { FileFailure } from '../download/failure.ts';
import { Board } from './board.ts';

function open() {
  const clock = movedClock();
  const board = new Board(['jane@example.com', 'joe@example.com'], clock);
  const account = (index = 0) => board.snapshot().accounts[index];
  return { board, clock, account };
}

test('a run from its start to its end', () => {
  const { board, clock, account } = open();
  const startedAt = clock.now();
  board.setSchedule('0', { intervalMs: 3_600_000, nextRunAt: startedAt });
  board.runStarted('0');
  board.setItemsTotal('0', 3);
  const listen = board.downloadListener('0');
  listen({ kind: 'started', path: '/photos/2026/IMG_1.HEIC' });
  listen({ kind: 'bytes', count: 10 });
  listen({ kind: 'bytes', count: 5 });
  listen({ kind: 'downloaded', path: '/photos/2026/IMG_1.HEIC', bytes: 15 });
  listen({ kind: 'item-done' });
  expect(account()?.run).toEqual({
    at: 'running',
    progress: {
      itemsDone: 1,
      itemsTotal: 3,
      files: 1,
      bytes: 15,
      startedAt,
      since: { at: startedAt, itemsDone: 0 },
      current: 'IMG_1.HEIC',
    },
  });
  expect(account()?.nextRunAt).toBeUndefined();
  expect(account(1)?.run).toEqual({ at: 'idle' });
  listen({ kind: 'failed', path: '/photos/2026/IMG_2.HEIC', failure: new FileFailure('gone') });
  clock.advance(1000);
  board.runEnded('0', { good: false, summary: ['3 items'], skipped: [] });
  expect(account()).toMatchObject({
    run: { at: 'idle' },
    lastGoodAt: undefined,
    lastRun: {
      endedAt: startedAt + 1000,
      failed: [{ name: 'IMG_2.HEIC', why: 'it was deleted from iCloud meanwhile' }],
      failedCount: 1,
    },
    totals: { files: 1, bytes: 15, goodRuns: 0, badRuns: 1 },
  });
  board.runStarted('0');
  clock.advance(1000);
  board.runEnded('0', { good: true, summary: [], skipped: [] });
  expect(account()).toMatchObject({ lastGoodAt: startedAt + 2000, lastRun: { failed: [], failedCount: 0 } });
});

test('a pause keeps the progress, and outlives the run', () => {
  const { board, account } = open();
  board.runStarted('0', 5);
  board.setPhase('0', 'paused');
  expect(account()?.run).toMatchObject({ at: 'paused', progress: { itemsTotal: 5 } });
  board.setPhase('0', 'running');
  expect(account()?.run).toMatchObject({ at: 'running', progress: { itemsTotal: 5 } });
  board.setPhase('0', 'paused');
  board.runEnded('0', { good: true, summary: [], skipped: [] });
  expect(account()?.run).toEqual({ at: 'paused', progress: undefined });
  board.setPhase('0', 'running');
  expect(account()?.run).toEqual({ at: 'idle' });
});

test('a run that ends before it starts has none of the failures of the one before', () => {
  const { board, account } = open();
  board.runStarted('0');
  board.downloadListener('0')({ kind: 'item-failed', name: 'IMG_1.MOV', failure: new FileFailure('gone') });
  board.runEnded('0', { good: false, summary: [], skipped: [] });
  expect(account()?.lastRun).toMatchObject({ failed: [{ name: 'IMG_1.MOV' }], failedCount: 1 });
  board.runEnded('0', { good: false, summary: ['the library did not answer'], skipped: [] });
  expect(account()?.lastRun).toMatchObject({ failed: [], failedCount: 0 });
});

test('there is nothing to stop where no run is under way, paused or not', () => {
  const { board, account } = open();
  board.setPhase('0', 'stopping');
  expect(account()?.run).toEqual({ at: 'idle' });
  board.setPhase('0', 'paused');
  expect(account()?.run).toEqual({ at: 'paused', progress: undefined });
  board.setPhase('0', 'stopping');
  expect(account()?.run).toEqual({ at: 'idle' });
  board.runStarted('1');
  board.setPhase('1', 'stopping');
  expect(account(1)?.run).toMatchObject({ at: 'stopping', progress: { files: 0 } });
});

test('what is kept has an end', () => {
  const { board, account } = open();
  board.runStarted('0');
  const listen = board.downloadListener('0');
  for (let index = 0; index < 300; index += 1) {
    listen({ kind: 'downloaded', path: `/photos/${index}.JPG`, bytes: 1 });
    listen({ kind: 'item-failed', name: `${index}.MOV`, failure: new FileFailure('gone') });
    board.addLogLine(`line ${index}\n`);
  }
  board.runEnded('0', { good: false, summary: [], skipped: [] });
  expect(
    account()
      ?.latestFiles.map(({ name }) => name)
      .slice(0, 2),
  ).toEqual(['299.JPG', '298.JPG']);
  expect(account()?.latestFiles).toHaveLength(24);
  expect(account()?.lastRun?.failed).toHaveLength(50);
  expect(account()?.lastRun?.failedCount).toBe(300);
  const { log } = board.snapshot();
  expect([log.length, log[0], log.at(-1)]).toEqual([200, 'line 100', 'line 299']);
});

test('a path is found by the id of a latest file only', () => {
  const { board, account } = open();
  board.downloadListener('0')({ kind: 'downloaded', path: '/photos/1.JPG', bytes: 1 });
  const id = account()?.latestFiles[0]?.id ?? '';
  expect(board.pathOf(id)).toBe('/photos/1.JPG');
  expect(board.pathOf('/photos/1.JPG')).toBeUndefined();
  expect(JSON.stringify(board.snapshot())).not.toContain('/photos');
});

test('a page that is a little late still finds the files it names', () => {
  const { board, account } = open();
  const listen = board.downloadListener('0');
  listen({ kind: 'downloaded', path: '/photos/first.JPG', bytes: 1 });
  const id = account()?.latestFiles[0]?.id ?? '';
  for (let index = 1; index < 500; index += 1) listen({ kind: 'downloaded', path: `/photos/${index}.JPG`, bytes: 1 });
  expect([account()?.latestFiles.length, board.pathOf(id)]).toEqual([24, '/photos/first.JPG']);
  listen({ kind: 'downloaded', path: '/photos/500.JPG', bytes: 1 });
  expect(board.pathOf(id)).toBeUndefined();
});

test('whoever listens is told of each change until they stop', () => {
  const { board } = open();
  let told = 0;
  const stop = board.subscribe(() => {
    told += 1;
  });
  board.setSignIn('0', { at: 'signing-in' });
  board.addLogLine('x');
  expect(told).toBe(2);
  stop();
  board.addLogLine('y');
  expect(told).toBe(2);
  expect(() => board.setSignIn('2', { at: 'unknown' })).toThrow('There is no account 2');
});
