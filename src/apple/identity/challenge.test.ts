import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { hasRecordings, recordedTexts } from '../../../test/support/recordings.ts';
import { parseHtmlChallenge, parseJsonChallenge } from './challenge.ts';

const PHONE = { id: 3, obfuscatedNumber: '(•••) •••-••81', nonFTEU: false, pushMode: 'sms' };
const page = (boot: unknown, attributes = 'type="application/json" class="boot_args"'): string =>
  `<html><script>var a = 1;</script><script ${attributes}>${JSON.stringify(boot)}</script></html>`;
const old = {
  direct: { hasTrustedDevices: true, twoSV: { phoneNumberVerification: { trustedPhoneNumbers: [PHONE] } } },
};
const bridge = {
  direct: {
    hasTrustedDevices: true,
    authInitialRoute: 'auth/bridge/step',
    twoSV: { bridgeInitiateData: { phoneNumberVerification: { trustedPhoneNumbers: [PHONE] } } },
  },
};
const expected = [{ id: 3, number: '(***) ***-**81', nonFTEU: false }];

describe('the page form of the challenge', () => {
  test.each([
    ['the place before 2026', page(old)],
    ['the place since 2026', page(bridge)],
    ['attributes in another order', page(old, "class='x boot_args' type=application/json")],
    ['bullets written as escapes', page(old).replaceAll('•', '\\u2022')],
  ])('%s', (_, html) => {
    expect(parseHtmlChallenge(html)?.phones).toEqual(expected);
  });

  test.each([
    ['no direct', { other: 1 }, undefined],
    ['no twoSV', { direct: {} }, undefined],
    ['no phoneNumberVerification', { direct: { twoSV: {} } }, []],
    ['no list', { direct: { twoSV: { phoneNumberVerification: {} } } }, []],
    ['an empty list', { direct: { twoSV: { phoneNumberVerification: { trustedPhoneNumbers: [] } } } }, []],
    [
      'no id',
      { direct: { twoSV: { phoneNumberVerification: { trustedPhoneNumbers: [{ obfuscatedNumber: '81' }] } } } },
      [],
    ],
    ['no number', { direct: { twoSV: { phoneNumberVerification: { trustedPhoneNumbers: [{ id: 1 }] } } } }, []],
  ])('%s', (_, boot, phones) => {
    expect(parseHtmlChallenge(page(boot))?.phones).toEqual(phones);
  });

  test('an unreadable entry hides no other one', () => {
    const boot = { direct: { twoSV: { phoneNumberVerification: { trustedPhoneNumbers: [{ id: 'x' }, PHONE] } } } };
    expect(parseHtmlChallenge(page(boot))?.phones).toEqual(expected);
  });

  test('only the single number', () => {
    const boot = { direct: { twoSV: { phoneNumberVerification: { trustedPhoneNumber: PHONE } } } };
    expect(parseHtmlChallenge(page(boot))?.phones).toEqual(expected);
  });

  test.skipIf(!hasRecordings)('as Apple sent it (waits for shared/recordings where it is missing)', () => {
    const html = recordedTexts('2fa_flow_valid_code', 'appleauth/auth').find((text) => text.includes('boot_args'));
    expect(parseHtmlChallenge(html ?? '')).toEqual({
      phones: [{ id: 1, number: '(***) ***-**81' }],
      hasTrustedDevices: true,
      codeLength: 6,
      securityKeys: [],
      blocked: undefined,
    });
  });

  test('never throws', () => {
    fc.assert(
      fc.property(fc.json(), fc.string(), (json, noise) => {
        expect(['undefined', 'object']).toContain(
          typeof parseHtmlChallenge(`<script class=boot_args>${json}</script>${noise}`),
        );
      }),
    );
  });
});

describe('the JSON form of the challenge', () => {
  test.each([
    ['at the top', { trustedPhoneNumbers: [PHONE], securityCode: { length: 6 } }],
    ['nested', { phoneNumberVerification: { trustedPhoneNumbers: [PHONE] } }],
    ['the single number', { trustedPhoneNumber: PHONE }],
  ])('phone numbers %s', (_, body) => {
    expect(parseJsonChallenge(JSON.stringify(body))?.phones).toEqual(expected);
  });

  test('security keys by name', () => {
    const body = { keyNames: ['Key 1', 'Key 2'], fsaChallenge: { challenge: 'x', keyHandles: ['y'] } };
    expect(parseJsonChallenge(JSON.stringify(body))?.securityKeys).toEqual(['Key 1', 'Key 2']);
  });

  test('a security key challenge without names', () => {
    expect(parseJsonChallenge('{"fsaChallenge": {"challenge": "x"}}')?.securityKeys).toHaveLength(1);
  });

  test('no security key where Apple names none', () => {
    const body = { fsaChallenge: null, keyNames: null, trustedPhoneNumbers: [PHONE] };
    expect(parseJsonChallenge(JSON.stringify(body))).toMatchObject({ securityKeys: [], phones: expected });
  });

  test.each([
    ['tooManyCodesSent', 'too-many-codes-sent'],
    ['securityCodeCooldown', 'too-many-codes-sent'],
    ['tooManyCodesValidated', 'too-many-wrong-codes'],
    ['securityCodeLocked', 'codes-locked'],
  ])('the flag %s', (flag, blocked) => {
    expect(parseJsonChallenge(JSON.stringify({ securityCode: { [flag]: true } }))?.blocked).toBe(blocked);
  });

  test('no trusted devices', () => {
    expect(parseJsonChallenge('{"noTrustedDevices": true}')?.hasTrustedDevices).toBe(false);
  });

  test('a page is not JSON', () => {
    expect(parseJsonChallenge(page(old))).toBeUndefined();
  });
});
