/** Apple's hosts and the constants of the icloud.com web client (docs/protocol/sign-in.md, "Hosts and constants"). */

export type Domain = 'com' | 'cn';

export interface Endpoints {
  /** Identity: password, second factor, trust. */
  readonly auth: string;
  /** The web client's own origin; also the OAuth redirect URI. */
  readonly home: string;
  /** Exchanges an identity token for the iCloud web session. */
  readonly setup: string;
}

/** China's identity host: the global one, which the setup service there names itself; else its own (peers, 2026). */
export type IdentityHost = 'global' | 'own';

const GLOBAL_AUTH = 'https://idmsa.apple.com/appleauth/auth';
const ENDPOINTS: Readonly<Record<Domain, Endpoints>> = {
  com: { auth: GLOBAL_AUTH, home: 'https://www.icloud.com', setup: 'https://setup.icloud.com/setup/ws/1' },
  cn: { auth: GLOBAL_AUTH, home: 'https://www.icloud.com.cn', setup: 'https://setup.icloud.com.cn/setup/ws/1' },
};

/** @returns the hosts of one of Apple's two iClouds. */
export function endpointsOf(domain: Domain, identity: IdentityHost = 'global'): Endpoints {
  const endpoints = ENDPOINTS[domain];
  if (domain === 'com' || identity === 'global') return endpoints;
  return { ...endpoints, auth: 'https://idmsa.apple.com.cn/appleauth/auth' };
}

/** OAuth client id of icloud.com, the same for everybody. */
export const WIDGET_KEY = 'd39ba9916b7251055b22c7f910e2ea796ee65e98b2ddecea8f5dde8d9d1a815d';

/** Apple refuses sign-ins whose User-Agent is not a browser's (recorded, peers). */
export const USER_AGENT =
  'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/138.0.0.0 Safari/537.36';

/** Version of the web client that the database service is told about. */
export const CLIENT_BUILD = { clientBuildNumber: '2522Project44', clientMasteringNumber: '2522B2' } as const;
