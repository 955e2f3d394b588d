import { expect, test } from 'vitest';
import { movedClock } from '../../test/support/web.ts';
import { Secret } from '../apple/secret.ts';
import type { Answer, Challenge } from '../signin/challenges.ts';
import { Desk } from './desk.ts';

const PASSWORD: Challenge = { kind: 'password-wanted', username: 'jane@example.com', rejected: false };
const CODE: Challenge = {
  kind: 'code-wanted',
  username: 'jane@example.com',
  factor: { phones: [], hasTrustedDevices: true, codeLength: 6, securityKeys: [], blocked: undefined },
  channel: undefined,
  problem: undefined,
  triesLeft: 3,
};
const GIVEN: Answer = { kind: 'password', password: new Secret('correct horse'), typed: true };

function open(clock = movedClock()) {
  const desk = new Desk(clock);
  const abort = new AbortController();
  const ask = (challenge: Challenge, signal = abort.signal) => desk.answererFor('0').answer(challenge, signal);
  const id = () => desk.pending('0')?.id ?? '';
  return { desk, clock, abort, ask, id };
}

test('the first answer counts, the second finds the question gone', async () => {
  const { desk, ask, id } = open();
  const answer = ask(CODE);
  const asked = id();
  expect(desk.submit('0', asked, { kind: 'code', code: '111111' })).toBe('taken');
  expect(desk.submit('0', asked, { kind: 'code', code: '222222' })).toBe('gone');
  expect(await answer).toEqual({ kind: 'code', code: '111111' });
});

test('an answer to an earlier question is not taken for the next one, nor for another account', async () => {
  const { desk, ask, id } = open();
  const first = ask(CODE);
  const old = id();
  desk.submit('0', old, { kind: 'code', code: '111111' });
  await first;
  void ask(CODE);
  expect(desk.submit('0', old, { kind: 'code', code: '222222' })).toBe('gone');
  expect(desk.submit('1', id(), { kind: 'code', code: '222222' })).toBe('gone');
  expect(desk.pending('0')).toBeDefined();
});

test('answered elsewhere: the question is taken away, and everybody is told', async () => {
  const { desk, ask, abort } = open();
  let told = 0;
  desk.subscribe(() => (told += 1));
  const answer = ask(CODE);
  abort.abort();
  expect(await answer).toBeUndefined();
  expect(desk.pending('0')).toBeUndefined();
  expect(told).toBe(2);
  expect(await ask(CODE, abort.signal)).toBeUndefined();
});

test('whoever gave the password here is there for ten minutes; nobody else is', async () => {
  const { desk, ask, id, clock } = open();
  expect(desk.presence('0')).toBe('later');
  void ask(PASSWORD);
  desk.submit('0', id(), GIVEN);
  expect(desk.presence('0')).toBe('person');
  expect(desk.presence('1')).toBe('later');
  clock.advance(10 * 60_000);
  expect(desk.presence('0')).toBe('person');
  clock.advance(1);
  expect(desk.presence('0')).toBe('later');
});

test('a password wanted anew, or given elsewhere, says that nobody is here', () => {
  const { desk, ask, id, abort } = open();
  void ask(PASSWORD);
  desk.submit('0', id(), GIVEN);
  void ask(PASSWORD);
  expect(desk.presence('0')).toBe('later');
  abort.abort();
  expect(desk.presence('0')).toBe('later');
});

test('a thread goes on from answer to question, and ends with time, elsewhere, or a new start', () => {
  const { desk, ask, id, clock, abort } = open();
  const thread = () => desk.pending('0')?.thread;
  void ask(PASSWORD);
  const first = thread();
  desk.submit('0', id(), GIVEN);
  void ask(CODE);
  expect(thread()).toBe(first);
  desk.submit('0', id(), { kind: 'code', code: '111111' });
  clock.advance(2 * 60_000 + 1);
  void ask(CODE);
  const second = thread();
  expect(second).not.toBe(first);
  desk.submit('0', id(), { kind: 'start-over' });
  void ask(PASSWORD);
  const third = thread();
  expect(third).not.toBe(second);
  abort.abort();
  void ask(PASSWORD, new AbortController().signal);
  expect(thread()).not.toBe(third);
});
