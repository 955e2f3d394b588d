/** `icloud --help`. */
export const HELP = `usage: icloud --username USERNAME [options]
       icloud COMMAND --username USERNAME [options]

Without a command: signs in and keeps the password in the keyring, so that icloudpd does not ask for it.

commands
  login        sign in with whatever is needed, and store the session; the password is asked for only if it must be
  logout       end the session (--forget: the trust too, and delete the stored session; --all: all browsers' sessions)
  status       signed in or not, trusted until when, which keyring, what Apple says of the account
  doctor       look for what keeps the photos from being downloaded, and tell where to change it
  code         answer a run that waits: icloud code --username USERNAME 123456
               (--send: have a code shown on the devices; --sms a, --call a: sent to number a; --status: what it waits for,
               and the letters of the numbers)
  import       take over a session of icloudpd or pyicloud: --from DIRECTORY (--replace: over one that is there)
  test-notify  send a test in every way given by --smtp-..., --notification-... and --notify, as icloudpd takes them

options
  --username USERNAME           the Apple ID
  --password PASSWORD           its password; asked for when it is not given
                                (other users of this machine can see it in the process list)
  -n, --non-interactive         never ask
  --delete-from-keyring         remove the stored password, and do nothing else
  --cookie-directory DIRECTORY  where the session is kept (default: ~/.pyicloud, as icloudpd)
  --domain {com,cn}             which iCloud: cn for mainland China (default: com; Apple's own answer wins)
  --accept-terms                accept new iCloud Terms and Conditions unread, when they keep the account out
  --now                         do not wait for the end of a cool-down
  --version                     show the version
  -h, --help                    show this help
`;
