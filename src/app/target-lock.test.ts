import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { FakeClock } from '../../test/support/fake-clock.ts';
import { Redactor } from '../apple/secret.ts';
import { lockFile } from '../session/file-lock.ts';
import { createLogger } from '../terminal/logger.ts';
import { Conductor } from './run-control.ts';
import { lockTarget } from './target-lock.ts';
import { Turn, Turns } from './turns.ts';

const AGAIN_MS = 2000;

/** A run that wants a folder which another run has. */
async function latecomer() {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'icloudpd-test-'));
  const clock = new FakeClock();
  const { signal } = new AbortController();
  const conductor = new Conductor(clock, signal);
  const turns = new Turns();
  const turn = new Turn(turns);
  await turn.take();
  const other = lockFile(path.join(folder, '.icloudpd.lock'), 'removed');
  const wait = clock.nextSleep(AGAIN_MS);
  const context = { clock, signal };
  const log = createLogger({ threshold: 'error', redactor: new Redactor(), now: () => 0, write: () => undefined });
  const lock = lockTarget(folder, { process: context, log, turn, control: conductor.runBegins() });
  await wait;
  return {
    ...{ clock, conductor, turns, turn, other, lock },
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}

test('a run that waits for its folder lets the others of its process go on, and has its turn when it has the folder', async () => {
  await using run = await latecomer();
  const giveBack = await run.turns.take();
  run.other?.[Symbol.dispose]();
  run.clock.advance(AGAIN_MS);
  giveBack();
  using lock = await run.lock;
  expect(lock).toBeDefined();
  let taken = false;
  const next = run.turns.take().then(() => {
    taken = true;
  });
  await new Promise(setImmediate);
  expect(taken).toBe(false);
  run.turn.give();
  await next;
});

test('a run that is asked to stop does not wait for its folder any longer', async () => {
  await using run = await latecomer();
  run.conductor.stopAfterFile();
  expect(await run.lock).toBeUndefined();
  run.other?.[Symbol.dispose]();
});
