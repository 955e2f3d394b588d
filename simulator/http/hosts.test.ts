import { Hono } from 'hono';
import { describe, expect, test } from 'vitest';
import { cookieDomain, hostKnowsPath, publicUrl } from './hosts.ts';

async function told(headers: Record<string, string>): Promise<unknown> {
  const app = new Hono().get('/', (c) =>
    c.json([
      publicUrl(c, 'p61-ckdatabasews.icloud.com:443', 'http://own'),
      publicUrl(c, 'cvws.icloud-content.com', 'http://own'),
      cookieDomain(c, 'icloud.com') ?? null,
      cookieDomain(c, 'idmsa.apple.com') ?? null,
    ]),
  );
  return (await app.request('/', { headers })).json();
}

describe('hosts', () => {
  test('a forwarded request is told Apple’s names', async () => {
    expect(await told({ 'x-forwarded-host': 'setup.icloud.com', 'x-forwarded-proto': 'https' })).toEqual([
      'https://p61-ckdatabasews.icloud.com:443',
      'https://cvws.icloud-content.com',
      '.icloud.com',
      'idmsa.apple.com',
    ]);
  });

  test('one from China is told the Chinese ones', async () => {
    expect(await told({ 'x-forwarded-host': 'setup.icloud.com.cn:443' })).toEqual([
      'https://p61-ckdatabasews.icloud.com.cn:443',
      'https://cvws.icloud-content.com.cn',
      '.icloud.com.cn',
      'idmsa.apple.com.cn',
    ]);
  });

  test('any other is told the simulator’s own, and no domain that its jar would refuse', async () => {
    expect(await told({})).toEqual(['http://own', 'http://own', null, null]);
  });

  test.each([
    ['idmsa.apple.com', '/appleauth/auth', true],
    ['idmsa.apple.com', '/setup/ws/1/validate', false],
    ['setup.icloud.com', '/setup/ws/1/validate', true],
    ['setup.icloud.com.cn', '/setup/ws/1/validate', true],
    ['setup.icloud.com', '/appleauth/auth/signin/init', false],
    ['p61-ckdatabasews.icloud.com', '/database/1/x', true],
    ['p62-ckdatabasews.icloud.com', '/database/1/x', true],
    ['p61-photosws.icloud.com', '/database/1/x', false],
    ['cvws.icloud-content.com', '/B/x', true],
    ['cvws.icloud-content.com', '/control/requests', false],
    ['setup.icloud.com.evil.example', '/setup/ws/1/validate', false],
  ])('%s %s: %s', (host, path, known) => {
    expect(hostKnowsPath(host, path)).toBe(known);
  });
});
