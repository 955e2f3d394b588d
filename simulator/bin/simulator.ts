#!/usr/bin/env node
/** `npm run simulator`: a local iCloud to try the program on, without an Apple account. */
import { parseArgs } from 'node:util';
import type { SentCode } from '../identity/codes.ts';
import { type AccountSpec, DEFAULT_ACCOUNT, type SimulatorOptions, startSimulator } from '../index.ts';

const HELP = `Usage: npm run simulator -- [OPTION ...]

Starts a local iCloud on this machine, to try the program on. It ends with Ctrl-C, and forgets everything.

  --port N               listen on port N (default: a free one)
  --assets N             a library of N plain photos in place of the sample library
  --latency MS           answer every request only after so many milliseconds
  --account ID:PASSWORD  the Apple Account (default: ${DEFAULT_ACCOUNT.appleId}:${DEFAULT_ACCOUNT.password})
  --second-factor KIND   what the account has besides its password: codes (default), two-step (the verification of
                         before), security-key, or none
  --region com|cn        the iCloud it is at home in (default: either; cn is mainland China)
  --data-protection      it has Advanced Data Protection: a device must consent (POST /control/consent)
  --help                 show this text
`;

class UsageError extends Error {}

function wholeNumber(option: string, value: string | undefined, largest: number): number | undefined {
  if (value === undefined) return undefined;
  const number = /^\d{1,9}$/.test(value) ? Number(value) : Number.NaN;
  if (!(number <= largest)) throw new UsageError(`--${option} wants a whole number up to ${largest}, not "${value}".`);
  return number;
}

function accountOf(value: string | undefined): Pick<AccountSpec, 'appleId' | 'password'> {
  if (value === undefined) return DEFAULT_ACCOUNT;
  const [, appleId, password] = /^([^:]+):(.+)$/.exec(value) ?? [];
  if (!appleId || !password) throw new UsageError(`--account wants ID:PASSWORD, not "${value}".`);
  return { appleId, password };
}

function secondFactorOf(kind: string | undefined): Pick<AccountSpec, 'hsaVersion' | 'securityKeys'> {
  switch (kind) {
    case undefined:
    case 'codes':
      return { hsaVersion: 2 };
    case 'two-step':
      return { hsaVersion: 1 };
    case 'security-key':
      return { hsaVersion: 2, securityKeys: ['Key in the drawer'] };
    case 'none':
      return { hsaVersion: 0 };
    default:
      throw new UsageError(`--second-factor wants codes, two-step, security-key or none, not "${kind}".`);
  }
}

function regionOf(value: string | undefined): Pick<AccountSpec, 'region'> {
  if (value === undefined) return {};
  if (value !== 'com' && value !== 'cn') throw new UsageError(`--region wants com or cn, not "${value}".`);
  return { region: value };
}

interface Arguments extends SimulatorOptions {
  readonly help: boolean;
  readonly account: AccountSpec;
}

function readArguments(args: readonly string[]): Arguments {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({
    args: [...args],
    options: {
      port: text,
      assets: text,
      latency: text,
      account: text,
      'second-factor': text,
      region: text,
      'data-protection': { type: 'boolean' },
      help: { type: 'boolean' },
    },
  });
  const port = wholeNumber('port', values.port, 65_535);
  const assets = wholeNumber('assets', values.assets, 10_000_000);
  const latencyMs = wholeNumber('latency', values.latency, 600_000);
  return {
    help: values.help ?? false,
    account: {
      ...accountOf(values.account),
      ...secondFactorOf(values['second-factor']),
      ...regionOf(values.region),
      advancedDataProtection: values['data-protection'] ?? false,
    },
    ...(port === undefined ? {} : { port }),
    ...(latencyMs === undefined ? {} : { latencyMs }),
    ...(assets === undefined ? {} : { library: { assets } }),
  };
}

/** Whether the command line is to blame, by our own judgement or by that of `parseArgs`. */
function isUsageError(error: unknown): boolean {
  return (
    error instanceof UsageError ||
    (error instanceof Error && 'code' in error && String(error.code).startsWith('ERR_PARSE_ARGS'))
  );
}

function sentenceOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const taken = 'code' in error && error.code === 'EADDRINUSE';
  return taken ? 'Another program listens on that port: choose another --port, or leave it out.' : error.message;
}

function announcement({ appleId, code, channel, phoneEnding }: SentCode): string {
  if (channel === 'device') return `iPhone of ${appleId} shows: ${code}`;
  return `${channel === 'sms' ? 'SMS' : 'Call'} to ...${phoneEnding}: ${code}`;
}

async function main(args: readonly string[]): Promise<void> {
  const { help, account, ...options } = readArguments(args);
  if (help) {
    process.stdout.write(HELP);
    return;
  }
  const { url, control, close } = await startSimulator({ ...options, accounts: [account] });
  console.log(`The local iCloud is ready at ${url}

Apple Account  ${account.appleId}
Password       ${account.password}

Sign in and download, in another terminal:
  ICLOUDPD_ENDPOINT=${url} npm run -s icloudpd -- --username ${account.appleId} --directory photos

Codes appear here. Ctrl-C ends it.
`);
  control.onCode((code) => console.log(announcement(code)));
  const end = () => void close();
  process.once('SIGINT', end).once('SIGTERM', end);
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  console.error(sentenceOf(error));
  process.exitCode = isUsageError(error) ? 2 : 1;
}
