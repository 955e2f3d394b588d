import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import * as z from 'zod';
import type { Answerer } from '../signin/answerer.ts';
import type { Answer, Challenge } from '../signin/challenges.ts';
import { letterOf } from '../signin/phone-letters.ts';

/** What `icloud code` says to a run that waits: one line of JSON. */
const requestSchema = z.discriminatedUnion('do', [
  z.strictObject({ do: z.literal('code'), code: z.string().regex(/^\d{4,8}$/) }),
  z.strictObject({ do: z.literal('send'), to: z.enum(['devices', 'sms', 'voice']), number: z.int().min(0).optional() }),
  z.strictObject({ do: z.literal('status') }),
]);
export type CodeRequest = z.infer<typeof requestSchema>;

const replySchema = z.object({ ok: z.boolean(), text: z.string() });
/** What the run answers: whether it took the request, and a sentence for the person. */
export type CodeReply = z.infer<typeof replySchema>;

const LONGEST_LINE = 1024;

interface Pending {
  readonly challenge: Challenge;
  readonly settle: (answer: Answer) => void;
}

/** A run's own socket, through which another process of the same user answers its challenges. */
export interface CodeSocket extends AsyncDisposable {
  readonly answerer: Answerer;
}

/** What a request to send comes to. With two-step verification choosing a device is what sends a code there. */
function sendAnswer(request: Extract<CodeRequest, { do: 'send' }>, challenge: Challenge): Answer | undefined {
  const index = request.number ?? 0;
  if (challenge.kind === 'two-step-device-wanted') {
    return request.to !== 'devices' && challenge.devices[index] ? { kind: 'device', index } : undefined;
  }
  if (challenge.kind !== 'code-wanted') return undefined;
  if (request.to === 'devices') return { kind: 'send', channel: { kind: 'trusted-devices' } };
  const phone = challenge.factor.phones[index];
  return phone && { kind: 'send', channel: { kind: 'phone', phone, mode: request.to } };
}

/** @returns why this can be no code: each wrong one brings the account nearer to its lock */
function noCode(code: string, challenge: Challenge): string | undefined {
  switch (challenge.kind) {
    case 'code-wanted': {
      const { codeLength } = challenge.factor;
      return code.length === codeLength ? undefined : `The code has ${codeLength} digits.`;
    }
    case 'two-step-code-wanted':
      return undefined;
    case 'two-step-device-wanted':
    case 'password-wanted':
      return `The run does not wait for a code just now. ${describe(challenge)}`;
  }
}

function describe(challenge: Challenge): string {
  if (challenge.kind === 'two-step-device-wanted') {
    const devices = challenge.devices.map(({ label }, index) => `${index}: ${label}`).join(', ');
    return `${challenge.username} waits for a device to be chosen with "icloud code --sms N". Devices: ${devices}.`;
  }
  if (challenge.kind !== 'code-wanted') return `${challenge.username} waits for an answer (${challenge.kind}).`;
  const numbers = challenge.factor.phones.map(({ number }, index) => `${letterOf(index)}: ${number}`).join(', ');
  const sent = challenge.channel ? 'A code was sent.' : 'No code was sent yet.';
  return `${challenge.username} waits for a code. ${sent}${numbers === '' ? '' : ` Numbers: ${numbers}.`}`;
}

/** Passes one request on to the challenge that waits. */
function serveRequest(line: string, pending: Pending | undefined): CodeReply {
  let parsed: ReturnType<typeof requestSchema.safeParse>;
  try {
    parsed = requestSchema.safeParse(JSON.parse(line));
  } catch {
    return { ok: false, text: 'That was no request this version understands.' };
  }
  if (!parsed.success) return { ok: false, text: 'That was no request this version understands.' };
  if (!pending) return { ok: false, text: 'The run does not wait for a code just now.' };
  const { data: request } = parsed;
  switch (request.do) {
    case 'status':
      return { ok: true, text: describe(pending.challenge) };
    case 'code': {
      const refusal = noCode(request.code, pending.challenge);
      if (refusal !== undefined) return { ok: false, text: refusal };
      pending.settle({ kind: 'code', code: request.code });
      return { ok: true, text: 'The code was handed to the run; its log says whether Apple took it.' };
    }
    case 'send': {
      const answer = sendAnswer(request, pending.challenge);
      if (!answer) return { ok: false, text: 'There is no such number. "icloud code --status" lists them.' };
      pending.settle(answer);
      return { ok: true, text: 'The run asks Apple to send a code.' };
    }
  }
}

function converse(socket: Socket, pending: () => Pending | undefined): void {
  socket.setTimeout(10_000, () => socket.destroy());
  socket.on('error', () => socket.destroy());
  let length = 0;
  socket.on('data', (chunk: Buffer) => {
    length += chunk.length;
    if (length > LONGEST_LINE) socket.destroy();
  });
  const lines = createInterface(socket);
  // it hands on the socket's errors, which are nobody's loss but the caller's
  lines.on('error', () => socket.destroy());
  lines.once('line', (line) => {
    // a line too long arrives all the same when it came in one piece
    if (!socket.destroyed) socket.end(`${JSON.stringify(serveRequest(line, pending()))}\n`);
  });
}

/** Binds with the rights of the owner only, from the first moment on. */
async function listen(server: Server, path: string): Promise<void> {
  await rm(path, { force: true });
  const mask = process.umask(0o177);
  try {
    server.listen(path);
  } finally {
    process.umask(mask);
  }
  await Promise.race([
    once(server, 'listening'),
    once(server, 'error').then(([error]) => {
      throw error;
    }),
  ]);
}

/**
 * Listens for `icloud code` while a run goes on. The account's lock is held, so a socket that is already there was left
 * behind.
 *
 * @param path of the socket, mode 0600
 * @throws the system's error, when the path is too long for a socket for instance
 */
export async function openCodeSocket(path: string): Promise<CodeSocket> {
  let pending: Pending | undefined;
  const server = createServer((socket) => converse(socket, () => pending));
  await listen(server, path);
  server.unref();
  return {
    answerer: {
      name: 'icloud code',
      answer: (challenge, signal) =>
        new Promise((resolve) => {
          const settle = (answer: Answer | undefined): void => {
            // the end of an earlier challenge must not take away a later one
            if (pending === mine) pending = undefined;
            resolve(answer);
          };
          const mine: Pending = { challenge, settle };
          if (signal.aborted) return resolve(undefined);
          pending = mine;
          signal.addEventListener('abort', () => settle(undefined), { once: true });
        }),
    },
    async [Symbol.asyncDispose]() {
      server.close();
      await rm(path, { force: true });
    },
  };
}

/**
 * Says something to a run that waits.
 *
 * @returns undefined when no run listens there, or it ended before it could answer
 */
export async function askRun(path: string, request: CodeRequest): Promise<CodeReply | undefined> {
  const socket = connect(path);
  try {
    await once(socket, 'connect');
  } catch {
    return undefined;
  }
  socket.write(`${JSON.stringify(request)}\n`);
  try {
    for await (const line of createInterface(socket)) return replySchema.parse(JSON.parse(line));
  } catch {
    // the run ended in the middle of its answer
  }
  return undefined;
}
