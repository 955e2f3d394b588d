import { describe, expect, test } from 'vitest';
import { FakeClock, MINUTE_MS } from '../support/fake-clock.ts';
import { icloudpd } from '../support/in-process.ts';
import { CODE, person, scripted } from '../support/people.ts';
import { createSandbox, type Sandbox } from '../support/sandbox.ts';

const SIGN_IN = ['--auth-only'];

function count(sandbox: Sandbox, method: string, part: string): number {
  const requests = sandbox.simulator.control.requests();
  return requests.filter((request) => request.method === method && request.path.includes(part)).length;
}

describe('codes', () => {
  test('story 1: exactly one push is asked for before the prompt appears', async () => {
    await using sandbox = await createSandbox();
    const pushesAtPrompt: number[] = [];
    const prompter = person(() => {
      pushesAtPrompt.push(count(sandbox, 'PUT', 'verify/trusteddevice/securitycode'));
      return sandbox.simulator.control.lastCode()?.code;
    });
    const result = await icloudpd(sandbox, SIGN_IN, { prompter });
    expect(result.code).toBe(0);
    expect(pushesAtPrompt).toEqual([1]);
    expect(sandbox.simulator.control.codesSent()).toEqual({ device: 1, sms: 0, voice: 0 });
  });

  test('story 2: after a minute without a code the prompt offers other ways, and the sign-in goes on', async () => {
    const clock = new FakeClock();
    await using sandbox = await createSandbox({ clock });
    const hint = Promise.withResolvers<void>();
    const asked = Promise.withResolvers<void>();
    const { prompter, type } = (() => {
      const line = Promise.withResolvers<string | undefined>();
      const somebody = person(() => {
        asked.resolve();
        return line.promise;
      });
      const say = (text: string): void => {
        somebody.say(text);
        if (text.includes('No code yet?')) hint.resolve();
      };
      return { prompter: { ...somebody, say }, type: line.resolve };
    })();
    const run = icloudpd(sandbox, SIGN_IN, { clock, prompter });
    await asked.promise;
    expect(prompter.seen()).toMatch(/ {2}a: \(\*{3}\) \*{3}-\*\*81\n {2}b: \(\*{3}\) \*{3}-\*\*46/);
    clock.advance(MINUTE_MS - 1);
    expect(prompter.seen()).not.toContain('No code yet?');
    clock.advance(1);
    await hint.promise;
    expect(prompter.seen()).toMatch(/Type r to have one sent again, or a letter for an SMS/);
    expect(prompter.seen()).toMatch(/airplane mode > Settings/);
    type(sandbox.simulator.control.lastCode()?.code);
    expect((await run).code).toBe(0);
    expect(count(sandbox, 'POST', 'signin/init')).toBe(1);
  });

  test('story 3: the second number is asked for by its id, and a leading zero is kept', async () => {
    await using sandbox = await createSandbox();
    const { control } = sandbox.simulator;
    // one code in ten begins with a zero
    const prompter = person(() => {
      const sent = control.lastCode();
      return sent?.channel === 'sms' && sent.code.startsWith('0') ? sent.code : 'b';
    });
    expect((await icloudpd(sandbox, SIGN_IN, { prompter })).code).toBe(0);
    expect(control.lastCode()).toMatchObject({ channel: 'sms', phoneId: 2, code: expect.stringMatching(/^0\d{5}$/) });
    expect(count(sandbox, 'POST', 'verify/phone/securitycode')).toBe(1);
  });

  test('story 4: a 412 for the number leaves the device code good, and points at a forced new password', async () => {
    await using sandbox = await createSandbox();
    sandbox.simulator.control.set('phoneAnswer', '412');
    const prompter = scripted(sandbox, ['b', CODE]);
    expect((await icloudpd(sandbox, SIGN_IN, { prompter })).code).toBe(0);
    expect(prompter.seen()).toMatch(/Enter a code from a trusted device.*icloud\.com: Apple may want a new password/);
    expect(count(sandbox, 'POST', 'signin/init')).toBe(1);
  });

  test.each([
    ['securityCodeLocked', /Apple has locked verification codes.*unlock the account at https:\/\/iforgot\.apple\.com/],
    ['tooManyCodesValidated', /too many wrong codes\. Wait some hours/],
  ] as const)('story 5: %s: no code is asked for, and the way out is told', async (flag, words) => {
    await using sandbox = await createSandbox();
    sandbox.simulator.control.set('codeFlags', [flag]);
    const prompter = person(() => '123456');
    const result = await icloudpd(sandbox, SIGN_IN, { prompter });
    expect([result.code, prompter.seen()]).toEqual([1, 'iCloud Password for jane@example.com:']);
    expect(result.stdout).toMatch(words);
    expect(count(sandbox, 'PUT', 'verify/')).toBe(0);
  });

  test('story 5: tooManyCodesSent: no code is asked for, and an earlier one can still be typed', async () => {
    await using sandbox = await createSandbox();
    const { control } = sandbox.simulator;
    control.set('codeFlags', ['tooManyCodesSent']);
    control.set('pushOnSignin', true);
    const prompter = scripted(sandbox, [CODE]);
    expect((await icloudpd(sandbox, SIGN_IN, { prompter })).code).toBe(0);
    expect(prompter.seen()).toContain('Apple does not send another code for now. Use the newest code already received');
    expect(count(sandbox, 'PUT', 'verify/')).toBe(0);
  });

  test('story 5: a limit reached in the middle is told as that, and the code before it still counts', async () => {
    await using sandbox = await createSandbox();
    const { control } = sandbox.simulator;
    const prompter = person((_, nth) => {
      if (nth > 0) return control.lastCode()?.code;
      control.set('codeFlags', ['tooManyCodesSent']);
      return 'b';
    });
    expect((await icloudpd(sandbox, SIGN_IN, { prompter })).code).toBe(0);
    expect(prompter.seen()).toContain('Apple does not send another code for now');
  });
});
