/** A process of its own that does with the system keyring what it reads as JSON; see keyring-machine.ts. */
import { json } from 'node:stream/consumers';
import { Secret } from '../../src/apple/secret.ts';
import { deletePassword, type KeyringResult, readPassword, savePassword } from '../../src/session/keyring.ts';
import type { KeyringAnswer, KeyringRequest } from './keyring-machine.ts';

function perform(request: KeyringRequest): Promise<KeyringResult<unknown>> {
  switch (request.do) {
    case 'read':
      return readPassword(request.account);
    case 'save':
      return savePassword(request.account, new Secret(request.password));
    case 'delete':
      return deletePassword(request.account);
  }
}

function answerOf(result: KeyringResult<unknown>): KeyringAnswer {
  if (!result.ok) return { error: result.reason };
  return result.value instanceof Secret ? result.value.reveal() : null;
}

// the parent is the only one who writes here
const requests = (await json(process.stdin)) as readonly KeyringRequest[];
const answers: KeyringAnswer[] = [];
for (const request of requests) answers.push(answerOf(await perform(request)));
process.stdout.write(JSON.stringify(answers));
