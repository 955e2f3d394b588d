import { expect, test } from 'vitest';
import { decodeText } from './decode-text.ts';

const encrypted = (value: unknown) => ({ value, type: 'ENCRYPTED_BYTES' });

test.each([
  ['base64 of UTF-8', encrypted('SU1HX+S4reaWh183NDA5LkpQRw=='), { kind: 'text', text: 'IMG_中文_7409.JPG' }],
  ['without a type', { value: 'SU1HXzc0MDkuSlBH', type: undefined }, { kind: 'text', text: 'IMG_7409.JPG' }],
  ['plain', { value: 'IMG_7409.JPG', type: 'STRING' }, { kind: 'text', text: 'IMG_7409.JPG' }],
  ['absent', undefined, { kind: 'absent' }],
  ['bad padding', encrypted('aS9uIHY6YQBsKmk/ZFxwPGE+dCJofC5KUE'), { kind: 'unreadable', reason: 'broken base64' }],
  ['no UTF-8', encrypted('abcdefgh'), { kind: 'unreadable', reason: 'not UTF-8' }],
  ['another type', { value: 'x', type: 'INT64' }, { kind: 'unreadable', reason: 'unknown type INT64' }],
  ['a number', encrypted(7), { kind: 'unreadable', reason: 'not a text' }],
])('%s', (_, field, expected) => {
  expect(decodeText(field)).toEqual(expected);
});
