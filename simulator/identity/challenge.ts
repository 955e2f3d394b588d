import type { Switches } from '../control/switches.ts';
import { randomToken } from '../http/random.ts';
import type { Clock } from '../seams.ts';
import type { SimulatedAccount, TrustedPhone } from './account.ts';

/** Why codes are neither sent nor looked at; see the switch `codeFlags`. */
export type CodeFlag = Switches['codeFlags'][number];

/** What a challenge depends on besides its account. */
export interface ChallengeState {
  readonly flags: readonly CodeFlag[];
  readonly form: Switches['challengeForm'];
}

/** The flags that are up for this account: those of the switch, and those of too many wrong codes. */
export function codeFlags(
  account: SimulatedAccount,
  { clock, switches }: { readonly clock: Clock; readonly switches: Switches },
): readonly CodeFlag[] {
  const locked = account.codesLocked(clock);
  return [...switches.codeFlags, ...(locked ? (['tooManyCodesValidated', 'securityCodeLocked'] as const) : [])];
}

/** A phone number as Apple masks it. */
export function phoneEntry({ id, lastTwoDigits, nonFTEU }: TrustedPhone): Readonly<Record<string, unknown>> {
  const obfuscatedNumber = `(•••) •••-••${lastTwoDigits}`;
  return {
    numberWithDialCode: `+1 ${obfuscatedNumber}`,
    pushMode: 'sms',
    obfuscatedNumber,
    lastTwoDigits,
    id,
    ...(nonFTEU === undefined ? {} : { nonFTEU }),
  };
}

/** The `securityCode` of an answer. @param flags those that are up */
export function securityCode(flags: readonly CodeFlag[] = []): Readonly<Record<string, unknown>> {
  return {
    length: 6,
    tooManyCodesSent: flags.includes('tooManyCodesSent'),
    tooManyCodesValidated: flags.includes('tooManyCodesValidated'),
    securityCodeLocked: flags.includes('securityCodeLocked'),
    securityCodeCooldown: flags.includes('securityCodeCooldown'),
  };
}

/**
 * The part that the challenge, its page and the answers about codes have in common.
 *
 * @param chosen the phone the answer is about; the first one by default
 */
export function phoneVerification(
  account: SimulatedAccount,
  flags: readonly CodeFlag[] = [],
  chosen: TrustedPhone | undefined = account.phones[0],
): Readonly<Record<string, unknown>> {
  const name = encodeURIComponent(account.appleId);
  const forgotten = `prs_account_nm=${name}&autoSubmitAccount=true&appId=142`;
  return {
    trustedPhoneNumbers: account.phones.map(phoneEntry),
    ...(chosen ? { trustedPhoneNumber: phoneEntry(chosen) } : {}),
    ...challengeDetails(flags),
    recoveryUrl: `https://iforgot.apple.com/phone/add?${forgotten}`,
    recoveryWebUrl: `https://iforgot.apple.com/password/verify/appleid?${forgotten}`,
    cantUsePhoneNumberUrl: `https://iforgot.apple.com/iforgot/phone/add?context=cantuse&${forgotten}`,
  };
}

function challengeDetails(flags: readonly CodeFlag[]): Readonly<Record<string, unknown>> {
  return {
    securityCode: securityCode(flags),
    authenticationType: 'hsa2',
    repairPhoneNumberUrl: 'https://gsa.apple.com/appleid/account/manage/repair/verify/phone',
    repairPhoneNumberWebUrl: 'https://appleid.apple.com/widget/account/repair?#!repair',
    aboutTwoFactorAuthenticationUrl: 'https://support.apple.com/kb/HT204921',
    autoVerified: false,
    showAutoVerificationUI: false,
    supportsCustodianRecovery: false,
    hideSendSMSCodeOption: false,
    supervisedChangePasswordFlow: false,
    supportsRecovery: true,
    hsa2Account: true,
    restrictedAccount: false,
    managedAccount: false,
  };
}

/** What an account with security keys is asked to sign, new each time; nothing for the others (peers). */
export function securityKeyChallenge({ securityKeys }: SimulatedAccount): Readonly<Record<string, unknown>> {
  if (securityKeys.length === 0) return {};
  const keyHandles = securityKeys.map((name) => Buffer.from(name).toString('base64'));
  return {
    keyNames: securityKeys,
    requirePrf: false,
    passkeyAutofill: false,
    fsaChallenge: {
      challenge: randomToken(32),
      keyHandles,
      rpId: 'apple.com',
      allowedCredentials: keyHandles.join(','),
    },
  };
}

/** What `GET /appleauth/auth` answers a client that wants JSON. Only this form tells of security keys (peers). */
export function jsonChallenge(account: SimulatedAccount, { flags, form }: ChallengeState): unknown {
  return {
    ...(form === 'html-2026' ? challengeDetails(flags) : phoneVerification(account, flags)),
    noTrustedDevices: !account.trustedDevices,
    ...securityKeyChallenge(account),
  };
}

/** The challenge of a two-step account, which the identity service cannot lead any further; its shape is not recorded. */
export function twoStepChallenge(): unknown {
  return { securityCode: securityCode(), authenticationType: 'hsa', hsa2Account: false };
}

/** What `GET /appleauth/auth` answers any other client: a page that carries its data in a script element. */
export function htmlChallenge(account: SimulatedAccount, { flags, form }: ChallengeState): string {
  const factors = ['robocall', 'sms', 'generatedcode'];
  const verification = phoneVerification(account, flags);
  const twoSV =
    form === 'html-2026'
      ? {
          supportedPushModes: ['voice', 'sms'],
          bridgeInitiateData: {
            apnsTopic: 'com.apple.idmsauthwidget',
            apnsEnvironment: 'prod',
            webSocketUrl: 'websocket.push.apple.com',
            phoneNumberVerification: verification,
          },
          authFactors: ['web_piggybacking', ...factors],
        }
      : {
          supportedPushModes: ['voice', 'sms'],
          phoneNumberVerification: form === 'json' ? challengeDetails(flags) : verification,
          authFactors: factors,
          source_returnurl: 'https://idmsa.apple.com/',
        };
  const bootArguments = {
    direct: {
      module: 'widget/auth/components/hsa2/hsa2',
      isReact: true,
      authUserType: 'hsa2',
      hasTrustedDevices: account.trustedDevices,
      twoSV: { ...twoSV, sourceAppId: 1159 },
      referrerQuery: '',
      urlContext: '/appleauth',
      tag: "<hsa2 class='auth-v1'></hsa2>",
      authType: 'hsa2',
      authInitialRoute: form === 'html-2026' ? 'auth/bridge/step' : 'auth/verify/phone',
      appleIDUrl: 'https://appleid.apple.com',
    },
    additional: { canRoute2sv: true },
  };
  // the data must not be able to end the script element; Apple escapes the same characters (recorded)
  const data = JSON.stringify(bootArguments).replace(/[<>&']/g, (character) => {
    return `\\u${character.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`;
  });
  return `<script type="application/json" class="boot_args">${data}</script>`;
}
