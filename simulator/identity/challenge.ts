import type { Switches } from '../control/switches.ts';
import type { SimulatedAccount, TrustedPhone } from './account.ts';

type Form = Switches['challengeForm'];

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

/** @param locked whether too many wrong codes were entered */
export function securityCodeFlags(locked: boolean): Readonly<Record<string, unknown>> {
  return {
    length: 6,
    tooManyCodesSent: false,
    tooManyCodesValidated: locked,
    securityCodeLocked: locked,
    securityCodeCooldown: false,
  };
}

/**
 * The part that the challenge, its page and the answers about codes have in common.
 *
 * @param chosen the phone the answer is about; the first one by default
 */
export function phoneVerification(
  account: SimulatedAccount,
  locked: boolean,
  chosen: TrustedPhone | undefined = account.phones[0],
): Readonly<Record<string, unknown>> {
  const name = encodeURIComponent(account.appleId);
  const forgotten = `prs_account_nm=${name}&autoSubmitAccount=true&appId=142`;
  return {
    trustedPhoneNumbers: account.phones.map(phoneEntry),
    ...(chosen ? { trustedPhoneNumber: phoneEntry(chosen) } : {}),
    ...challengeDetails(locked),
    recoveryUrl: `https://iforgot.apple.com/phone/add?${forgotten}`,
    recoveryWebUrl: `https://iforgot.apple.com/password/verify/appleid?${forgotten}`,
    cantUsePhoneNumberUrl: `https://iforgot.apple.com/iforgot/phone/add?context=cantuse&${forgotten}`,
  };
}

function challengeDetails(locked: boolean): Readonly<Record<string, unknown>> {
  return {
    securityCode: securityCodeFlags(locked),
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

/** What `GET /appleauth/auth` answers a client that wants JSON. Only this form tells of security keys (peers). */
export function jsonChallenge(account: SimulatedAccount, locked: boolean, form: Form): unknown {
  const { securityKeys } = account;
  return {
    ...(form === 'html-2026' ? challengeDetails(locked) : phoneVerification(account, locked)),
    noTrustedDevices: !account.trustedDevices,
    ...(securityKeys
      ? {
          keyNames: securityKeys.names,
          requirePrf: false,
          passkeyAutofill: false,
          fsaChallenge: securityKeys.fsaChallenge,
        }
      : {}),
  };
}

/** What `GET /appleauth/auth` answers any other client: a page that carries its data in a script element. */
export function htmlChallenge(account: SimulatedAccount, locked: boolean, form: Form): string {
  const factors = ['robocall', 'sms', 'generatedcode'];
  const verification = phoneVerification(account, locked);
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
          phoneNumberVerification: form === 'json' ? challengeDetails(locked) : verification,
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
