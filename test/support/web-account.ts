import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { type AppleSession, createAppleSession } from '../../src/apple/apple-session.ts';
import { systemClock } from '../../src/apple/clock.ts';
import { AppleError, EXPLANATIONS } from '../../src/apple/errors.ts';
import { Transport } from '../../src/apple/http/transport.ts';
import { Redactor } from '../../src/apple/secret.ts';
import { openSession } from '../../src/session/session-store.ts';
import type { FrontEnd } from '../../src/signin/challenges.ts';
import { type SignedIn, signIn } from '../../src/signin/sign-in.ts';
import type { Desk } from '../../src/web/desk.ts';
import { PASSWORD, USER } from './sandbox.ts';
import type { RunningWeb } from './web.ts';

export { PASSWORD, USER };

/** A front end in which the page answers everything. */
function deskFrontEnd(desk: Desk, accountId: string): FrontEnd {
  const answerer = desk.answererFor(accountId);
  const signal = new AbortController().signal;
  return {
    presence: () => desk.presence(accountId),
    answer: async (challenge) => (await answerer.answer(challenge, signal)) ?? { kind: 'give-up' },
  };
}

export interface WebAccount extends AsyncDisposable {
  readonly session: AppleSession;
  /** Signs in with the page answering, and tells the board what becomes of it; see `signIn` for what it throws. */
  signIn(): Promise<SignedIn>;
}

/** One account of a local iCloud, signed in through the page: what the conductor does, without the command line. */
export async function webAccount(
  web: RunningWeb,
  endpoint: string,
  accountId = '0',
  username = USER,
): Promise<WebAccount> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'icloudpd-web-'));
  const stored = await openSession(folder, username);
  const transport = new Transport({
    cookies: stored.cookies,
    connections: 4,
    signal: new AbortController().signal,
    onAnswer: () => undefined,
    endpoint: new URL(endpoint),
  });
  const session = createAppleSession({
    domain: 'com',
    data: stored.data,
    transport,
    clock: systemClock,
    redactor: new Redactor(),
  });
  return {
    session,
    async signIn() {
      web.board.setSignIn(accountId, { at: 'signing-in' });
      try {
        const signedIn = await signIn(session, deskFrontEnd(web.desk, accountId), {
          username,
          start: 'stored-session',
          acceptTerms: false,
          notice: (text) => web.board.addLogLine(text),
          refusals: { has: async () => false, add: async () => undefined },
          save: () => stored.save(),
        });
        web.board.setSignIn(accountId, { at: 'signed-in' });
        return signedIn;
      } catch (error) {
        if (error instanceof AppleError) web.board.setSignIn(accountId, { at: 'failed', ...EXPLANATIONS[error.kind] });
        throw error;
      }
    },
    async [Symbol.asyncDispose]() {
      await transport[Symbol.asyncDispose]();
      stored[Symbol.dispose]();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
