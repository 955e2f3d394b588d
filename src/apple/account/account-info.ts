import * as z from 'zod';
import { AppleError } from '../errors.ts';

/** What `validate` and `accountLogin` answer, reduced to what is used here. */
export interface AccountInfo {
  readonly dsid: string;
  /** 0: password only, 1: two-step, 2: two-factor. */
  readonly hsaVersion: number;
  /** The second factor is still owed. */
  readonly untrusted: boolean;
  /** Base address of the photo database; the partition in it may change from one sign-in to the next. */
  readonly databaseUrl: string | undefined;
}

/** `terms-pending`, with what accepting them needs. */
export class TermsPendingError extends AppleError {
  readonly dsid: string;
  readonly languageCode: string;

  constructor(dsid: string, languageCode = 'en_US') {
    super('terms-pending');
    this.dsid = dsid;
    this.languageCode = languageCode;
  }
}

const flag = z.boolean().optional().catch(undefined);
const schema = z.object({
  dsInfo: z
    .object({
      dsid: z.union([z.string(), z.number()]).transform(String),
      hsaVersion: z.number().optional().catch(undefined),
      isWebAccessAllowed: flag,
      isManagedAppleID: flag,
      locked: flag,
      languageCode: z.string().optional().catch(undefined),
    })
    .optional(),
  hsaChallengeRequired: flag,
  hsaTrustedBrowser: flag,
  termsUpdateNeeded: flag,
  isUnderMaintenance: flag,
  domainToUse: z.string().optional().catch(undefined),
  webservices: z
    .object({ ckdatabasews: z.object({ url: z.string() }).optional().catch(undefined) })
    .optional()
    .catch(undefined),
});

/**
 * HTTP 200 is not a sign-in: the body may say that something else has to be done first.
 *
 * Source: docs/protocol/sign-in.md, "The account answer".
 *
 * @returns undefined when the body describes no account
 * @throws AppleError `wrong-region`, `terms-pending`, `web-access-off`, `managed-account`, `account-locked`, `maintenance`
 */
export function parseAccountInfo(body: unknown): AccountInfo | undefined {
  const parsed = schema.safeParse(body);
  if (!parsed.success) return undefined;
  const { dsInfo, domainToUse, termsUpdateNeeded, hsaChallengeRequired, hsaTrustedBrowser, webservices } = parsed.data;
  if (parsed.data.isUnderMaintenance === true) throw new AppleError('maintenance');
  if (!dsInfo) {
    if (domainToUse !== undefined) throw new AppleError('wrong-region', { reason: domainToUse });
    return undefined;
  }
  if (dsInfo.locked === true) throw new AppleError('account-locked');
  if (termsUpdateNeeded === true) throw new TermsPendingError(dsInfo.dsid, dsInfo.languageCode);
  if (dsInfo.isWebAccessAllowed === false) {
    throw new AppleError(dsInfo.isManagedAppleID === true ? 'managed-account' : 'web-access-off');
  }
  const hsaVersion = dsInfo.hsaVersion ?? 0;
  return {
    dsid: dsInfo.dsid,
    hsaVersion,
    untrusted: hsaVersion > 0 && (hsaChallengeRequired === true || hsaTrustedBrowser !== true),
    databaseUrl: webservices?.ckdatabasews?.url,
  };
}
