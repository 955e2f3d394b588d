import type { Redactor } from '../secret.ts';

/** One exchange as it was seen, before anything is taken out. */
export interface CapturedExchange {
  readonly startedAt: number;
  readonly endedAt: number;
  readonly method: string;
  readonly url: URL;
  readonly requestHeaders: Readonly<Record<string, string>>;
  readonly requestBody: string | undefined;
  readonly status: number;
  readonly responseHeaders: Readonly<Record<string, string | string[] | undefined>>;
  readonly responseBody: string;
}

/** Collects exchanges for a bug report. Downloads are not among them. */
export interface TrafficCapture {
  add(exchange: CapturedExchange): void;
}

/** Headers whose values are secrets, identities or both; their names stay, so that one sees that they were there. */
const SECRET_HEADER =
  /^(cookie|set-cookie|authorization|scnt|x-apple-(?!i-rscd|i-ercd|twosv-trust-eligible|id-account-country|edp|oauth-(client|redirect|require|response)|widget-key|i-fd).*)$/i;
/** Values in bodies and queries that are secrets, or say who somebody is. */
const SECRET_KEY =
  /^(a|b|c|m1|m2|salt|code|accountName|password|dsWebAuthToken|trustTokens?|dsid|aDsID|clientId|appleId(Alias(es)?|Entries)?|primaryEmail.*|fullName|firstName|lastName|notificationId|phoneNumber|areaCode|number.*|obfuscatedNumber|lastTwoDigits|pushToken|challenge|keyHandles|allowedCredentials|keyNames|(device|display|model|nick|given|family|middle)Name|ownerRecordName|userRecordName|deviceID|filenameEnc|locationEnc|captionEnc|extendedDescEnc|albumNameEnc|downloadURL|wrappingKey|referenceChecksum|verificationCode|frame_id|iframeid|state|trustedUser.*|beneficiary.*|custodian.*|syncToken|continuationMarker)$/i;
/** Wherever Apple puts one, an e-mail address says who somebody is; in an address of the web its `@` is encoded. */
const EMAIL = /[\w.+~-]+(?:@|%40)[\w-]+(?:\.[\w-]+)+/gi;
const HIDDEN = '***';

function scrub(value: unknown, key: string): unknown {
  if (SECRET_KEY.test(key) && value !== null && typeof value !== 'boolean') return HIDDEN;
  if (Array.isArray(value)) return value.map((item) => scrub(item, ''));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, scrub(inner, name)]));
}

function scrubBody(text: string): string {
  try {
    return JSON.stringify(scrub(JSON.parse(text), ''));
  } catch {
    // pages hold identities in too many places; their length is what a report needs
    return text.length < 200 && !/[<{]/.test(text) ? text : `(${text.length} characters left out)`;
  }
}

function scrubUrl(url: URL): string {
  const copy = new URL(url);
  for (const name of [...copy.searchParams.keys()]) if (SECRET_KEY.test(name)) copy.searchParams.set(name, HIDDEN);
  return copy.href;
}

/** Where an answer leads, perhaps without a host. What it hands over there has names of Apple's choice: all is hidden. */
function scrubLocation(text: string): string {
  const [, place = '', query = ''] = /^([^?#]*)\??([^#]*)/.exec(text) ?? [];
  const pairs = query.split('&').map((pair) => (pair.includes('=') ? pair.replace(/=.*/, `=${HIDDEN}`) : HIDDEN));
  const bare = place.replace(/\/\/[^/]*@/, `//${HIDDEN}@`);
  return query === '' ? bare : `${bare}?${pairs.join('&')}`;
}

function headerValue(name: string, value: string): string {
  if (SECRET_HEADER.test(name)) return HIDDEN;
  return /^(content-)?location$/i.test(name) ? scrubLocation(value) : value;
}

function headerList(headers: Readonly<Record<string, string | string[] | undefined>>) {
  return Object.entries(headers).flatMap(([name, value]) =>
    [value ?? []].flat().map((one) => ({ name, value: headerValue(name, one) })),
  );
}

/** @returns one entry of a HAR 1.2 log, with every secret and identity taken out and the rest as it was */
export function harEntry(exchange: CapturedExchange, redactor: Redactor): unknown {
  const clean = (text: string): string => redactor.redact(text).replaceAll(EMAIL, HIDDEN);
  const requestBody = exchange.requestBody === undefined ? undefined : clean(scrubBody(exchange.requestBody));
  const responseBody = clean(scrubBody(exchange.responseBody));
  const time = exchange.endedAt - exchange.startedAt;
  const entry = {
    startedDateTime: new Date(exchange.startedAt).toISOString(),
    time,
    request: {
      method: exchange.method,
      url: scrubUrl(exchange.url),
      httpVersion: 'HTTP/1.1',
      headers: headerList(exchange.requestHeaders),
      queryString: [],
      cookies: [],
      headersSize: -1,
      bodySize: -1,
      ...(requestBody === undefined ? {} : { postData: { mimeType: 'application/json', text: requestBody } }),
    },
    response: {
      status: exchange.status,
      statusText: '',
      httpVersion: 'HTTP/1.1',
      headers: headerList(exchange.responseHeaders),
      cookies: [],
      content: { size: exchange.responseBody.length, mimeType: 'application/json', text: responseBody },
      redirectURL: '',
      headersSize: -1,
      bodySize: -1,
    },
    cache: {},
    timings: { send: 0, wait: time, receive: 0 },
  };
  return JSON.parse(clean(JSON.stringify(entry)));
}
