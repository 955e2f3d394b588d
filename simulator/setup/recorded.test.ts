import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hasRecordings, type RecordedExchange, recording } from '../../test/support/recordings.ts';
import { type Simulator, startSimulator } from '../index.ts';
import { Library } from '../photos/library.ts';
import type { RawAnswer } from '../testing/raw-client.ts';
import { SignInClient } from '../testing/sign-in-client.ts';

/** @returns the last recorded answer to this call */
function recorded(file: string, method: string, ending: string): RecordedExchange['response'] {
  const found = recording(file).findLast(
    ({ request }) => request.method === method && new URL(request.url).pathname.endsWith(ending),
  );
  if (!found) throw new Error(`${file} has no ${method} ${ending}`);
  return found.response;
}

/** Every path of an object's own keys, arrays by their first entry. */
function shape(value: unknown, prefix = ''): string[] {
  const entry = Array.isArray(value) ? value[0] : value;
  if (typeof entry !== 'object' || entry === null) return [];
  return Object.entries(entry).flatMap(([key, inner]) => [`${prefix}${key}`, ...shape(inner, `${prefix}${key}.`)]);
}

const jsonOf = (response: RecordedExchange['response']): unknown => JSON.parse(response.body.text ?? '');
/** Added by caches, proxies and connections on the way, or by the hand that anonymised the recordings. */
const NOT_THE_SERVICE =
  /^(connection|date|transfer-encoding|content-length|via|set-cookie|x-apple-edge-response-time)$/i;

function cookieShapes(lines: readonly string[]): string[] {
  return lines
    .map((line) => line.replace(/="[^"]*"/, '="*"').replace(/=[^=;]*?(; |;(?=D))/, '=*$1'))
    .map((line) => line.replace(/\w{3},( ?)\d\d-\w{3}-\d{4} [\d:]{8} GMT/, 'Www,$1DD-Mmm-YYYY hh:mm:ss GMT'))
    .sort();
}

describe.skipIf(!hasRecordings)('answers as recorded (waits for shared/recordings where it is missing)', () => {
  const clock = { now: () => Date.UTC(2026, 0, 1) };
  let simulator: Simulator;
  const answers: Record<string, RawAnswer> = {};

  beforeAll(async () => {
    simulator = await startSimulator({ clock, library: new Library(clock) });
    const client = new SignInClient(simulator.url);
    answers.wrongPassword = await client.password({ password: 'wrong' });
    answers.init = await client.init();
    answers.complete = await client.password();
    answers.untrusted = await client.accountLogin();
    await client.push();
    answers.wrongCode = await client.deviceCode('none');
    answers.rightCode = await client.deviceCode(simulator.control.lastCode()?.code ?? '');
    answers.trust = await client.trust();
    answers.trusted = await client.accountLogin();
    answers.validate = await client.setup('validate', 'null');
  });
  afterAll(() => simulator.close());

  const FLOW = '2fa_flow_valid_code';
  test.each([
    ['init', FLOW, 'POST', '/signin/init'],
    ['untrusted', '2fa_flow_invalid_code', 'POST', '/accountLogin'],
    ['trusted', FLOW, 'POST', '/accountLogin'],
    ['validate', 'successful_auth', 'POST', '/validate'],
    ['wrongCode', '2fa_flow_invalid_code', 'POST', '/verify/trusteddevice/securitycode'],
    ['wrongPassword', 'failed_auth', 'POST', '/signin/complete'],
  ])('%s: the same fields', (name, file, method, ending) => {
    expect(shape(answers[name]?.json).sort()).toEqual(shape(jsonOf(recorded(file, method, ending))).sort());
  });

  test.each([
    ['wrongCode', '2fa_flow_invalid_code', '/verify/trusteddevice/securitycode'],
    ['wrongPassword', 'failed_auth', '/signin/complete'],
  ])('%s: the same words', (name, file, ending) => {
    expect(answers[name]?.json).toEqual(jsonOf(recorded(file, 'POST', ending)));
  });

  test.each([
    ['init', FLOW, 'POST', '/signin/init'],
    ['complete', FLOW, 'POST', '/signin/complete'],
    ['rightCode', FLOW, 'POST', '/verify/trusteddevice/securitycode'],
    ['wrongCode', '2fa_flow_invalid_code', 'POST', '/verify/trusteddevice/securitycode'],
    ['trust', FLOW, 'GET', '/2sv/trust'],
    ['trusted', FLOW, 'POST', '/accountLogin'],
    ['validate', 'successful_auth', 'POST', '/validate'],
  ])('%s: no header is missing', (name, file, method, ending) => {
    const ours = new Set(answers[name]?.headerNames.map((header) => header.toLowerCase()));
    const theirs = Object.keys(recorded(file, method, ending).headers).map((header) => header.toLowerCase());
    expect(theirs.filter((header) => !ours.has(header) && !NOT_THE_SERVICE.test(header))).toEqual([]);
  });

  test.each([
    ['untrusted', '2fa_flow_invalid_code', '/accountLogin'],
    ['validate', 'successful_auth', '/validate'],
  ])('%s: the same cookies, in the same spelling', (name, file, ending) => {
    const theirs = recorded(file, 'POST', ending).headers['Set-Cookie'] ?? [];
    expect(cookieShapes(answers[name]?.setCookies ?? [])).toEqual(cookieShapes(theirs));
  });
});
