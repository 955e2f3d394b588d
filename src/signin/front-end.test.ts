import { describe, expect, test } from 'vitest';
import type { Clock } from '../apple/clock.ts';
import { Secret } from '../apple/secret.ts';
import type { Answerer } from './answerer.ts';
import type { Answer, CodeWanted, PasswordWanted, Presence } from './challenges.ts';
import { createFrontEnd, type FrontEndParts } from './front-end.ts';
import { keyringProvider, type PasswordStore } from './password-providers/keyring.ts';
import { onceProvider, type PasswordProvider } from './password-providers/password-provider.ts';

const USER = 'jane@example.com';
const CODE_WANTED: CodeWanted = {
  kind: 'code-wanted',
  username: USER,
  factor: { phones: [], hasTrustedDevices: true, codeLength: 6, securityKeys: [], blocked: undefined },
  channel: undefined,
  problem: undefined,
  triesLeft: 3,
};
const CODE: Answer = { kind: 'code', code: '123456' };
const GIVE_UP: Answer = { kind: 'give-up' };

const wanted = (rejected = false): PasswordWanted => ({ kind: 'password-wanted', username: USER, rejected });

/** A clock whose one alarm goes off when the test says so. */
function handClock() {
  const waits: number[] = [];
  let ring: () => void = () => undefined;
  const clock: Clock = {
    now: () => 0,
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        waits.push(ms);
        ring = resolve;
        if (signal?.aborted) reject(signal.reason);
        signal?.addEventListener('abort', () => reject(signal.reason), { once: true });
      }),
  };
  return { clock, waits, ring: () => ring() };
}

/** An answerer that answers when the test says so, and notes when it is told that it is over. */
function answerer(name: string) {
  let give: (answer: Answer | undefined) => void = () => undefined;
  const seen = { asked: 0, over: 0 };
  const itself: Answerer = {
    name,
    answer: (_challenge, signal) =>
      new Promise((resolve) => {
        seen.asked += 1;
        give = resolve;
        signal.addEventListener('abort', () => {
          seen.over += 1;
        });
      }),
  };
  return { itself, seen, give: (answer: Answer | undefined) => give(answer) };
}

function parts(more: Partial<FrontEndParts>): FrontEndParts {
  return {
    providers: [],
    answerers: [],
    presence: () => 'person',
    waitMs: undefined,
    clock: handClock().clock,
    signal: new AbortController().signal,
    onWanted: () => undefined,
    onPosed: () => undefined,
    whileWaiting: (work) => work(),
    ...more,
  };
}

const holding = (name: string, password: string | undefined): PasswordProvider =>
  onceProvider(name, async () => (password === undefined ? undefined : new Secret(password)));

async function passwordOf(answer: Promise<Answer>): Promise<string> {
  const given = await answer;
  return given.kind === 'password' ? given.password.reveal() : given.kind;
}

function memoryStore(...stored: readonly [string, string][]) {
  const map = new Map(stored);
  const store: PasswordStore = {
    read: async (username) => {
      const found = map.get(username);
      return found === undefined ? undefined : new Secret(found);
    },
    save: async (username, password) => {
      map.set(username, password.reveal());
      return true;
    },
    delete: async (username) => void map.delete(username),
  };
  return { map, store };
}

describe('passwords', () => {
  test('come from the providers in their order, each of which is looked at once', async () => {
    const front = createFrontEnd(
      parts({
        providers: [holding('none', undefined), holding('empty', ''), holding('a', 'one'), holding('b', 'two')],
      }),
    );
    expect(await passwordOf(front.answer(wanted()))).toBe('one');
    expect(await passwordOf(front.answer(wanted(true)))).toBe('two');
    expect(await front.answer(wanted(true))).toEqual(GIVE_UP);
  });

  test('a rejected one is deleted where it came from, and nowhere else', async () => {
    const { map, store } = memoryStore([USER, 'old'], ['john@example.com', 'his']);
    const other = memoryStore([USER, 'kept']);
    const front = createFrontEnd(parts({ providers: [keyringProvider(store), keyringProvider(other.store)] }));
    expect(await passwordOf(front.answer(wanted()))).toBe('old');
    expect([...map]).toEqual([
      [USER, 'old'],
      ['john@example.com', 'his'],
    ]);
    expect(await passwordOf(front.answer(wanted(true)))).toBe('kept');
    expect([...map]).toEqual([['john@example.com', 'his']]);
    expect([...other.map]).toEqual([[USER, 'kept']]);
  });

  test("one that another provider gave is kept in the keyring when Apple took it, also in a rejected one's place", async () => {
    const { map, store } = memoryStore([USER, 'old']);
    const front = createFrontEnd(parts({ providers: [keyringProvider(store), holding('console', 'new')] }));
    await front.answer(wanted());
    await front.answer(wanted(true));
    expect([...map]).toEqual([]);
    await front.accepted(USER);
    expect([...map]).toEqual([[USER, 'new']]);
  });

  test('nothing is kept when no password was asked for, nor is one that is there already', async () => {
    const { map, store } = memoryStore([USER, 'good']);
    let saves = 0;
    const counting: PasswordStore = {
      ...store,
      save: async (...args) => {
        saves += 1;
        return store.save(...args);
      },
    };
    const front = createFrontEnd(parts({ providers: [keyringProvider(counting)] }));
    await front.accepted(USER);
    await front.answer(wanted());
    await front.accepted(USER);
    expect([saves, map.get(USER)]).toEqual([0, 'good']);
  });

  test('a provider whose place cannot be used ends it: it was named by the person', async () => {
    const broken = onceProvider('file', async () => {
      throw new Error('cannot be read');
    });
    const front = createFrontEnd(parts({ providers: [broken, holding('b', 'two')] }));
    await expect(front.answer(wanted())).rejects.toThrow('cannot be read');
  });
});

describe('codes', () => {
  test('all ways are asked at once, the first answer counts, the others are told', async () => {
    const [console, socket] = [answerer('console'), answerer('icloud code')];
    const seen: string[] = [];
    const front = createFrontEnd(
      parts({
        answerers: [console.itself, socket.itself],
        onWanted: (challenge) => void seen.push(challenge.kind),
      }),
    );
    const answer = front.answer(CODE_WANTED);
    expect([console.seen.asked, socket.seen.asked]).toEqual([1, 1]);
    socket.give(CODE);
    console.give({ kind: 'code', code: '999999' });
    expect(await answer).toEqual(CODE);
    expect([console.seen.over, socket.seen.over]).toEqual([1, 1]);
    expect(seen).toEqual(['code-wanted']);
  });

  test('a way without an answer leaves it to the others; when none is left it is given up', async () => {
    const [console, socket] = [answerer('console'), answerer('icloud code')];
    const front = createFrontEnd(parts({ answerers: [console.itself, socket.itself] }));
    const first = front.answer(CODE_WANTED);
    console.give(undefined);
    socket.give(CODE);
    expect(await first).toEqual(CODE);
    const second = front.answer(CODE_WANTED);
    console.give(undefined);
    socket.give(undefined);
    expect(await second).toEqual(GIVE_UP);
    expect(await createFrontEnd(parts({})).answer(CODE_WANTED)).toEqual(GIVE_UP);
  });

  test('where nobody is known to be there the wait ends by the clock, and others may work meanwhile', async () => {
    const { clock, waits, ring } = handClock();
    const socket = answerer('icloud code');
    const turns: string[] = [];
    const front = createFrontEnd(
      parts({
        answerers: [socket.itself],
        presence: () => 'later',
        waitMs: 600_000,
        clock,
        whileWaiting: async (work) => {
          turns.push('given');
          const result = await work();
          turns.push('taken');
          return result;
        },
      }),
    );
    const answer = front.answer(CODE_WANTED);
    expect([waits, turns]).toEqual([[600_000], ['given']]);
    ring();
    expect(await answer).toEqual(GIVE_UP);
    expect(turns).toEqual(['given', 'taken']);
    expect(socket.seen.over).toBe(1);

    const second = front.answer(CODE_WANTED);
    socket.give(CODE);
    expect(await second).toEqual(CODE);
  });

  test.each<Presence>(['person', 'later'])('an interrupted run ends the wait (%s)', async (presence) => {
    const controller = new AbortController();
    const socket = answerer('icloud code');
    const front = createFrontEnd(
      parts({ answerers: [socket.itself], presence: () => presence, waitMs: 1000, signal: controller.signal }),
    );
    const reason = new Error('stopped by SIGINT');
    const answer = front.answer(CODE_WANTED);
    controller.abort(reason);
    await expect(answer).rejects.toBe(reason);
    expect(socket.seen.over).toBe(1);
    // also when it was interrupted before anybody was asked
    await expect(front.answer(CODE_WANTED)).rejects.toBe(reason);
  });
});
