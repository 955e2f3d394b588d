import { checkTwoStepCode, listTwoStepDevices, sendTwoStepCode } from '../apple/account/two-step.ts';
import type { AppleSession } from '../apple/apple-session.ts';
import { AppleError } from '../apple/errors.ts';
import { type Answer, type Challenge, type FrontEnd, PersonNeededError } from './challenges.ts';
import { MAX_CODE_TRIES } from './second-factor.ts';

interface TwoStepOptions {
  readonly username: string;
  readonly dsid: string;
  readonly presence: FrontEnd['presence'];
}

/**
 * The old two-step verification: choose a device, have a code sent there, hand it in; or begin again.
 *
 * @throws AppleError; PersonNeededError when nobody answers
 */
export async function* askTwoStep(
  session: AppleSession,
  { username, dsid, presence }: TwoStepOptions,
): AsyncGenerator<Challenge, 'accepted' | 'start-over', Answer> {
  if (presence() === 'nobody') throw new PersonNeededError('nobody-for-code', username);
  const devices = await listTwoStepDevices(session, dsid);
  const chosen: Answer = yield { kind: 'two-step-device-wanted', username, devices };
  if (chosen.kind === 'start-over') return 'start-over';
  const device = chosen.kind === 'device' ? devices[chosen.index] : undefined;
  if (!device) throw new PersonNeededError('no-code-came', username);
  await sendTwoStepCode(session, dsid, device);
  let problem: AppleError | undefined;
  for (let triesLeft = MAX_CODE_TRIES; triesLeft > 0; triesLeft -= 1) {
    const answer: Answer = yield { kind: 'two-step-code-wanted', username, device, problem, triesLeft };
    if (answer.kind === 'start-over') return 'start-over';
    if (answer.kind !== 'code') throw new PersonNeededError('no-code-came', username);
    if (await checkTwoStepCode(session, dsid, device, answer.code)) return 'accepted';
    problem = new AppleError('two-step-wrong-code');
  }
  throw problem ?? new AppleError('two-step-wrong-code');
}
