import { describe, expect, test } from 'vitest';
import type { AccountSpec, Simulator } from '../../simulator/index.ts';
import { icloud, icloudpd, type Output } from '../support/in-process.ts';
import { createSandbox, PASSWORD, type Sandbox, USER } from '../support/sandbox.ts';

type Control = Simulator['control'];

/** What keeps somebody from their photos, and where they can change it. */
interface Trouble {
  readonly account?: Partial<AccountSpec>;
  /** What happens after the sign-in. */
  readonly happens?: (control: Control) => void;
  readonly cause: string;
  /** The way in a menu, or the page, that the person is sent to. */
  readonly way: RegExp;
}

const TROUBLES: Readonly<Record<string, Trouble>> = {
  'new terms are waiting': {
    happens: (control) => control.changeAccount({ termsUpdateNeeded: true }),
    cause: 'terms-pending',
    way: /https:\/\/www\.icloud\.com, read and accept them/,
  },
  'web access is off': {
    happens: (control) => control.changeAccount({ isWebAccessAllowed: false }),
    cause: 'web-access-off',
    way: /Settings > your name > iCloud > turn on "Access iCloud Data on the Web"/,
  },
  'Advanced Data Protection is on': {
    account: { advancedDataProtection: true },
    cause: 'advanced-data-protection',
    way: /Settings > your name > iCloud > Advanced Data Protection/,
  },
  'Advanced Data Protection is on, answered 423': {
    account: { advancedDataProtection: true },
    happens: (control) => control.set('missingKeys', '423'),
    cause: 'advanced-data-protection',
    way: /Settings > your name > iCloud > Advanced Data Protection/,
  },
  'iCloud Photos was never set up': {
    happens: (control) => control.set('photos', 'not-set-up'),
    cause: 'photos-not-set-up',
    way: /log into https:\/\/icloud\.com\/ .* Open Photos there once/,
  },
  'the library is being indexed': {
    happens: (control) => control.set('photos', { indexing: { progress: 40 } }),
    cause: 'library-indexing',
    way: /run this again in an hour/,
  },
  'security keys were enrolled': {
    happens: (control) => control.changeAccount({ securityKeys: ['YubiKey'] }),
    cause: 'security-key-required',
    way: /Settings > your name > Sign-In & Security > Security Keys/,
  },
  'the account is managed': {
    happens: (control) => control.changeAccount({ isWebAccessAllowed: false, isManagedAppleID: true }),
    cause: 'managed-account',
    way: /Ask its administrator/,
  },
  'the account is locked': {
    happens: (control) => control.changeAccount({ locked: true }),
    cause: 'account-locked',
    way: /https:\/\/iforgot\.apple\.com/,
  },
};

async function examine({ account = {}, happens }: Partial<Trouble>): Promise<{ sandbox: Sandbox; result: Output }> {
  const sandbox = await createSandbox({ accounts: [{ appleId: USER, password: PASSWORD, ...account }] });
  expect((await icloudpd(sandbox, ['--auth-only'])).code).toBe(0);
  happens?.(sandbox.simulator.control);
  return { sandbox, result: await icloud(sandbox, ['doctor']) };
}

describe('story 15: "icloud doctor"', () => {
  test.each(Object.entries(TROUBLES))('%s', async (_, trouble) => {
    const { sandbox, result } = await examine(trouble);
    await using _sandbox = sandbox;
    const [, kind, text] = /^FAIL {2}([a-z-]+): (.*)$/m.exec(result.stdout) ?? [];
    expect(kind).toBe(trouble.cause);
    expect(text).toMatch(trouble.way);
    expect(result.code).toBe(1);
  });

  test('keys are found out before anybody is asked for a code, and nobody has to be there', async () => {
    const account = { appleId: USER, password: PASSWORD, securityKeys: ['YubiKey'] };
    await using sandbox = await createSandbox({ accounts: [account] });
    const result = await icloud(sandbox, ['doctor', '--password', PASSWORD]);
    expect(result).toMatchObject({ code: 1, stdout: expect.stringContaining('FAIL  security-key-required') });
  });

  test('with no trouble it says so, and sends nothing to any device', async () => {
    const { sandbox, result } = await examine({});
    await using _ = sandbox;
    expect(result.code).toBe(0);
    expect(result.stdout).toMatch(/ok {4}the library can be read: 1 items$/m);
    expect(result.stdout).not.toContain('FAIL');
    expect(sandbox.simulator.control.codesSent()).toMatchObject({ device: 1 });
  });
});
