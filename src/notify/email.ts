import type { SMTPTransportOptions } from 'nodemailer';
import type { Clock } from '../apple/clock.ts';
import { Redactor, type Secret } from '../apple/secret.ts';
import { mailText } from './mail-text.ts';
import { oneLine } from './notice.ts';
import { type Notifier, USUAL_LIMIT_MS } from './notifier.ts';

/** The options of mail, as they were given. */
export interface EmailSettings {
  /** `--smtp-host` */
  readonly host: string;
  /** `--smtp-port` */
  readonly port: number;
  /** `--smtp-username` */
  readonly username: string | undefined;
  /** `--smtp-password` */
  readonly password: Secret | undefined;
  /** `--smtp-no-tls` */
  readonly noTls: boolean;
  /** `--notification-email` */
  readonly to: string | undefined;
  /** `--notification-email-from` */
  readonly from: string | undefined;
}

interface EmailContext {
  readonly clock: Clock;
  /** Authorities trusted instead of the usual ones, as PEM. Left out: Node's own and `NODE_EXTRA_CA_CERTS`. */
  readonly ca?: string;
  /** Left out: what the settings say. */
  readonly protection?: Protection;
}

/** How the conversation with the mail server is kept from others. */
type Protection =
  /** TLS from the first byte. */
  | 'implicit-tls'
  /** TLS after STARTTLS, and nothing without it. */
  | 'starttls'
  /** Not at all: only on demand. */
  | 'none';

/** @returns how a mail server is spoken to: port 465 is TLS from the first byte (RFC 8314), any other begins in clear text */
export function protectionOf({ port, noTls }: Pick<EmailSettings, 'port' | 'noTls'>): Protection {
  if (noTls) return 'none';
  return port === 465 ? 'implicit-tls' : 'starttls';
}

/** @returns sender and recipient by icloudpd's rules; undefined when nobody is to be mailed */
export function addressesOf(
  settings: Pick<EmailSettings, 'username' | 'to' | 'from'>,
): { readonly from: string; readonly to: string } | undefined {
  const { username } = settings;
  const to = settings.to ?? username;
  if (to === undefined) return undefined;
  const from = settings.from ?? (username === undefined ? to : `iCloud Photos Downloader <${username}>`);
  return { from: oneLine(from), to: oneLine(to) };
}

function protectionOptions(protection: Protection): SMTPTransportOptions {
  switch (protection) {
    case 'implicit-tls':
      return { secure: true };
    case 'starttls':
      return { secure: false, requireTLS: true };
    case 'none':
      return { secure: false, ignoreTLS: true };
  }
}

/** @returns what went wrong and, where it can be told, what to do */
function reasonOf(error: unknown, server: string): string {
  const message = error instanceof Error ? error.message : String(error);
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  // with an answer of the server's it refused STARTTLS; without one TLS itself failed
  const refused = code === 'ETLS' && error instanceof Error && 'responseCode' in error && error.responseCode;
  if (refused)
    return `${server} offers no encryption (STARTTLS), and nothing was sent. Use its port 465, or --smtp-no-tls to send without encryption.`;
  return `${server}: ${message}`;
}

/** Mail through an SMTP server. @returns undefined when the settings name nobody to be mailed */
export function createEmailNotifier(settings: EmailSettings, context: EmailContext): Notifier | undefined {
  const addresses = addressesOf(settings);
  if (!addresses) return undefined;
  const { host, port, username, password } = settings;
  const { clock, ca, protection = protectionOf(settings) } = context;
  const redactor = new Redactor();
  redactor.add(password?.reveal());
  return {
    name: 'email',
    limitMs: USUAL_LIMIT_MS,
    notify: async (notice, signal) => {
      // loaded when there is something to send: few runs have
      const { createTransport } = await import('nodemailer');
      const transport = createTransport({
        host,
        port,
        ...protectionOptions(protection),
        ...(ca === undefined ? {} : { tls: { ca } }),
        ...(username && password ? { auth: { user: username, pass: password.reveal() } } : {}),
        disableFileAccess: true,
        disableUrlAccess: true,
      });
      const { title, text } = mailText(notice);
      try {
        await transport.sendMail({ ...addresses, subject: title, text, date: new Date(clock.now()), signal });
      } catch (error) {
        if (signal.aborted) throw signal.reason;
        throw new Error(redactor.redact(oneLine(reasonOf(error, `${host}:${port}`))));
      }
    },
  };
}
