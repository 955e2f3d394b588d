import { once } from 'node:events';
import net, { type AddressInfo } from 'node:net';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import { afterEach, describe, expect, test } from 'vitest';
import { selfSigned } from '../../test/support/certificate.ts';
import { silentServer } from '../../test/support/silent-server.ts';
import type { Clock } from '../apple/clock.ts';
import { Secret } from '../apple/secret.ts';
import { addressesOf, createEmailNotifier, type EmailSettings, protectionOf } from './email.ts';
import type { Notice } from './notice.ts';
import { notifyAll } from './notifier.ts';

const NOW = Date.UTC(2026, 10, 24, 9, 5, 7);
const clock: Clock = { now: () => NOW, sleep: () => new Promise(() => undefined) };
const certificate = selfSigned(['DNS:localhost', 'IP:127.0.0.1']);
const PASSWORD = 'app password, p"ä%';
const NOTICE: Notice = { kind: 'code-needed', username: 'jane@example.com', howToAnswer: ['https://nas.local/'] };

const cleanups: (() => void)[] = [];

afterEach(() => {
  for (const cleanup of cleanups.splice(0)) cleanup();
});

interface Received {
  readonly encrypted: boolean;
  readonly login: string | undefined;
  readonly from: string;
  readonly to: readonly string[];
  /** The whole message. */
  readonly raw: string;
}

interface MailServer {
  readonly port: number;
  readonly mails: readonly Received[];
  /** Passwords that came over the wire. */
  readonly passwords: readonly string[];
}

/** A mail server on loopback that lets in whoever has the password. */
async function mailServer(options: SMTPServerOptions = {}): Promise<MailServer> {
  const mails: Received[] = [];
  const passwords: string[] = [];
  const server = new SMTPServer({
    ...certificate,
    logger: false,
    authOptional: true,
    disableReverseLookup: true,
    onAuth: (auth, _session, callback) => {
      passwords.push(String(auth.password));
      if (auth.password === PASSWORD) callback(null, { user: auth.username });
      else callback(Object.assign(new Error(`no, not ${auth.password}`), { responseCode: 535 }));
    },
    onData: (stream, session, callback) => {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        mails.push({
          encrypted: session.secure,
          login: session.user === undefined ? undefined : String(session.user),
          from: session.envelope.mailFrom === false ? '' : session.envelope.mailFrom.address,
          to: session.envelope.rcptTo.map(({ address }) => address),
          raw: Buffer.concat(chunks).toString('utf8'),
        });
        callback();
      });
    },
    ...options,
  });
  // a client that leaves in the middle of a handshake
  server.on('error', () => undefined);
  const listening = server.listen(0, '127.0.0.1');
  await once(listening, 'listening');
  cleanups.push(() => server.close());
  return { port: (listening.address() as AddressInfo).port, mails, passwords };
}

function settings(port: number, more: Partial<EmailSettings> = {}): EmailSettings {
  return {
    host: 'localhost',
    port,
    username: 'me@example.com',
    password: new Secret(PASSWORD),
    noTls: false,
    to: undefined,
    from: undefined,
    ...more,
  };
}

async function send(given: EmailSettings, notice: Notice = NOTICE, ca: string = certificate.cert): Promise<void> {
  await createEmailNotifier(given, { clock, ca })?.notify(notice, new AbortController().signal);
}

function only(server: MailServer): Received {
  const [mail] = server.mails;
  if (!mail || server.mails.length !== 1) throw new Error(`${server.mails.length} mails`);
  return mail;
}

function headers({ raw }: Received): string {
  return raw.slice(0, raw.indexOf('\r\n\r\n')).replaceAll(/\r\n[ \t]+/g, ' ');
}

/** The text of a mail in quoted-printable or base64. */
function body(mail: Received): string {
  const encoded = mail.raw.slice(mail.raw.indexOf('\r\n\r\n') + 4);
  if (/^Content-Transfer-Encoding: base64$/im.test(headers(mail)))
    return Buffer.from(encoded, 'base64').toString('utf8').replaceAll('\r\n', '\n');
  const bytes = encoded
    .replaceAll('=\r\n', '')
    .replaceAll(/=([0-9A-F]{2})/g, (_match, hex) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(bytes, 'latin1').toString('utf8').replaceAll('\r\n', '\n');
}

describe('a mail', () => {
  test('goes encrypted, after the login, from and to the account of mail, with icloudpd’s words first', async () => {
    const server = await mailServer();
    await send(settings(server.port));
    const mail = only(server);
    expect(mail).toMatchObject({
      encrypted: true,
      login: 'me@example.com',
      from: 'me@example.com',
      to: ['me@example.com'],
    });
    const lines = headers(mail).split('\r\n');
    expect(lines).toContain('From: iCloud Photos Downloader <me@example.com>');
    expect(lines).toContain('To: me@example.com');
    expect(lines).toContain('Subject: icloud_photos_downloader: Two step authentication has expired');
    expect(body(mail)).toMatch(
      /^Hello,\n\njane@example\.com's two-step authentication has expired for the icloud_photos_downloader script\.\nPlease log in to your server and run the script manually to update two-step authentication\.\n\n/,
    );
    expect(body(mail)).toContain('What to do:\nhttps://nas.local/');
  });

  test('has the date of RFC 5322, an identifier, MIME and UTF-8', async () => {
    const server = await mailServer();
    await send(settings(server.port));
    const lines = headers(only(server)).split('\r\n');
    expect(lines).toContain('Date: Tue, 24 Nov 2026 09:05:07 +0000');
    expect(lines).toContain('MIME-Version: 1.0');
    expect(lines).toContain('Content-Type: text/plain; charset=utf-8');
    expect(lines.filter((line) => /^Message-ID: <[^<>@\s]+@example\.com>$/i.test(line))).toHaveLength(1);
  });

  test('other notices have their own subject', async () => {
    const server = await mailServer();
    await send(settings(server.port), { kind: 'test', username: 'jane' });
    expect(headers(only(server))).toContain('Subject: iCloud Photos: test');
    expect(body(only(server))).toMatch(/^This is a test\./);
  });

  test('names of every script arrive as they are', async () => {
    const server = await mailServer();
    const username = 'jörg-山田@exämple.com';
    await send(settings(server.port, { from: 'Jörg 山田 <me@example.com>' }), { kind: 'signed-in-again', username });
    const subject = /^Subject: (.*)$/m.exec(headers(only(server)))?.[1] ?? '';
    const decoded = subject.replaceAll(/=\?UTF-8\?([QB])\?([^?]*)\?=\s?/g, (_match, encoding, text) =>
      encoding === 'B'
        ? Buffer.from(text, 'base64').toString('latin1')
        : text
            .replaceAll('_', ' ')
            .replaceAll(/=([0-9A-F]{2})/g, (_hex: string, hex: string) =>
              String.fromCharCode(Number.parseInt(hex, 16)),
            ),
    );
    expect(Buffer.from(decoded, 'latin1').toString('utf8')).toContain(username);
    expect(body(only(server))).toContain(username);
  });

  test('a name cannot add a header or a recipient', async () => {
    const server = await mailServer();
    const evil = 'x@example.com\r\nBcc: evil@example.com\r\nX-Evil: 1\r\n\r\nforged';
    await send(settings(server.port, { from: `A\r\nX-Evil: 2 <a@example.com>` }), {
      kind: 'signed-in-again',
      username: evil,
    });
    const mail = only(server);
    expect(mail.to).toEqual(['me@example.com']);
    expect(headers(mail)).not.toMatch(/^(Bcc|X-Evil)/im);
    expect(body(mail)).not.toMatch(/^(Bcc|X-Evil|forged)/im);
  });
});

describe('encryption', () => {
  test('port 465 is TLS from the first byte, other ports begin in clear text, and nothing is left to chance', () => {
    expect(protectionOf({ port: 465, noTls: false })).toBe('implicit-tls');
    expect(protectionOf({ port: 587, noTls: false })).toBe('starttls');
    expect(protectionOf({ port: 25, noTls: false })).toBe('starttls');
    expect(protectionOf({ port: 587, noTls: true })).toBe('none');
  });

  test('TLS from the first byte', async () => {
    const server = await mailServer({ secure: true, needsUpgrade: false });
    const context = { clock, ca: certificate.cert, protection: 'implicit-tls' } as const;
    await createEmailNotifier(settings(server.port), context)?.notify(NOTICE, new AbortController().signal);
    expect(only(server)).toMatchObject({ encrypted: true, login: 'me@example.com' });
  });

  test('a server without STARTTLS gets neither password nor mail', async () => {
    const server = await mailServer({ hideSTARTTLS: true, disabledCommands: ['STARTTLS'], allowInsecureAuth: true });
    await expect(send(settings(server.port))).rejects.toThrow(/offers no encryption .* --smtp-no-tls/);
    expect(server.mails).toEqual([]);
    expect(server.passwords).toEqual([]);
  });

  test('--smtp-no-tls sends without encryption, and without a login when there is no user', async () => {
    const server = await mailServer();
    const given = { noTls: true, username: undefined, password: undefined, to: 'you@example.com' };
    await send(settings(server.port, given));
    expect(only(server)).toMatchObject({ encrypted: false, login: undefined, from: 'you@example.com' });
    expect(headers(only(server))).toContain('From: you@example.com');
  });

  test('a certificate nobody vouches for is refused before the password', async () => {
    const server = await mailServer();
    const stranger = selfSigned(['DNS:localhost']).cert;
    await expect(send(settings(server.port), NOTICE, stranger)).rejects.toThrow(/certificate/);
    expect(server.passwords).toEqual([]);
  });

  test('a certificate of another host is refused', async () => {
    const other = selfSigned(['DNS:mail.example.com']);
    const server = await mailServer(other);
    await expect(send(settings(server.port), NOTICE, other.cert)).rejects.toThrow(/altnames|Hostname/);
    expect(server.passwords).toEqual([]);
  });
});

describe('a mail that does not get through', () => {
  test('a refused login says so, without the password', async () => {
    const server = await mailServer();
    const wrong = settings(server.port, { password: new Secret('hunter2-wrong') });
    const refusal = await send(wrong).catch((error: unknown) => String(error));
    expect(refusal).toContain(`localhost:${server.port}: Invalid login: 535`);
    expect(refusal).toContain('***');
    expect(refusal).not.toContain('hunter2-wrong');
    expect(server.mails).toEqual([]);
  });

  test('a server that never answers is given up when the time is over, and the line is closed', async () => {
    await using silent = await silentServer();
    const lines: string[] = [];
    const log = { debug: () => undefined, info: () => undefined, error: (line: string) => void lines.push(line) };
    const email = createEmailNotifier(settings(silent.port), { clock, ca: certificate.cert });
    if (!email) throw new Error('nobody to mail');
    await notifyAll([email], NOTICE, { log, clock: { now: clock.now, sleep: () => silent.connected } });
    expect(lines).toEqual(['Notification of the required MFA failed: email: it took longer than 30 seconds']);
    await silent.closed;
  });

  test('a refused connection is named with its address', async () => {
    const server = net.createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    server.close();
    await once(server, 'close');
    await expect(send(settings(port))).rejects.toThrow(new RegExp(`^localhost:${port}: .*ECONNREFUSED`));
  });
});

describe('who mails whom', () => {
  test.each([
    [{ username: 'u@x.de', to: undefined, from: undefined }, 'iCloud Photos Downloader <u@x.de>', 'u@x.de'],
    [{ username: 'u@x.de', to: 't@x.de', from: undefined }, 'iCloud Photos Downloader <u@x.de>', 't@x.de'],
    [{ username: 'u@x.de', to: 't@x.de', from: 'F <f@x.de>' }, 'F <f@x.de>', 't@x.de'],
    [{ username: undefined, to: 't@x.de', from: undefined }, 't@x.de', 't@x.de'],
    [{ username: undefined, to: 't@x.de', from: 'f@x.de' }, 'f@x.de', 't@x.de'],
  ])('%j', (given, from, to) => {
    expect(addressesOf(given)).toEqual({ from, to });
  });

  test('an address is one line', () => {
    const { from, to } = addressesOf({ username: undefined, to: 't@x.de\r\nA: b', from: 'f@x.de\nA: b' }) ?? {};
    expect([from, to]).toEqual(['f@x.de A: b', 't@x.de A: b']);
  });

  test('nobody, when neither an address nor an account of mail is given', () => {
    const given = settings(25, { username: undefined, from: 'f@x.de' });
    expect(addressesOf(given)).toBeUndefined();
    expect(createEmailNotifier(given, { clock })).toBeUndefined();
  });
});
