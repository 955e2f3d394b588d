import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseCodeInput } from './console-code.ts';

const phones = [
  { id: 1, number: '(***) ***-**81' },
  { id: 2, number: '(***) ***-**46' },
];
const wanted = {
  factor: { phones, hasTrustedDevices: true, codeLength: 6, securityKeys: [], blocked: undefined },
  channel: { kind: 'trusted-devices' },
} as const;
const nobody = { ...wanted, factor: { ...wanted.factor, phones: [] } };

describe('a line typed at the code prompt', () => {
  test.each([
    ['654321', { kind: 'code', code: '654321' }],
    ['012345', { kind: 'code', code: '012345' }],
    [' 123 456 ', { kind: 'code', code: '123456' }],
    ['123-456', { kind: 'code', code: '123456' }],
    ['a', { kind: 'send', channel: { kind: 'phone', phone: phones[0], mode: 'sms' } }],
    ['B', { kind: 'send', channel: { kind: 'phone', phone: phones[1], mode: 'sms' } }],
    ['cb', { kind: 'send', channel: { kind: 'phone', phone: phones[1], mode: 'voice' } }],
    ['c a', { kind: 'send', channel: { kind: 'phone', phone: phones[0], mode: 'voice' } }],
    ['r', { kind: 'send', channel: { kind: 'trusted-devices' } }],
  ])('%j', (line, answer) => {
    expect(parseCodeInput(line, wanted)).toEqual({ kind: 'answer', answer });
  });

  test.each([
    ['', 'Empty string. Try again'],
    ['c', 'Invalid index, should be (a..b). Try again'],
    ['12345', 'Invalid code, should be six digits. Try again'],
    ['1234567', 'Invalid code, should be six digits. Try again'],
    ['help', 'Should be index (a..b) or six-digit code. Try again'],
    ['１２３４５６', 'Should be index (a..b) or six-digit code. Try again'],
  ])('%j is asked again', (line, hint) => {
    expect(parseCodeInput(line, wanted)).toEqual({ kind: 'unclear', hint });
  });

  test('without numbers there is nothing to choose', () => {
    expect(parseCodeInput('a', nobody)).toEqual({ kind: 'unclear', hint: 'Should be six-digit code. Try again' });
  });

  test('r before anything was sent', () => {
    expect(parseCodeInput('r', { ...wanted, channel: undefined }).kind).toBe('unclear');
  });

  test('any line is either understood or asked again', () => {
    fc.assert(
      fc.property(fc.string(), (line) => {
        expect(['answer', 'unclear']).toContain(parseCodeInput(line, wanted).kind);
      }),
    );
  });
});
