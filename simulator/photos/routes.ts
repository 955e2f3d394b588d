import { randomUUID } from 'node:crypto';
import { type Context, Hono } from 'hono';
import { parseCookies } from '../http/cookies.ts';
import { forwardedPartition } from '../http/hosts.ts';
import type { Account, PhotosAccess } from '../seams.ts';
import { changesDatabase, changesZone, zonesList } from './changes.ts';
import { CloudKitError, demand } from './cloudkit-error.ts';
import { contentRoutes } from './content-routes.ts';
import { Conversation, type PhotosDeps } from './conversation.ts';
import { DownloadLinks } from './download-link.ts';
import { recordsLookup } from './lookup.ts';
import { recordsModify } from './modify.ts';
import { queryBatch, recordsQuery } from './query.ts';

export type { PhotosDeps } from './conversation.ts';

const ENDPOINTS: Readonly<Record<string, (conversation: Conversation) => object>> = {
  'zones/list': zonesList,
  'changes/database': changesDatabase,
  'changes/zone': changesZone,
  'records/query': recordsQuery,
  'internal/records/query/batch': queryBatch,
  'records/lookup': recordsLookup,
  'records/modify': recordsModify,
};
const BASE = '/database/1/com.apple.photos.cloud/production';

/** iCloud Photos: the CloudKit database service, and the host that serves its files. */
export function photosRoutes(deps: PhotosDeps): Hono {
  const app = new Hono();
  const links = new DownloadLinks(deps.clock);
  app.post(`${BASE}/:scope{private|shared}/:endpoint{.+}`, async (c) => {
    const endpoint = ENDPOINTS[c.req.param('endpoint')];
    const account = signedIn(c, deps);
    // a request at the servers where the photos are not, or by a session opened before they moved (peers)
    if (account && (forwardedPartition(c) ?? account.partition) !== account.partition) return misdirected(c);
    // a 421 in these words is what a session without its cookies gets (peers)
    if (!account) return answer(c, 421, { reason: 'Missing X-APPLE-WEBAUTH-TOKEN cookie', error: 1 });
    const cookies = parseCookies(c.req.header('cookie'));
    const access = deps.sessions.accessOf(cookies);
    // in these words the drive answers, and by one report CloudKit too (peers)
    if (access === 'no-data-keys' && deps.switches.missingKeys === '423') {
      return answer(c, 423, { errorReason: 'Missing PCS cookies from the request', errorCode: 423 });
    }
    try {
      demand(endpoint !== undefined, `Unknown endpoint ${c.req.param('endpoint')}`);
      demandAccess(access);
      demandOwnDsid(c, account);
      const scope = c.req.param('scope') === 'shared' ? 'shared' : 'private';
      const conversation = new Conversation(c, deps, links, account, scope, await c.req.text());
      return answer(c, 200, endpoint(conversation), conversation.requestId);
    } catch (error) {
      if (!(error instanceof CloudKitError)) throw error;
      const uuid = randomUUID();
      return answer(c, error.status, { uuid, serverErrorCode: error.code, reason: error.message }, uuid);
    }
  });
  return app.route('/', contentRoutes(links));
}

function signedIn(c: Context, { sessions }: PhotosDeps): Account | undefined {
  const cookies = parseCookies(c.req.header('cookie'));
  return cookies.has('X-APPLE-WEBAUTH-TOKEN') ? sessions.accountOf(cookies) : undefined;
}

function misdirected(c: Context): Response {
  return answer(c, 421, { reason: 'Misdirected Request', error: 1 });
}

/** @throws CloudKitError for a session that may not reach the photos (peers) */
function demandAccess(access: PhotosAccess): void {
  if (access === 'no-auth-method') throw new CloudKitError('AUTHENTICATION_FAILED', 'no auth method found');
  if (access !== 'open') {
    throw new CloudKitError('ACCESS_DENIED', 'private db access disabled for this account');
  }
}

/** Some requests carry no parameters at all (recorded); those that name an account must name their own. */
function demandOwnDsid(c: Context, account: Account): void {
  const dsid = c.req.query('dsid');
  if (dsid !== undefined && dsid !== account.dsid) {
    throw new CloudKitError('AUTHENTICATION_FAILED', 'Authentication failed');
  }
}

function answer(c: Context, status: CloudKitError['status'], body: object, requestId: string = randomUUID()): Response {
  return c.json(body, status, {
    'Access-Control-Allow-Credentials': 'true',
    'Access-Control-Allow-Origin': 'https://www.icloud.com',
    'Apple-Originating-System': 'UnknownOriginatingSystem',
    'Content-Type': 'application/json; charset=UTF-8',
    'X-Apple-CloudKit-Version': '1.0',
    'X-Apple-Request-UUID': requestId,
  });
}
