import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { hasRecordings, type RecordedExchange, recording } from '../../../test/support/recordings.ts';
import { Redactor } from '../secret.ts';
import { type CapturedExchange, harEntry } from './capture.ts';

const EXCHANGE: CapturedExchange = {
  startedAt: Date.UTC(2026, 0, 1, 12),
  endedAt: Date.UTC(2026, 0, 1, 12) + 250,
  method: 'POST',
  url: new URL('https://setup.icloud.com/setup/ws/1/accountLogin?clientBuildNumber=2522B2&clientId=abc&dsid=123'),
  requestHeaders: { origin: 'https://www.icloud.com', cookie: 'X-APPLE-WEBAUTH-TOKEN="v=2:t=secret"' },
  requestBody: '{"dsWebAuthToken":"token","extended_login":true,"trustToken":""}',
  status: 200,
  responseHeaders: { 'content-type': 'application/json', 'set-cookie': ['a=1', 'b=2'], scnt: 'x' },
  responseBody:
    '{"dsInfo":{"dsid":"123","hsaVersion":2,"fullName":"Jane Doe"},"webservices":{"photos":{"status":"active"}}}',
};

const header = z.strictObject({ name: z.string(), value: z.string() });
const size = z.number().int().min(-1);
/** An entry as HAR 1.2 wants it (http://www.softwareishard.com/blog/har-12-spec/). */
const entrySchema = z.strictObject({
  startedDateTime: z.iso.datetime(),
  time: z.number().min(0),
  request: z.strictObject({
    method: z.string(),
    url: z.url(),
    httpVersion: z.string(),
    cookies: z.array(z.unknown()),
    headers: z.array(header),
    queryString: z.array(header),
    postData: z.strictObject({ mimeType: z.string(), text: z.string() }).optional(),
    headersSize: size,
    bodySize: size,
  }),
  response: z.strictObject({
    status: z.number().int(),
    statusText: z.string(),
    httpVersion: z.string(),
    cookies: z.array(z.unknown()),
    headers: z.array(header),
    content: z.strictObject({ size, mimeType: z.string(), text: z.string() }),
    redirectURL: z.string(),
    headersSize: size,
    bodySize: size,
  }),
  cache: z.strictObject({}),
  timings: z.strictObject({ send: z.number(), wait: z.number(), receive: z.number() }),
});

const entryOf = (exchange: CapturedExchange, redactor = new Redactor()) =>
  entrySchema.parse(harEntry(exchange, redactor));

describe('an exchange in a bug report', () => {
  test('has the shape of HAR 1.2', () => {
    const entry = entryOf(EXCHANGE);
    expect(entry).toMatchObject({ startedDateTime: '2026-01-01T12:00:00.000Z', time: 250, timings: { wait: 250 } });
    expect(entryOf({ ...EXCHANGE, requestBody: undefined }).request.postData).toBeUndefined();
  });

  test('shows what was there, and not what it was', () => {
    const { request, response } = entryOf(EXCHANGE);
    expect(request.url).toBe(
      'https://setup.icloud.com/setup/ws/1/accountLogin?clientBuildNumber=2522B2&clientId=***&dsid=***',
    );
    expect(request.headers).toEqual([
      { name: 'origin', value: 'https://www.icloud.com' },
      { name: 'cookie', value: '***' },
    ]);
    expect(JSON.parse(request.postData?.text ?? '')).toEqual({
      dsWebAuthToken: '***',
      extended_login: true,
      trustToken: '***',
    });
    expect(response.headers.filter(({ value }) => value === '***').map(({ name }) => name)).toEqual([
      'set-cookie',
      'set-cookie',
      'scnt',
    ]);
    expect(JSON.parse(response.content.text)).toEqual({
      dsInfo: { dsid: '***', hsaVersion: 2, fullName: '***' },
      webservices: { photos: { status: 'active' } },
    });
  });

  test.each([
    ['<html>Hello Jane</html>', '(23 characters left out)'],
    ['{"half": "an ans', '(16 characters left out)'],
    ['Service Temporary Unavailable', 'Service Temporary Unavailable'],
    ['x'.repeat(200), '(200 characters left out)'],
    ['', ''],
  ])('a body that is no JSON: %j', (responseBody, text) => {
    expect(entryOf({ ...EXCHANGE, responseBody }).response.content.text).toBe(text);
  });

  test('a secret that the run knows is taken out wherever it stands', () => {
    const redactor = new Redactor();
    redactor.add('p"ss wörd');
    const responseBody = JSON.stringify({ message: 'you said p"ss wörd', deep: [{ 'p"ss wörd': 1 }] });
    const url = new URL(`https://setup.icloud.com/x?q=${encodeURIComponent('p"ss wörd')}`);
    const text = JSON.stringify(entryOf({ ...EXCHANGE, url, responseBody }, redactor));
    expect(text).not.toMatch(/ss w|w%C3%B6rd|wörd/);
  });
});

test('the names that people give to their devices and themselves are hidden', () => {
  const device = { deviceType: 'SMS', areaCode: '0170', phoneNumber: '*******03', deviceId: '1' };
  const responseBody = JSON.stringify({
    devices: [{ ...device, deviceName: "Jane Doe's iPhone" }],
    owner: { displayName: 'Jane Doe', modelName: "Jane Doe's model", nickName: 'Jane', familyName: 'Doe' },
    zoneName: 'PrimarySync',
    fieldName: 'state',
  });
  const { text } = entryOf({ ...EXCHANGE, responseBody }).response.content;
  expect(text).not.toMatch(/Jane|Doe|0170|03/);
  // what a report needs
  expect(JSON.parse(text)).toMatchObject({
    devices: [{ deviceType: 'SMS', phoneNumber: '***', deviceName: '***' }],
    zoneName: 'PrimarySync',
    fieldName: 'state',
  });
});

test.each([
  ['https://x.apple.com/a/b?dsid=123&token=t%3D1&flag#id=9', 'https://x.apple.com/a/b?dsid=***&token=***&***'],
  ['/signin?widgetKey=abc', '/signin?widgetKey=***'],
  ['https://jane:pw@x.apple.com/?a=1', 'https://***@x.apple.com/?a=***'],
  ['/signin', '/signin'],
])('the address %s an answer leads to says what it hands over, and not its value', (location, shown) => {
  const { headers } = entryOf({ ...EXCHANGE, responseHeaders: { location } }).response;
  expect(headers).toEqual([{ name: 'location', value: shown }]);
});

test('an e-mail address is hidden wherever it stands', () => {
  const responseBody =
    '{"note":"sent to j.doe+x@mail.example.co.uk.","link":"https://x.apple.com/?nm=jane%40example.com&id=1"}';
  expect(JSON.parse(entryOf({ ...EXCHANGE, responseBody }).response.content.text)).toEqual({
    note: 'sent to ***.',
    link: 'https://x.apple.com/?nm=***&id=1',
  });
});

function captured({ request, response }: RecordedExchange): CapturedExchange {
  const headers = Object.entries(request.headers).map(([name, values]) => [name, values.join('; ')]);
  return {
    ...EXCHANGE,
    method: request.method,
    url: new URL(request.url),
    requestHeaders: Object.fromEntries(headers),
    requestBody: request.body.text,
    status: response.status,
    responseHeaders: Object.fromEntries(Object.entries(response.headers).map(([name, all]) => [name, [...all]])),
    responseBody: response.body.text ?? '',
  };
}

/** What must not leave the machine, as it stands in the recordings: identities, tokens, codes, cookies, proofs. */
const SECRETS = [
  /jdoe/i,
  /\bJohn\b|\bDoe\b|"john"/,
  /12345678901\b/,
  /654321|901431/,
  /token-?1234567890/,
  /(sess|session|scnt|attr|grantcode|acn01|aasp)-1234567890/,
  /BST_IA/,
  /pcs(docs|news|notes|sharing)-/,
  /abcdefghijklmnopqrst/,
  /d-123-456789ab/,
  /DE309E26-942E/,
  /123456-12-12345678/,
  /12341234-1234/,
  /[*•]{2}81/,
  /dummy(@|%40)dummy/,
];

describe.skipIf(!hasRecordings)('recorded sign-ins (waits for shared/recordings where it is missing)', () => {
  test.each(['2fa_flow_valid_code', '2fa_flow_invalid_code', 'auth_non_2fa', 'failed_auth', 'successful_auth'])(
    'no secret of %s survives, even when the run knows none',
    (name) => {
      const exchanges = recording(name).map(captured);
      // the patterns find something: the recording itself is full of them
      expect(SECRETS.filter((secret) => secret.test(JSON.stringify(exchanges))).length).toBeGreaterThan(2);
      const text = JSON.stringify(exchanges.map((exchange) => entryOf(exchange)));
      expect(SECRETS.map((secret) => secret.exec(text)?.[0]).filter((found) => found !== undefined)).toEqual([]);
    },
  );

  test('what a report is for stays', () => {
    const entries = recording('2fa_flow_invalid_code').map((exchange) => entryOf(captured(exchange)));
    expect(entries.map(({ response }) => response.status)).toEqual([200, 200, 200, 200, 400]);
    expect(entries[3]?.response.content.text).toMatch(/"hsaVersion":2/);
    expect(entries[4]?.response.content.text).toMatch(/"-21669"|Incorrect verification code/);
  });

  test('a page of the library shows no name, place or link', () => {
    const entries = recording('listing_photos')
      .filter(({ request }) => request.url.includes('ckdatabasews'))
      .map((exchange) => entryOf(captured(exchange)));
    const text = JSON.stringify(entries);
    expect(text).toContain('CPLMaster');
    expect(text).not.toMatch(/icloud-content\.com|SU1HXzc0MDkuSlBH/);
  });
});
