import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Simulator, startSimulator } from '../index.ts';
import { Library } from '../photos/library.ts';
import { SignInClient } from '../testing/sign-in-client.ts';

const clock = { now: () => Date.UTC(2026, 5, 1) };
const account = { password: 'correct horse', iterations: 1000 };
const HOME = { Origin: 'https://www.icloud.com' };
let simulator: Simulator;
let client: SignInClient;

beforeEach(async () => {
  const phones = [{ id: 3, lastTwoDigits: '07', nonFTEU: true }];
  simulator = await startSimulator({
    clock,
    library: new Library(clock),
    accounts: [
      { ...account, appleId: 'jane@example.com' },
      { ...account, appleId: 'sms@example.com', trustedDevices: false, phones },
    ],
  });
  client = new SignInClient(simulator.url);
});
afterEach(() => simulator.close());

const lastCode = () => simulator.control.lastCode()?.code ?? 'none';
const challenge = (accept: string) => client.auth({ path: '', headers: { Accept: accept } });
const sent = () => Object.values(simulator.control.codesSent()).reduce((sum, count) => sum + count, 0);
const trusted = async () => (await client.accountLogin()).json.hsaTrustedBrowser;

describe('a right code answered 412', () => {
  test('is right, but there is no trust before the repair step is declined', async () => {
    simulator.control.set('codeAnswer', '412');
    await client.password();
    await client.push();
    const code = lastCode();
    const answer = await client.deviceCode(code);
    expect([answer.status, answer.json]).toMatchObject([412, { securityCode: { code, valid: true } }]);
    expect(answer.json).not.toHaveProperty('hasError');
    expect((await client.trust()).status).toBe(412);
    expect(await trusted()).toBe(false);
    const repaired = await client.auth({ method: 'POST', path: '/repair/complete', body: {} });
    expect(repaired.status).toBe(200);
    expect((await client.trust()).status).toBe(204);
    expect(await trusted()).toBe(true);
  });

  test('stays without trust where the repair is required', async () => {
    simulator.control.setAll({ codeAnswer: '412', repair: 'required' });
    await client.password();
    await client.push();
    await client.deviceCode(lastCode());
    expect((await client.auth({ method: 'POST', path: '/repair/complete', body: {} })).status).toBe(412);
    expect((await client.trust()).status).toBe(412);
  });
});

describe('the flags', () => {
  const ALL = ['tooManyCodesSent', 'tooManyCodesValidated', 'securityCodeLocked', 'securityCodeCooldown'] as const;

  test.each([
    ['tooManyCodesSent', 423, 204],
    ['tooManyCodesValidated', 202, 400],
    ['securityCodeLocked', 423, 400],
    ['securityCodeCooldown', 423, 400],
  ] as const)('%s is told in every form, and kept', async (flag, push, submit) => {
    await client.password();
    await client.push();
    simulator.control.set('codeFlags', [flag]);
    const securityCode = Object.fromEntries(ALL.map((name) => [name, name === flag]));
    for (const form of ['json', 'html-old', 'html-2026'] as const) {
      simulator.control.set('challengeForm', form);
      expect((await challenge('application/json')).json).toMatchObject({ securityCode });
      const page = (await challenge('text/html')).text;
      for (const name of ALL) expect(page).toContain(`"${name}":${name === flag}`);
    }
    expect((await client.push()).status).toBe(push);
    expect((await client.phone(1, 'sms')).status).toBe(push === 202 ? 200 : push);
    simulator.control.set('codeFlags', []);
    await client.push();
    simulator.control.set('codeFlags', [flag]);
    expect((await client.deviceCode(lastCode())).status).toBe(submit);
  });

  test('the challenge may be answered 409, with the same body', async () => {
    await client.password();
    const before = await challenge('application/json');
    simulator.control.set('challengeStatus', '409');
    const answer = await challenge('application/json');
    expect([answer.status, answer.json]).toEqual([409, before.json]);
    expect((await challenge('text/html')).status).toBe(409);
    expect((await client.push()).status).toBe(202);
  });
});

describe('a code refused', () => {
  test.each(['-21669', '-21670', '-21675', '-22982'] as const)('with %s, right or wrong', async (codeRefusal) => {
    simulator.control.set('codeRefusal', codeRefusal);
    await client.password();
    await client.push();
    for (let i = 0; i < 4; i += 1) {
      const answer = await client.deviceCode(lastCode());
      expect([answer.status, answer.json]).toMatchObject([
        400,
        { service_errors: [{ code: codeRefusal }], hasError: true },
      ]);
      expect(answer.header('x-apple-i-ercd')).toBe(codeRefusal);
    }
    simulator.control.set('codeRefusal', false);
    expect((await client.deviceCode(lastCode())).status).toBe(204);
  });
});

describe('asking the devices', () => {
  test.each(['405', '412', '503'] as const)('may be answered %s, and nothing is shown', async (pushAnswer) => {
    simulator.control.set('pushAnswer', pushAnswer);
    await client.password();
    expect((await client.push()).status).toBe(Number(pushAnswer));
    expect(sent()).toBe(0);
    expect((await client.phone(1, 'sms')).status).toBe(200);
  });

  test.each([
    ['new-code', 2, 204],
    ['same-code', 1, 204],
    ['cancels', 1, 400],
  ] as const)('while a code is shown: %s', async (pushAgain, codes, status) => {
    simulator.control.setAll({ pushAgain, pushOnSignin: true });
    await client.password();
    expect((await client.push()).status).toBe(202);
    expect(sent()).toBe(codes);
    expect((await client.deviceCode(lastCode())).status).toBe(status);
  });

  test('after a cancelled one there is another', async () => {
    simulator.control.setAll({ pushAgain: 'cancels', pushOnSignin: true });
    await client.password();
    await client.push();
    await client.push();
    expect((await client.deviceCode(lastCode())).status).toBe(204);
  });
});

describe('asking a phone', () => {
  const ask = (phoneNumber: object) =>
    client.auth({ method: 'PUT', path: '/verify/phone', body: { phoneNumber, mode: 'sms' } });

  test.each([
    ['-22421', 400, '-22421'],
    ['423', 423, undefined],
    ['412', 412, undefined],
  ] as const)('may be refused: %s', async (phoneAnswer, status, code) => {
    simulator.control.set('phoneAnswer', phoneAnswer);
    await client.password();
    for (let i = 0; i < 2; i += 1) {
      await challenge('application/json');
      const answer = await client.phone(1, 'sms');
      expect([answer.status, answer.header('x-apple-i-ercd')]).toEqual([status, code]);
    }
    expect(sent()).toBe(0);
  });

  test('412-once: works after the challenge was read again', async () => {
    simulator.control.set('phoneAnswer', '412-once');
    await client.password();
    await challenge('application/json');
    expect([(await client.phone(1, 'sms')).status, (await client.phone(1, 'sms')).status]).toEqual([412, 412]);
    await challenge('text/html');
    expect((await client.phone(1, 'sms')).status).toBe(200);
    expect((await client.phoneCode(lastCode(), 1, 'sms')).status).toBe(200);
  });

  test('412-once: and only with the nonFTEU that was given', async () => {
    simulator.control.set('phoneAnswer', '412-once');
    await client.password({ appleId: 'sms@example.com' });
    await ask({ id: 3, nonFTEU: true });
    await challenge('application/json');
    expect((await ask({ id: 3 })).status).toBe(412);
    await challenge('application/json');
    expect((await ask({ id: 3, nonFTEU: true })).status).toBe(200);
  });
});

describe('the headers of the second factor', () => {
  const EXTRA = { ...HOME, 'X-Apple-I-FD-Client-Info': '{}' };
  const NONE = {};

  test.each([
    ['any', NONE, true],
    ['home-origin', NONE, false],
    ['home-origin', { Origin: 'https://idmsa.apple.com' }, false],
    ['home-origin', EXTRA, true],
    ['home-origin-plain', EXTRA, false],
    ['home-origin-plain', { ...HOME, 'X-Apple-Auth-Attributes': 'x' }, false],
    ['home-origin-plain', { ...HOME, 'X-Apple-Offer-Security-Upgrade': '1' }, false],
    ['home-origin-plain', HOME, true],
  ] as const)('%s: %j are in order: %s', async (verifyHeaders, headers, inOrder) => {
    simulator.control.set('verifyHeaders', verifyHeaders);
    await client.password();
    const body = { phoneNumber: { id: 1 }, mode: 'sms' };
    expect((await client.auth({ method: 'PUT', path: '/verify/phone', body, headers })).status).toBe(
      inOrder ? 200 : 412,
    );
    await client.push();
    const path = '/verify/trusteddevice/securitycode';
    const answer = await client.auth({ method: 'POST', path, body: { securityCode: { code: lastCode() } }, headers });
    expect([answer.status, answer.header('x-apple-session-token') !== undefined]).toEqual(
      inOrder ? [204, true] : [409, false],
    );
    expect((await client.auth({ path: '/2sv/trust', headers })).status).toBe(inOrder ? 204 : 401);
    expect(await trusted()).toBe(inOrder);
  });

  test('trust is asked for in order too', async () => {
    await client.password();
    await client.push();
    await client.deviceCode(lastCode());
    simulator.control.set('verifyHeaders', 'home-origin');
    expect((await client.trust()).status).toBe(401);
    expect((await client.auth({ path: '/2sv/trust', headers: HOME })).status).toBe(204);
  });
});
