import { once } from 'node:events';
import { SMTPServer } from 'smtp-server';

/** A mail server that takes every mail, without encryption. */
export interface MailServer extends AsyncDisposable {
  readonly port: number;
  /** Whole messages, oldest first. */
  readonly mails: readonly string[];
  subjects(): readonly string[];
}

/** @param password the only one it lets in; it repeats a wrong one in its refusal. Left out: nobody has to log in */
export async function mailServer(password?: string): Promise<MailServer> {
  const mails: string[] = [];
  const server = new SMTPServer({
    logger: false,
    disabledCommands: ['STARTTLS'],
    authOptional: password === undefined,
    allowInsecureAuth: true,
    disableReverseLookup: true,
    onAuth: (auth, _session, callback) => {
      if (auth.password === password) callback(null, { user: auth.username });
      else callback(Object.assign(new Error(`no, not ${auth.password}`), { responseCode: 535 }));
    },
    onData: (stream, _session, callback) => {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        mails.push(Buffer.concat(chunks).toString('utf8'));
        callback();
      });
    },
  });
  server.on('error', () => undefined);
  const listening = server.listen(0, '127.0.0.1');
  await once(listening, 'listening');
  const address = listening.address();
  if (address === null || typeof address === 'string') throw new Error('The mail server has no port');
  return {
    port: address.port,
    mails,
    subjects: () => mails.map((mail) => /^Subject: (.*)$/m.exec(mail)?.[1]?.trim() ?? ''),
    [Symbol.asyncDispose]: () => new Promise((resolve) => server.close(resolve)),
  };
}
