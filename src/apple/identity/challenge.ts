import * as z from 'zod';
import { type AppleSession, refuseTransient, sendAuth } from '../apple-session.ts';
import { AppleError } from '../errors.ts';
import { parseJson } from './service-errors.ts';

/** A phone that codes can be sent to. */
export interface TrustedPhone {
  readonly id: number;
  /** Masked by Apple: `(***) ***-**81`. */
  readonly number: string;
  /** Sent back exactly when Apple gave it: a missing or extra one is answered 412 (peers). */
  readonly nonFTEU?: boolean;
}

/** What Apple will accept as the second factor, and what it no longer will. */
export interface SecondFactor {
  readonly phones: readonly TrustedPhone[];
  readonly hasTrustedDevices: boolean;
  readonly codeLength: number;
  /** Names of the enrolled security keys; not empty means that no code is accepted. */
  readonly securityKeys: readonly string[];
  readonly blocked: 'too-many-codes-sent' | 'too-many-wrong-codes' | 'codes-locked' | undefined;
}

const phone = z
  .object({ id: z.number(), obfuscatedNumber: z.string(), nonFTEU: z.boolean().optional() })
  .transform((entry): TrustedPhone => {
    // Apple masks with bullets; icloudpd printed asterisks, which every terminal can show
    const number = entry.obfuscatedNumber.replaceAll('•', '*');
    return { id: entry.id, number, ...(entry.nonFTEU === undefined ? {} : { nonFTEU: entry.nonFTEU }) };
  });
// one unreadable entry must not hide the others
const phones = z
  .array(phone.nullable().catch(null))
  .transform((entries) => entries.filter((entry) => entry !== null))
  .optional()
  .catch(undefined);
const flags = z
  .object({
    length: z.number().int().optional().catch(undefined),
    tooManyCodesSent: z.boolean().optional().catch(undefined),
    tooManyCodesValidated: z.boolean().optional().catch(undefined),
    securityCodeLocked: z.boolean().optional().catch(undefined),
    securityCodeCooldown: z.boolean().optional().catch(undefined),
  })
  .optional()
  .catch(undefined);
const verification = z
  .object({ trustedPhoneNumbers: phones, trustedPhoneNumber: phone.optional().catch(undefined), securityCode: flags })
  .optional()
  .catch(undefined);

const jsonSchema = z.object({
  trustedPhoneNumbers: phones,
  trustedPhoneNumber: phone.optional().catch(undefined),
  securityCode: flags,
  phoneNumberVerification: verification,
  noTrustedDevices: z.boolean().optional().catch(undefined),
  keyNames: z.array(z.string()).optional().catch(undefined),
  fsaChallenge: z.unknown().optional(),
});

const bootSchema = z.object({
  direct: z.object({
    hasTrustedDevices: z.boolean().optional().catch(undefined),
    twoSV: z.object({
      phoneNumberVerification: verification,
      bridgeInitiateData: z.object({ phoneNumberVerification: verification }).optional().catch(undefined),
    }),
  }),
});

type Verification = z.infer<typeof verification>;

function phonesOf(...sources: Verification[]): readonly TrustedPhone[] {
  for (const source of sources) {
    if (source?.trustedPhoneNumbers?.length) return source.trustedPhoneNumbers;
  }
  const single = sources.find((source) => source?.trustedPhoneNumber)?.trustedPhoneNumber;
  return single ? [single] : [];
}

function blockedBy(...sources: Verification[]): SecondFactor['blocked'] {
  for (const source of sources) {
    const code = source?.securityCode;
    if (code?.securityCodeLocked) return 'codes-locked';
    if (code?.tooManyCodesValidated) return 'too-many-wrong-codes';
    if (code?.tooManyCodesSent || code?.securityCodeCooldown) return 'too-many-codes-sent';
  }
  return undefined;
}

/** @returns the JSON inside the page's `boot_args` script, whatever the order of the tag's attributes. */
function bootArguments(html: string): unknown {
  for (const [, attributes = '', content = ''] of html.matchAll(/<script\b([^>]*)>([\s\S]*?)<\/script>/gi)) {
    const names = /\bclass\s*=\s*["']?([^"'>]*)/i.exec(attributes)?.[1] ?? '';
    if (names.split(/\s+/).includes('boot_args')) return parseJson(content);
  }
  return undefined;
}

/** Reads the JSON form of the challenge; undefined when it is something else. */
export function parseJsonChallenge(text: string): SecondFactor | undefined {
  const parsed = jsonSchema.safeParse(parseJson(text));
  if (!parsed.success) return undefined;
  const { data } = parsed;
  const sources: Verification[] = [data, data.phoneNumberVerification];
  const keys = data.keyNames ?? [];
  const wantsKey = data.fsaChallenge !== undefined && data.fsaChallenge !== null;
  return {
    phones: phonesOf(...sources),
    hasTrustedDevices: data.noTrustedDevices !== true,
    codeLength: data.securityCode?.length ?? 6,
    securityKeys: keys.length === 0 && wantsKey ? ['security key'] : keys,
    blocked: blockedBy(...sources),
  };
}

/** Reads the page form of the challenge, with the phone numbers in their place before or since 2026. */
export function parseHtmlChallenge(html: string): SecondFactor | undefined {
  const parsed = bootSchema.safeParse(bootArguments(html));
  if (!parsed.success) return undefined;
  const { direct } = parsed.data;
  const sources: Verification[] = [
    direct.twoSV.phoneNumberVerification,
    direct.twoSV.bridgeInitiateData?.phoneNumberVerification,
  ];
  return {
    phones: phonesOf(...sources),
    hasTrustedDevices: direct.hasTrustedDevices ?? true,
    codeLength: sources.find((source) => source?.securityCode)?.securityCode?.length ?? 6,
    securityKeys: [],
    blocked: blockedBy(...sources),
  };
}

/**
 * Asks what the second factor may be. The JSON form is the only one that tells of security keys; since 2026 the phone
 * numbers of some accounts are in the page form only, so that one is read when the first has none.
 *
 * Source: docs/protocol/sign-in.md, "The second factor".
 *
 * @throws AppleError `protocol-changed`, `throttled`, `session-expired`, `unreachable`
 */
export async function getSecondFactor(session: AppleSession): Promise<SecondFactor> {
  const ask = (accept: string) => sendAuth(session, { method: 'GET', path: '', origin: 'home', accept });
  const first = await ask('application/json');
  refuseTransient(session, first);
  if (first.status === 401 || first.status === 421) throw new AppleError('session-expired', { status: first.status });
  const json = parseJsonChallenge(first.text);
  if (json && (json.phones.length > 0 || json.securityKeys.length > 0)) return json;

  const second = await ask('text/html');
  refuseTransient(session, second);
  const html = parseHtmlChallenge(second.text);
  const found = html ?? json ?? parseHtmlChallenge(first.text);
  if (!found) throw new AppleError('protocol-changed', { status: second.status });
  return { ...found, blocked: found.blocked ?? json?.blocked };
}
