/** Everything a person is told of when nobody watches the log. */
export type Notice =
  | CodeNeeded
  | TrustEnding
  /** Apple's trust in this installation is over: the next sign-in wants a code. */
  | { readonly kind: 'trust-ended'; readonly username: string }
  /** It works again, after a notice that said otherwise. */
  | { readonly kind: 'signed-in-again'; readonly username: string }
  | Attention
  | RunFailed
  /** Sent by hand, to see that notifications arrive. */
  | { readonly kind: 'test'; readonly username: string };

/** A second factor is wanted, and nobody is there. */
export interface CodeNeeded {
  readonly kind: 'code-needed';
  readonly username: string;
  /** What to do, a line each: a command, a link. Empty: the command for a terminal is named. */
  readonly howToAnswer: readonly string[];
}

export interface TrustEnding {
  readonly kind: 'trust-ending';
  readonly username: string;
  /** Begun days count as whole ones: 1 on the last day. */
  readonly daysLeft: number;
  /** When the trust ends, in milliseconds since the epoch. */
  readonly until: number;
}

/** Apple wants something of the person other than a code. */
export interface Attention {
  readonly kind: 'attention';
  readonly username: string;
  /** Kind of the refusal, such as `terms-pending`. */
  readonly cause: string;
  /** What happened, in one sentence. */
  readonly happened: string;
  /** What the person does next. */
  readonly next: string;
}

/** Some files failed, or the run ended early. */
export interface RunFailed {
  readonly kind: 'run-failed';
  readonly username: string;
  /** The run's own account, lines separated by line feeds. */
  readonly summary: string;
}

/** A notice as a person reads it. */
export interface Words {
  /** One line. */
  readonly title: string;
  /** Plain text, lines separated by line feeds. */
  readonly text: string;
}

/** Control characters, and the line ends of Unicode: they could forge a header, a line or a whole message. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out
const UNPRINTABLE = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g;

/** @returns `text` as one line without control characters, for headers, titles and names */
export function oneLine(text: string): string {
  return text.replaceAll(UNPRINTABLE, ' ').trim();
}

function lines(text: string): string {
  return text.split(/\r?\n/).map(oneLine).join('\n');
}

function minute(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

function signInCommand(username: string): string {
  return (
    `What to do: run "icloudpd --auth-only --username ${username}" once in a terminal, ` +
    'with the same --cookie-directory, and enter the code.'
  );
}

/** @returns the notice in plain sentences: what happened, what to do next */
export function wordsOf(notice: Notice): Words {
  const username = oneLine(notice.username);
  const { title, text } = sentences(notice, username);
  return { title: oneLine(title), text: lines(text) };
}

function sentences(notice: Notice, username: string): Words {
  switch (notice.kind) {
    case 'code-needed':
      return {
        title: `iCloud Photos: a code is needed for ${username}`,
        text: [
          `Apple wants a two-factor code for ${username}, and nobody was there to enter it. Until then nothing is downloaded for this account.`,
          '',
          ...(notice.howToAnswer.length === 0
            ? [signInCommand(username)]
            : ['What to do:', ...notice.howToAnswer.map(oneLine)]),
        ].join('\n'),
      };
    case 'trust-ending': {
      const left = notice.daysLeft === 1 ? '1 day' : `${notice.daysLeft} days`;
      return {
        title: `iCloud Photos: ${left} left until ${username} needs a code again`,
        text: `Apple's trust in this computer ends on ${minute(notice.until)}. After that a two-factor code is needed for ${username}, and nothing is downloaded until somebody enters it.\n\n${signInCommand(username)}`,
      };
    }
    case 'trust-ended':
      return {
        title: `iCloud Photos: ${username} has to sign in again`,
        text: `Apple's trust in this computer has ended: the next sign-in of ${username} needs a two-factor code.\n\n${signInCommand(username)}`,
      };
    case 'signed-in-again':
      return {
        title: `iCloud Photos: ${username} is signed in again`,
        text: `The sign-in of ${username} works again, and downloads go on. There is nothing to do.`,
      };
    case 'attention':
      return {
        title: `iCloud Photos: ${username} needs your attention`,
        text: `${oneLine(notice.happened)}\n\nWhat to do: ${oneLine(notice.next)}\n\nAccount: ${username}. Cause: ${oneLine(notice.cause)}.`,
      };
    case 'run-failed':
      return {
        title: `iCloud Photos: the run of ${username} did not end well`,
        text: `The run of ${username}:\n${notice.summary}\n\nWhat to do: read the log, which names each file and its reason. The next run tries again what is missing.`,
      };
    case 'test':
      return {
        title: 'iCloud Photos: test',
        text: `This is a test. Notifications about ${username} arrive here.`,
      };
  }
}
