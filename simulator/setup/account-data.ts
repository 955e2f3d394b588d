import type { SimulatedAccount } from '../identity/account.ts';

export interface AccountDataState {
  /** Those that are not there are left out, as recorded. */
  readonly flags: {
    /** Both undefined for an account without a second factor. */
    readonly hsaChallengeRequired?: boolean;
    readonly hsaTrustedBrowser?: boolean;
    readonly isExtendedLogin: boolean;
    readonly termsUpdateNeeded?: true;
    readonly isUnderMaintenance?: true;
  };
  /** The number of the servers to name. */
  readonly partition: number;
  /** Turns one of Apple's host names into the base URL to hand out. */
  readonly urlOf: (appleHost: string) => string;
}

/** Web services on the account's partition: name in the answer, name in the host, whether data keys are needed. */
const PARTITIONED: readonly (readonly [name: string, host: string, pcsRequired?: true])[] = [
  ['reminders', 'remindersws'],
  ['ckdatabasews', 'ckdatabasews', true],
  ['photosupload', 'uploadphotosws', true],
  ['photos', 'photosws', true],
  ['drivews', 'drivews', true],
  ['uploadimagews', 'uploadimagews'],
  ['cksharews', 'ckshare'],
  ['findme', 'fmipweb'],
  ['iworkthumbnailws', 'iworkthumbnailws'],
  ['mccgateway', 'mccgateway'],
  ['calendar', 'calendarws'],
  ['docws', 'docws', true],
  ['settings', 'settingsws'],
  ['premiummailsettings', 'maildomainws'],
  ['ubiquity', 'ubiquityws'],
  ['keyvalue', 'keyvalueservice'],
  ['archivews', 'archivews'],
  ['push', 'pushws'],
  ['iwmb', 'iwmb'],
  ['iworkexportws', 'iworkexportws'],
  ['geows', 'geows'],
  ['account', 'setup'],
  ['contacts', 'contactsws'],
];
/** What some of them say besides. */
const DETAILS: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  account: { iCloudEnv: { shortId: 'p', vipSuffix: 'prod' } },
  calendar: { isMakoAccount: false },
};
const ONE_FACTOR = { canLaunchWithOneFactor: true };
const BETA = { isQualifiedForBeta: true };
const APPS: Readonly<Record<string, Readonly<Record<string, boolean>>>> = {
  mail: {},
  contacts: {},
  calendar: {},
  photos: {},
  iclouddrive: {},
  notes3: {},
  reminders: {},
  pages: BETA,
  numbers: BETA,
  keynote: BETA,
  newspublisher: { isHidden: true },
  find: ONE_FACTOR,
  settings: ONE_FACTOR,
};

function webservices({ urlOf, partition }: AccountDataState): Readonly<Record<string, unknown>> {
  const services: Record<string, Readonly<Record<string, unknown>>> = {};
  for (const [name, host, pcsRequired] of PARTITIONED) {
    const url = urlOf(`p${partition}-${host}.icloud.com:443`);
    services[name] = { ...(pcsRequired ? { pcsRequired } : {}), ...DETAILS[name], url, status: 'active' };
  }
  return {
    ...services,
    photos: { ...services.photos, uploadUrl: services.photosupload?.url },
    schoolwork: {},
    ckdeviceservice: { url: urlOf(`p${partition}-ckdevice.icloud.com:443`) },
    sharedlibrary: { url: urlOf('sharedlibrary.icloud.com:443'), status: 'active' },
    developerapi: { url: urlOf('developer-api.icloud.com:443'), status: 'active' },
    mpp: { url: 'https://relay.icloud-mpp.com', status: 'active' },
  };
}

function dsInfo(account: SimulatedAccount): Readonly<Record<string, unknown>> {
  const { appleId, dsid, hsaVersion } = account;
  const [first = '', last = ''] = (appleId.split('@')[0] ?? '').split('.');
  const capital = (name: string) => name.slice(0, 1).toUpperCase() + name.slice(1);
  return {
    dsid,
    appleId,
    primaryEmail: appleId,
    primaryEmailVerified: true,
    appleIdEntries: [{ isPrimary: true, type: 'EMAIL', value: appleId }],
    appleIdAlias: '',
    appleIdAliases: [],
    iCloudAppleIdAlias: '',
    firstName: capital(first),
    lastName: capital(last),
    fullName: `${capital(first)} ${capital(last)}`.trim(),
    aDsID: `000000-05-00000000-0000-0000-0000-0${dsid}`,
    notificationId: `00000000-0000-0000-0000-0${dsid}`,
    locale: 'en-us_US',
    languageCode: 'en-us',
    countryCode: account.country,
    ...(hsaVersion === 0 ? {} : { hsaVersion, hsaEnabled: true }),
    hasICloudQualifyingDevice: account.trustedDevices,
    isWebAccessAllowed: account.isWebAccessAllowed,
    locked: account.locked,
    statusCode: 2,
    isManagedAppleID: account.isManagedAppleID,
    ICDRSCapableDeviceCount: 0,
    ICDRSCapableDeviceList: '',
    ContinueOnDeviceEligibleDeviceInfo: [],
    iCDPEnabled: false,
    pcsDeleted: false,
    tantorMigrated: false,
    ironcadeMigrated: true,
    notesMigrated: true,
    brMigrated: true,
    brZoneConsolidated: false,
    ubiquityEOLEnabled: true,
    'gilligan-invited': true,
    'gilligan-enabled': true,
    isCustomDomainsFeatureAvailable: true,
    isHideMyEmailFeatureAvailable: true,
    isPaidDeveloper: false,
    analyticsOptInStatus: false,
    hasPaymentInfo: true,
    familyEligible: true,
    beneficiaryInfo: { isBeneficiary: false },
    mailFlags: {
      isThreadingAvailable: false,
      isSearchV2Provisioned: false,
      rawBits: Array.from({ length: 64 }, () => 0),
      isCKMail: false,
      isMppSupportedInCurrentCountry: true,
    },
  };
}

/** `configBag`: where a browser would go next. It is part of refusals too. */
export function configBag(urlOf: AccountDataState['urlOf']): Readonly<Record<string, unknown>> {
  const setup = `${urlOf('setup.icloud.com')}/setup/ws/1`;
  const identity = `${urlOf('idmsa.apple.com')}/appleauth/auth`;
  return {
    urls: {
      accountCreateUI: 'https://appleid.apple.com/widget/account/?widgetKey=#!create',
      accountLoginUI: `${identity}/signin?widgetKey=`,
      accountLogin: `${setup}/accountLogin`,
      accountRepairUI: 'https://appleid.apple.com/widget/account/?widgetKey=#!repair',
      downloadICloudTerms: `${setup}/downloadLiteTerms`,
      repairDone: `${setup}/repairDone`,
      accountAuthorizeUI: `${identity}/authorize/signin?client_id=`,
      vettingUrlForEmail: 'https://id.apple.com/IDMSEmailVetting/vetShareEmail',
      accountCreate: `${setup}/createLiteAccount`,
      getICloudTerms: `${setup}/getTerms`,
      vettingUrlForPhone: 'https://id.apple.com/IDMSEmailVetting/vetSharePhone',
    },
    accountCreateEnabled: true,
  };
}

export const REQUEST_INFO = { country: 'US', timeZone: 'EST', region: 'NC' };

/** The body of a successful `validate` or `accountLogin`: the shape is recorded. */
export function accountData(account: SimulatedAccount, state: AccountDataState): Readonly<Record<string, unknown>> {
  return {
    dsInfo: dsInfo(account),
    ...state.flags,
    hasMinimumDeviceForPhotosWeb: true,
    iCDPEnabled: false,
    pcsEnabled: true,
    pcsServiceIdentitiesIncluded: false,
    pcsDeleted: false,
    webservices: webservices(state),
    configBag: configBag(state.urlOf),
    appsOrder: Object.keys(APPS),
    apps: APPS,
    version: 2,
    requestInfo: REQUEST_INFO,
    iCloudInfo: { SafariBookmarksHasMigratedToCloudKit: false },
  };
}
