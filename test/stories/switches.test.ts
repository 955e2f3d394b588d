import { describe, expect, test } from 'vitest';
import type { AccountSpec, Simulator, SimulatorOptions } from '../../simulator/index.ts';
import { icloudpd, type Output } from '../support/in-process.ts';
import { CODE, scripted } from '../support/people.ts';
import { createSandbox, PASSWORD, type Sandbox, USER } from '../support/sandbox.ts';

type Switches = Parameters<Simulator['control']['setAll']>[0];

/** One way in which Apple answers, and what becomes of a sign-in with it. */
interface Case {
  readonly switches: Switches;
  /** What is typed at the code prompts; after it the newest code each time. */
  readonly typed?: readonly string[];
  readonly passwords?: readonly string[];
  readonly account?: Partial<AccountSpec>;
  readonly args?: readonly string[];
  /** Exit code; default 0. */
  readonly code?: number;
  /** Words of the log or of the terminal. */
  readonly says?: RegExp;
  /** Codes that went to the devices; default any number. */
  readonly pushes?: number;
}

interface Ran extends Output {
  readonly seen: string;
}

async function signIn(sandbox: Sandbox, { typed = [], passwords, args = [] }: Partial<Case>): Promise<Ran> {
  const prompter = scripted(sandbox, typed, passwords);
  const output = await icloudpd(sandbox, ['--auth-only', ...args], { prompter });
  return { ...output, seen: `${output.stdout}${prompter.seen()}` };
}

function options(account: Partial<AccountSpec> | undefined): SimulatorOptions {
  return account ? { accounts: [{ appleId: USER, password: PASSWORD, ...account }] } : {};
}

/** The name of a test: what is switched, and what is typed. */
function named<T extends Case>(cases: readonly T[]): [string, T][] {
  return cases.map((each) => {
    const { switches, typed = [], account = {}, args = [] } = each;
    return [[...[switches, account].map((part) => JSON.stringify(part)), ...args, ...typed].join(' '), each];
  });
}

const TWO_STEP = { hsaVersion: 1 } as const;
const NO_FACTOR = { hsaVersion: 0 } as const;
const IN_CHINA = { region: 'cn' } as const;
const KNOWING_PHONES = {
  phones: [
    { id: 1, lastTwoDigits: '81', nonFTEU: true },
    { id: 2, lastTwoDigits: '46', nonFTEU: false },
  ],
} as const;
const REFUSED = /Apple iCloud is temporary refusing to serve icloudpd/;
const TOO_MANY_WRONG = /Apple has received too many wrong codes\. Wait some hours/;
const NOT_SENT = /Failed to send two-factor authentication code/;

const PASSWORD_CASES: readonly Case[] = [
  { switches: { throttle: { status: 503 } }, code: 1, says: REFUSED },
  { switches: { throttle: { status: 429, retryAfter: 7200 } }, code: 1, says: REFUSED },
  { switches: { signinRefusal: '403' }, code: 1, says: /Apple refused the sign-in without saying why/ },
  {
    switches: { signinRefusal: '-20283' },
    passwords: ['one', 'two', 'three'],
    code: 1,
    says: /Invalid email\/password combination/,
  },
  { switches: { signinRefusal: '400' }, code: 1, says: /Apple answered in a way this version does not know/ },
  {
    switches: { lockAfterWrongPasswords: 2 },
    passwords: ['one', 'two', PASSWORD],
    code: 1,
    says: /Apple has locked this Apple ID/,
  },
  { switches: { signinStatus: 'in-rscd' } },
  {
    switches: { signinStatus: 'in-rscd' },
    passwords: ['wrong horse'],
    code: 1,
    says: /Invalid email\/password combination/,
  },
  { switches: { repair: 'declinable' }, account: NO_FACTOR },
  {
    switches: { repair: 'required' },
    account: NO_FACTOR,
    code: 1,
    says: /Apple wants something done for this account/,
  },
  { switches: { twoStepAnswer: '409' }, account: TWO_STEP, typed: ['1', CODE] },
  { switches: { twoStepAnswer: '200' }, account: TWO_STEP, typed: ['', CODE] },
  {
    switches: { twoStepSending: 'refused' },
    account: TWO_STEP,
    typed: ['0'],
    code: 1,
    says: /Failed to send two-step authentication code/,
  },
  { switches: { proofPadding: 'minimal' } },
  { switches: { proofPadding: 'padded' } },
  { switches: { proofPadding: 'either' } },
  { switches: { proofPadding: 'minimal', publicValue: 'short-once' } },
  { switches: { proofPadding: 'padded', publicValue: 'short-once' } },
  {
    switches: { publicValue: 'short-once' },
    passwords: ['wrong horse'],
    code: 1,
    says: /Invalid email\/password combination/,
  },
  { switches: { proofName: 'lower-case' }, account: { appleId: 'Jane@Example.com' } },
  { switches: { proofName: 'as-typed' }, account: { appleId: 'Jane@Example.com' } },
  { switches: { proofName: 'either' }, account: { appleId: 'Jane@Example.com' } },
  { switches: { hashcash: 'demanded' } },
  { switches: { acceptedScnt: 'newest' } },
  { switches: { cnIdentityHost: 'global' }, account: IN_CHINA },
  { switches: { cnIdentityHost: 'global' }, account: IN_CHINA, args: ['--domain', 'cn'] },
  { switches: { cnIdentityHost: 'cn' }, account: IN_CHINA, args: ['--domain', 'cn'] },
  // what is no password's fault is not blamed on it
  { switches: { cnIdentityHost: 'cn' }, account: IN_CHINA, code: 1, says: REFUSED },
];

const CODE_CASES: readonly Case[] = [
  { switches: { pushOnSignin: true }, pushes: 2 },
  { switches: { pushOnSignin: true, pushAgain: 'same-code' }, pushes: 1 },
  // the one shown at first was taken back, and a person can ask for another
  { switches: { pushOnSignin: true, pushAgain: 'cancels' }, typed: [CODE, 'r', CODE], pushes: 2 },
  { switches: { pushAgain: 'new-code' }, typed: ['r'], pushes: 2 },
  { switches: { pushAgain: 'same-code' }, typed: ['r'], pushes: 1 },
  {
    switches: { pushAgain: 'cancels' },
    typed: ['r', CODE, 'r', CODE],
    pushes: 2,
    says: /Failed to verify .*\(tries left: 2\)/,
  },
  { switches: { pushAnswer: '405' }, typed: ['a'], says: NOT_SENT },
  { switches: { pushAnswer: '412' }, typed: ['b'], says: NOT_SENT },
  { switches: { pushAnswer: '503' }, code: 1, says: REFUSED },
  { switches: { challengeStatus: '409' } },
  { switches: { challengeForm: 'json' } },
  ...(['204', '409', '412'] as const).flatMap((codeAnswer) =>
    (['granted', 'refused'] as const).map((trustWithoutToken) => ({ switches: { codeAnswer, trustWithoutToken } })),
  ),
  { switches: { codeAnswer: '409-without-token', trustWithoutToken: 'granted' } },
  {
    switches: { codeAnswer: '409-without-token', trustWithoutToken: 'refused' },
    code: 1,
    says: /The sign-in was accepted, but Apple does not trust this computer/,
  },
  {
    switches: { codeAnswer: '412', repair: 'required' },
    code: 1,
    says: /Apple wants something done for this account/,
  },
  { switches: { phoneAnswer: '200' }, typed: ['b'] },
  { switches: { phoneAnswer: '409' }, typed: ['b'] },
  { switches: { phoneAnswer: '-28248' }, typed: ['b'], says: NOT_SENT },
  { switches: { phoneAnswer: '-22421' }, typed: ['cb'], says: NOT_SENT },
  { switches: { phoneAnswer: '423' }, typed: ['b'], says: NOT_SENT },
  { switches: { phoneAnswer: '412' }, typed: ['b'], says: /Apple did not take the request for this number/ },
  { switches: { phoneAnswer: '412-once' }, typed: ['b'], says: /An SMS with a code goes to .*46/ },
  { switches: { phoneAnswer: '412-once' }, typed: ['a'], account: KNOWING_PHONES },
  ...(['any', 'home-origin', 'home-origin-plain'] as const).flatMap((verifyHeaders) => [
    { switches: { verifyHeaders } },
    { switches: { verifyHeaders }, typed: ['b'] },
  ]),
  {
    switches: { codeRefusal: '-21669' },
    code: 1,
    says: /Failed to verify two-factor authentication code\. Enter the newest code/,
  },
  { switches: { codeRefusal: '-21670' }, code: 1, says: TOO_MANY_WRONG },
  { switches: { codeRefusal: '-21675' }, code: 1, says: TOO_MANY_WRONG },
  { switches: { codeRefusal: '-22982' }, code: 1, says: TOO_MANY_WRONG },
  // no code was sent, so whoever sits there has none to type
  { switches: { codeFlags: ['tooManyCodesSent'] }, code: 4, pushes: 0, says: /Apple does not send another code/ },
  { switches: { codeFlags: ['securityCodeCooldown'] }, code: 4, pushes: 0, says: /Apple does not send another code/ },
  { switches: { codeFlags: ['tooManyCodesValidated'] }, code: 1, pushes: 0, says: TOO_MANY_WRONG },
  {
    switches: { codeFlags: ['securityCodeLocked'] },
    code: 1,
    pushes: 0,
    says: /unlock the account at https:\/\/iforgot/,
  },
  {
    switches: { codeFlags: ['tooManyCodesSent', 'securityCodeLocked'], challengeForm: 'html-2026' },
    code: 1,
    pushes: 0,
    says: /Apple has locked verification codes/,
  },
  { switches: { maxWrongCodes: 1 }, typed: ['000000', CODE], code: 1, says: TOO_MANY_WRONG },
];

const SETUP_CASES: readonly Case[] = [
  ...(['domainToUse', '302'] as const).map((wrongRegion) => ({
    switches: { wrongRegion },
    account: IN_CHINA,
    says: /belongs to the iCloud of mainland China/,
  })),
  {
    switches: { wrongRegion: 'domainToUse' },
    account: { region: 'com' },
    args: ['--domain', 'cn'],
    says: /the world outside mainland China/,
  },
  { switches: { setupThrottle: { status: 503 } }, code: 1, says: REFUSED },
  { switches: { setupThrottle: { status: 429, retryAfter: 60 } }, code: 1, says: REFUSED },
  { switches: { isUnderMaintenance: true }, code: 1, says: /iCloud is under maintenance/ },
  ...(['get', 'post', 'either'] as const).flatMap((termsMethod): Case[] => [
    {
      switches: { termsMethod },
      account: { termsUpdateNeeded: true },
      code: 1,
      says: /Apple asks you to accept new iCloud Terms/,
    },
    {
      switches: { termsMethod },
      account: { termsUpdateNeeded: true },
      args: ['--accept-terms'],
      says: /Terms and Conditions were accepted/,
    },
  ]),
];

describe.each([
  ['the password', PASSWORD_CASES],
  ['codes and trust', CODE_CASES],
  ['the setup service', SETUP_CASES],
])('a first sign-in: %s', (_, cases) => {
  test.each(named(cases))('%s', async (_name, each) => {
    await using sandbox = await createSandbox(options(each.account));
    sandbox.simulator.control.setAll(each.switches);
    const result = await signIn(sandbox, each);
    expect(result.seen).toMatch(each.says ?? /Authentication completed successfully/);
    expect(result.code).toBe(each.code ?? 0);
    if (each.pushes !== undefined) expect(sandbox.simulator.control.codesSent()).toMatchObject({ device: each.pushes });
  });
});
