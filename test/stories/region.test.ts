import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { icloudpd } from '../support/in-process.ts';
import { nobody } from '../support/people.ts';
import { createSandbox, PASSWORD, readTree, type Sandbox, USER } from '../support/sandbox.ts';

type Requests = ReturnType<Sandbox['simulator']['control']['requests']>;

function requests(sandbox: Sandbox, part: string): Requests {
  return sandbox.simulator.control.requests().filter(({ path }) => path.includes(part));
}

function hosts(found: Requests): readonly string[] {
  return [...new Set(found.map(({ host }) => host))];
}

async function stored(sandbox: Sandbox): Promise<Record<string, string>> {
  return JSON.parse(await readFile(path.join(sandbox.session, 'janeexamplecom.session'), 'utf8'));
}

describe('an account of mainland China', () => {
  test.each(['domainToUse', '302'] as const)(
    'story 17: without an option it is led to its hosts by one answer (%s)',
    async (wrongRegion) => {
      const china = { appleId: USER, password: PASSWORD, region: 'cn' as const };
      await using sandbox = await createSandbox({ accounts: [china], library: { assets: 3 } });
      sandbox.simulator.control.set('wrongRegion', wrongRegion);
      const result = await icloudpd(sandbox, ['-d', sandbox.photos]);
      expect(result.stdout).toContain('= 3 downloaded');
      expect(hosts(requests(sandbox, '/appleauth/'))).toEqual(['idmsa.apple.com']);
      expect(requests(sandbox, 'accountLogin').map(({ host }) => host)).toEqual([
        'setup.icloud.com',
        'setup.icloud.com.cn',
      ]);
      expect(hosts(requests(sandbox, '/database/'))).toEqual(['p61-ckdatabasews.icloud.com.cn']);
      expect(hosts(requests(sandbox, '/B/'))).toEqual(['cvws.icloud-content.com.cn']);

      // the next run knows
      sandbox.simulator.control.clearRequests();
      expect((await icloudpd(sandbox, ['-d', sandbox.photos], { prompter: nobody })).code).toBe(0);
      expect(requests(sandbox, '/setup/').map(({ host, path }) => host + path)).toEqual([
        'setup.icloud.com.cn/setup/ws/1/validate',
      ]);
    },
  );
});

describe('a stale partition', () => {
  async function library(assets: number): Promise<Sandbox> {
    const sandbox = await createSandbox({ library: { assets } });
    expect((await icloudpd(sandbox, ['--auth-only'])).code).toBe(0);
    sandbox.simulator.control.clearRequests();
    return sandbox;
  }

  test('story 18: the service address changes without a second factor, and the trust token stays byte for byte', async () => {
    await using sandbox = await library(30);
    const before = await stored(sandbox);
    sandbox.simulator.control.movePartition();
    const result = await icloudpd(sandbox, ['-d', sandbox.photos], { prompter: nobody });
    expect(result.stdout).toContain('= 30 downloaded');
    expect(hosts(requests(sandbox, '/database/'))).toEqual([
      'p61-ckdatabasews.icloud.com',
      'p62-ckdatabasews.icloud.com',
    ]);
    expect(requests(sandbox, '/appleauth/')).toEqual([]);
    const after = await stored(sandbox);
    expect([after.trust_token, after.client_id]).toEqual([before.trust_token, before.client_id]);
    expect(after.trust_token).toMatch(/^HSARMTKNSRV/);
  });

  test('the photos move in the middle of a download: everything comes, once', async () => {
    await using sandbox = await library(350);
    let moved = false;
    const result = await icloudpd(sandbox, ['-d', sandbox.photos], {
      prompter: nobody,
      onOutput(text) {
        if (moved || !text.includes('Downloaded ')) return;
        moved = true;
        sandbox.simulator.control.movePartition();
      },
    });
    expect(result.stdout).toContain('350 items in iCloud = 350 downloaded + 0 already there + 0 skipped + 0 failed');
    expect(hosts(requests(sandbox, '/database/'))).toEqual([
      'p61-ckdatabasews.icloud.com',
      'p62-ckdatabasews.icloud.com',
    ]);
    expect(requests(sandbox, '/appleauth/')).toEqual([]);
    expect((await readTree(sandbox.photos)).size).toBe(385);
  });

  test('a connection that leads to the wrong servers is replaced, all of them together', async () => {
    await using sandbox = await library(350);
    const content: string[] = [];
    const result = await icloudpd(sandbox, ['-d', sandbox.photos], {
      prompter: nobody,
      onOutput(text) {
        if (content.push(text) === 20) sandbox.simulator.control.set('staleConnection', 'next');
      },
    });
    expect(result.stdout).toContain('= 350 downloaded');
    expect(requests(sandbox, '/database/').filter(({ status }) => status === 421).length).toBeGreaterThan(0);
    expect(requests(sandbox, '/appleauth/')).toEqual([]);
  });
});
