import type { Clock } from '../apple/clock.ts';
import { alone } from './alone.ts';
import type { Answerer } from './answerer.ts';
import type { Answer, Challenge, TwoStepCodeWanted, TwoStepDeviceWanted } from './challenges.ts';
import { askCodeOnConsole } from './console-code.ts';
import type { Prompter } from './prompter.ts';

/** Without any input for this long, the person is told what else can be done. */
const HINT_AFTER_MS = 60_000;

const HINT =
  '\nNo code yet? Unlock the device and look for "Allow". Type r to have one sent again, or a letter for an SMS. ' +
  'Without any network: iPhone in airplane mode > Settings > your name > Sign-In & Security > ' +
  'Two-Factor Authentication > Get Verification Code.';

type Ask = (prompt: string) => Promise<string | undefined>;

async function chooseDevice(
  { devices }: TwoStepDeviceWanted,
  prompter: Prompter,
  ask: Ask,
): Promise<Answer | undefined> {
  for (const [index, { label }] of devices.entries()) prompter.say(`  ${index}: ${label}`);
  for (;;) {
    const line = await ask('Please choose an option: [0]: ');
    if (line === undefined) return undefined;
    const index = line.trim() === '' ? 0 : Number(line);
    if (devices[index]) return { kind: 'device', index };
    prompter.say(`Invalid option, should be 0 to ${devices.length - 1}. Try again`);
  }
}

async function askTwoStepCode(wanted: TwoStepCodeWanted, prompter: Prompter, ask: Ask): Promise<Answer | undefined> {
  if (wanted.problem) prompter.say(`${wanted.problem.message} (tries left: ${wanted.triesLeft})`);
  for (;;) {
    const line = await ask('Please enter two-step authentication code: ');
    if (line === undefined) return undefined;
    const code = line.replaceAll(/[\s-]/g, '');
    if (/^\d{4,8}$/.test(code)) return { kind: 'code', code };
    prompter.say('A code has only digits. Try again');
  }
}

/** The terminal as a way of answering. Passwords are asked for by the console provider, in its turn. */
export function consoleAnswerer(prompter: Prompter, clock: Clock): Answerer {
  return {
    name: 'console',
    async answer(challenge: Challenge, signal) {
      const answer = await alone(prompter, async () =>
        signal.aborted ? undefined : askWithHint(challenge, prompter, clock, signal),
      );
      // the end of input is an answer too: whoever sat there has left
      return answer ?? (signal.aborted ? undefined : { kind: 'give-up' });
    },
  };
}

async function askWithHint(
  challenge: Challenge,
  prompter: Prompter,
  clock: Clock,
  signal: AbortSignal,
): Promise<Answer | undefined> {
  const answered = new AbortController();
  clock.sleep(HINT_AFTER_MS, AbortSignal.any([answered.signal, signal])).then(
    () => prompter.say(HINT),
    () => undefined,
  );
  const ask: Ask = async (prompt) => {
    const line = await prompter.ask(prompt, signal);
    answered.abort();
    return line;
  };
  const answer = await askFor(challenge, prompter, ask);
  answered.abort();
  return answer;
}

async function askFor(challenge: Challenge, prompter: Prompter, ask: Ask): Promise<Answer | undefined> {
  switch (challenge.kind) {
    case 'password-wanted':
      return undefined;
    case 'code-wanted':
      return askCodeOnConsole(challenge, prompter, ask);
    case 'two-step-device-wanted':
      return chooseDevice(challenge, prompter, ask);
    case 'two-step-code-wanted':
      return askTwoStepCode(challenge, prompter, ask);
  }
}
