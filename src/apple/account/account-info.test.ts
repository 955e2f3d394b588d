import { describe, expect, test } from 'vitest';
import { AppleError } from '../errors.ts';
import { parseAccountInfo } from './account-info.ts';

const good = { dsInfo: { dsid: '1', hsaVersion: 2 }, hsaTrustedBrowser: true };

function kindOf(body: unknown): unknown {
  try {
    return parseAccountInfo(body);
  } catch (error) {
    return error instanceof AppleError ? error.kind : error;
  }
}

describe('the account answer', () => {
  test.each([
    ['another region', { domainToUse: 'iCloud.com.cn' }, 'wrong-region'],
    ['terms pending', { ...good, termsUpdateNeeded: true }, 'terms-pending'],
    ['web access off', { ...good, dsInfo: { dsid: '1', isWebAccessAllowed: false } }, 'web-access-off'],
    ['a locked account', { ...good, dsInfo: { dsid: '1', locked: true } }, 'account-locked'],
    ['no account at all', { success: false, error: 'Missing X-APPLE-WEBAUTH-TOKEN cookie' }, undefined],
    ['no object', 'x', undefined],
  ])('%s', (_, body, expected) => {
    expect(kindOf(body)).toBe(expected);
  });

  test('a second factor is owed until the browser is trusted', () => {
    expect(parseAccountInfo(good)?.untrusted).toBe(false);
    expect(parseAccountInfo({ ...good, hsaTrustedBrowser: false })?.untrusted).toBe(true);
    expect(parseAccountInfo({ ...good, hsaChallengeRequired: true })?.untrusted).toBe(true);
    expect(parseAccountInfo({ dsInfo: { dsid: 1 } })).toMatchObject({ dsid: '1', hsaVersion: 0, untrusted: false });
  });
});
