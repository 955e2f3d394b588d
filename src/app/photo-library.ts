import { databaseUrlOf } from '../apple/account/web-session.ts';
import { PhotoDatabase } from '../apple/cloudkit/database.ts';
import { type PhotoLibrary, primaryLibrary } from '../apple/photos/library.ts';
import { renewWebSession } from '../signin/sign-in.ts';
import type { OpenAccount } from './account-session.ts';

/** The account's own library; its web session is renewed without a person when it ends meanwhile. */
export function openLibrary({ session, signedIn, save, webSession }: OpenAccount): PhotoLibrary {
  const access = { dsid: signedIn.account.dsid, databaseUrl: databaseUrlOf(signedIn.account) };
  const database = new PhotoDatabase(session, access, async () => {
    const account = await renewWebSession(session, { ...webSession, save });
    return { dsid: account.dsid, databaseUrl: databaseUrlOf(account) };
  });
  return primaryLibrary(database);
}
