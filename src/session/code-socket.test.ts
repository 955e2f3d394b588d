import { once } from 'node:events';
import { mkdtemp, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Answer, Challenge, CodeWanted } from '../signin/challenges.ts';
import { askRun, type CodeReply, type CodeSocket, openCodeSocket } from './code-socket.ts';

let directory: string;
let socketPath: string;

beforeEach(async () => {
  directory = await mkdtemp(path.join(os.tmpdir(), 'icloudpd-socket-'));
  socketPath = path.join(directory, 'jane.socket');
});

afterEach(() => rm(directory, { recursive: true, force: true }));

const phones = [
  { id: 1, number: '(***) ***-**81' },
  { id: 2, number: '(***) ***-**46' },
];
const CODE_WANTED: CodeWanted = {
  kind: 'code-wanted',
  username: 'jane@example.com',
  factor: { phones, hasTrustedDevices: true, codeLength: 6, securityKeys: [], blocked: undefined },
  channel: undefined,
  problem: undefined,
  triesLeft: 3,
};
const DEVICE_WANTED: Challenge = {
  kind: 'two-step-device-wanted',
  username: 'jane@example.com',
  devices: [
    { raw: {}, label: 'SMS to *******03' },
    { raw: {}, label: 'iPhone' },
  ],
};
const IDLE = 'The run does not wait for a code just now.';
const UNCLEAR = 'That was no request this version understands.';

function wait(socket: CodeSocket, challenge: Challenge = CODE_WANTED, signal = new AbortController().signal) {
  return socket.answerer.answer(challenge, signal);
}

/** Says something that `icloud code` would not. */
async function say(bytes: string): Promise<string> {
  const socket = connect(socketPath);
  socket.on('error', () => socket.destroy());
  await once(socket, 'connect');
  socket.write(bytes);
  return text(socket).catch(() => '');
}

describe('the socket of a run', () => {
  test('is for its owner only, and goes with the run', async () => {
    const mask = process.umask();
    {
      await using _socket = await openCodeSocket(socketPath);
      expect((await stat(socketPath)).mode & 0o777).toBe(0o600);
      expect(process.umask()).toBe(mask);
    }
    expect(await readdir(directory)).toEqual([]);
    expect(await askRun(socketPath, { do: 'status' })).toBeUndefined();
  });

  test.each(['a socket', 'a file'])("%s left behind is in nobody's way", async (what) => {
    if (what === 'a file') await writeFile(socketPath, '');
    else {
      const left = createServer();
      left.listen(path.join(directory, 'short'));
      await once(left, 'listening');
      await rename(path.join(directory, 'short'), socketPath);
      left.close();
    }
    expect(await askRun(socketPath, { do: 'status' })).toBeUndefined();
    await using _socket = await openCodeSocket(socketPath);
    expect(await askRun(socketPath, { do: 'status' })).toEqual({ ok: false, text: IDLE });
  });

  test('a path too long for a socket is an error, not a crash', async () => {
    await expect(openCodeSocket(path.join(directory, 'x'.repeat(200)))).rejects.toThrow('EINVAL');
  });

  test('without a run nobody answers', async () => {
    expect(await askRun(socketPath, { do: 'code', code: '123456' })).toBeUndefined();
  });

  test.each(['', '{"ok":tr'])('a run that ends in the middle of its answer (%j) answered nothing', async (bytes) => {
    const server = createServer((caller) => {
      caller.on('error', () => undefined);
      caller.once('data', () => caller.end(bytes, () => caller.destroy()));
    });
    server.listen(socketPath);
    await once(server, 'listening');
    expect(await askRun(socketPath, { do: 'status' })).toBeUndefined();
    server.close();
  });

  test('a code is handed to the challenge that waits, once', async () => {
    await using socket = await openCodeSocket(socketPath);
    const answer = wait(socket);
    expect(await askRun(socketPath, { do: 'code', code: '012345' })).toEqual({
      ok: true,
      text: 'The code was handed to the run; its log says whether Apple took it.',
    });
    expect(await answer).toEqual({ kind: 'code', code: '012345' });
    expect(await askRun(socketPath, { do: 'code', code: '222222' })).toEqual({ ok: false, text: IDLE });
  });

  test('of two codes at once one counts, and the other is told', async () => {
    await using socket = await openCodeSocket(socketPath);
    const answer = wait(socket);
    const replies = await Promise.all(['111111', '222222'].map((code) => askRun(socketPath, { do: 'code', code })));
    expect(replies.filter((reply) => reply?.ok)).toHaveLength(1);
    expect(replies.filter((reply) => reply?.text === IDLE)).toHaveLength(1);
    const taken = replies[0]?.ok ? '111111' : '222222';
    expect(await answer).toEqual({ kind: 'code', code: taken });
  });

  test.each([
    [{ do: 'send', to: 'devices' }, { kind: 'trusted-devices' }],
    [
      { do: 'send', to: 'sms' },
      { kind: 'phone', phone: phones[0], mode: 'sms' },
    ],
    [
      { do: 'send', to: 'sms', number: 1 },
      { kind: 'phone', phone: phones[1], mode: 'sms' },
    ],
    [
      { do: 'send', to: 'voice', number: 0 },
      { kind: 'phone', phone: phones[0], mode: 'voice' },
    ],
  ] as const)('%j', async (request, channel) => {
    await using socket = await openCodeSocket(socketPath);
    const answer = wait(socket);
    expect(await askRun(socketPath, request)).toMatchObject({ ok: true });
    expect(await answer).toEqual({ kind: 'send', channel });
  });

  test('the old two-step verification: a number chooses the device', async () => {
    await using socket = await openCodeSocket(socketPath);
    const answer = wait(socket, DEVICE_WANTED);
    expect(await askRun(socketPath, { do: 'status' })).toEqual({
      ok: true,
      text: 'jane@example.com waits for a device to be chosen with "icloud code --sms N". Devices: 0: SMS to *******03, 1: iPhone.',
    });
    expect(await askRun(socketPath, { do: 'send', to: 'sms', number: 1 })).toMatchObject({ ok: true });
    expect(await answer).toEqual({ kind: 'device', index: 1 });
  });

  test.each<[string, Challenge, Parameters<typeof askRun>[1], RegExp]>([
    ['a number that is not there', CODE_WANTED, { do: 'send', to: 'sms', number: 2 }, /no such number/],
    ['a device that is not there', DEVICE_WANTED, { do: 'send', to: 'sms', number: 2 }, /no such number/],
    ['a code too short', CODE_WANTED, { do: 'code', code: '1234' }, /^The code has 6 digits\.$/],
    ['a code before a device', DEVICE_WANTED, { do: 'code', code: '123456' }, /waits for a device to be chosen/],
  ])('%s is refused, and the run waits on', async (_name, challenge, request, words) => {
    await using socket = await openCodeSocket(socketPath);
    const answer = wait(socket, challenge);
    const reply = await askRun(socketPath, request);
    expect(reply).toMatchObject({ ok: false, text: expect.stringMatching(words) });
    const good: Parameters<typeof askRun>[1] =
      challenge === CODE_WANTED ? { do: 'code', code: '123456' } : { do: 'send', to: 'sms' };
    expect(await askRun(socketPath, good)).toMatchObject({ ok: true });
    const kinds: readonly Answer['kind'][] = ['code', 'device'];
    expect(kinds).toContain((await answer)?.kind);
  });

  test('status tells what is waited for, and changes nothing', async () => {
    await using socket = await openCodeSocket(socketPath);
    const answer = wait(socket);
    const status: CodeReply = {
      ok: true,
      text: 'jane@example.com waits for a code. No code was sent yet. Numbers: a: (***) ***-**81, b: (***) ***-**46.',
    };
    expect(await askRun(socketPath, { do: 'status' })).toEqual(status);
    expect(await askRun(socketPath, { do: 'status' })).toEqual(status);
    await askRun(socketPath, { do: 'code', code: '123456' });
    expect(await answer).toEqual({ kind: 'code', code: '123456' });
  });

  test.each([
    'GET / HTTP/1.1\r\nHost: x\r\n\r\n',
    '\n',
    'null\n',
    '{"do":"quit"}\n',
    '{"do":"code","code":"12345x"}\n',
    '{"do":"code","code":123456}\n',
    '{"do":"code","code":"123456","more":1}\n',
    '{"do":"send","to":"sms","number":-1}\n',
    '\0\xff\xfe\n',
  ])('%j is told that it is none', async (bytes) => {
    await using socket = await openCodeSocket(socketPath);
    const answer = wait(socket);
    expect(JSON.parse(await say(bytes))).toEqual({ ok: false, text: UNCLEAR });
    await askRun(socketPath, { do: 'code', code: '123456' });
    expect(await answer).toEqual({ kind: 'code', code: '123456' });
  });

  test('what is too long is cut off, also when it would have been a request', async () => {
    await using socket = await openCodeSocket(socketPath);
    const answer = wait(socket);
    expect(await say(`{"do":"code",${' '.repeat(2000)}"code":"111111"}\n`)).toBe('');
    expect(await say('x'.repeat(100_000))).toBe('');
    await askRun(socketPath, { do: 'code', code: '123456' });
    expect(await answer).toEqual({ kind: 'code', code: '123456' });
  });

  test('of several requests in one conversation the first counts', async () => {
    await using socket = await openCodeSocket(socketPath);
    const answer = wait(socket);
    const replies = await say('{"do":"code","code":"111111"}\n{"do":"code","code":"222222"}\n');
    expect(replies.trim().split('\n')).toHaveLength(1);
    expect(await answer).toEqual({ kind: 'code', code: '111111' });
  });

  test('callers who hang up at once do no harm', async () => {
    await using socket = await openCodeSocket(socketPath);
    for (let i = 0; i < 20; i += 1) {
      const caller = connect(socketPath);
      caller.on('error', () => undefined);
      await once(caller, 'connect');
      caller.write('{"do":"status"}\n');
      caller.destroy();
      await once(caller, 'close');
    }
    const answer = wait(socket);
    await askRun(socketPath, { do: 'code', code: '123456' });
    expect(await answer).toEqual({ kind: 'code', code: '123456' });
  });

  test('a challenge that is over is answered by nobody, and its end leaves the next one alone', async () => {
    await using socket = await openCodeSocket(socketPath);
    const [first, second] = [new AbortController(), new AbortController()];
    const one = wait(socket, CODE_WANTED, first.signal);
    const two = wait(socket, DEVICE_WANTED, second.signal);
    first.abort();
    expect(await one).toBeUndefined();
    expect(await askRun(socketPath, { do: 'status' })).toMatchObject({ ok: true });
    second.abort();
    expect(await two).toBeUndefined();
    expect(await askRun(socketPath, { do: 'status' })).toEqual({ ok: false, text: IDLE });
    expect(await wait(socket, CODE_WANTED, AbortSignal.abort())).toBeUndefined();
    expect(await askRun(socketPath, { do: 'status' })).toEqual({ ok: false, text: IDLE });
  });
});
