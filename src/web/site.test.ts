import { expect, test } from 'vitest';
import { startWeb } from '../../test/support/web.ts';
import { arrivalOf, checkSite, isOwnOrigin, type Site } from './site.ts';

const LOCAL: Site = { host: '127.0.0.1', url: undefined, allowedHosts: [], trustProxy: false, hasPassword: false };
const NAS: Site = { ...LOCAL, host: '0.0.0.0', url: new URL('https://photos.example.com'), hasPassword: true };

function arrival(host: string, site: Site, forwardedHost?: string, forwardedProto?: string) {
  return arrivalOf({ host, forwardedHost, forwardedProto }, site);
}

test.each(['127.0.0.1', '127.1.2.3', '::1', 'localhost'])('%s needs no password', (host) => {
  expect(() => checkSite({ ...LOCAL, host })).not.toThrow();
});

test.each([
  { host: '0.0.0.0' },
  { host: '::' },
  { host: '192.168.1.5' },
  { host: 'nas.local' },
  { host: '127.0.0.1.example.com' },
  { url: new URL('https://photos.example.com') },
  { allowedHosts: ['nas.local'] },
  { trustProxy: true },
])('%j needs one', (part) => {
  expect(() => checkSite({ ...LOCAL, ...part })).toThrow(/--web-password-file/);
  expect(() => checkSite({ ...LOCAL, ...part, hasPassword: true })).not.toThrow();
});

test('the server does not start without one, and says why', async () => {
  await expect(startWeb({ host: '0.0.0.0' })).rejects.toThrow(
    'The web page would be open to everybody who can reach 0.0.0.0: it has no password.',
  );
});

test('a port that is taken is told in words', async () => {
  await using web = await startWeb();
  const port = Number(new URL(web.server.url).port);
  await expect(startWeb({ port })).rejects.toThrow(
    `The web page cannot be served on 127.0.0.1, port ${port}: another program uses it already. Choose another one with --web-port.`,
  );
});

test('names of this machine are answered to; others only when they were named', () => {
  for (const host of ['localhost:8080', '127.0.0.1:8080', '[::1]:8080']) {
    expect(arrival(host, LOCAL)).toEqual({ origin: `http://${host}`, secure: false });
  }
  for (const host of [
    'evil.example',
    'localhost.evil.example',
    '192.168.1.5',
    '',
    'a b',
    'x@localhost',
    'localhost/x',
  ]) {
    expect(arrival(host, LOCAL), host).toBeUndefined();
  }
  expect(arrival('NAS.local:8080', { ...NAS, allowedHosts: ['nas.LOCAL'] })?.origin).toBe('http://nas.local:8080');
});

test('open to the network, a bare address is answered to: no foreign page can have one', () => {
  expect(arrival('192.168.1.5:8080', NAS)?.origin).toBe('http://192.168.1.5:8080');
  expect(arrival('[fd00::1]:8080', NAS)?.origin).toBe('http://[fd00::1]:8080');
  expect(arrival('nas.local:8080', NAS)).toBeUndefined();
});

test('what a proxy says counts only where one is trusted', () => {
  expect(arrival('evil.example', NAS, 'photos.example.com', 'https')).toBeUndefined();
  expect(arrival('127.0.0.1:8080', NAS, 'photos.example.com', 'https')?.secure).toBe(false);
  const behind = { ...NAS, trustProxy: true };
  expect(arrival('icloudpd:8080', behind, 'photos.example.com:443', 'https')).toEqual({
    origin: 'https://photos.example.com',
    secure: true,
  });
  expect(arrival('photos.example.com', behind, 'evil.example', 'https')).toBeUndefined();
});

test('an Origin is ours when it is where the request went, or the address people use', () => {
  const here = { origin: 'http://127.0.0.1:8080', secure: false };
  expect(isOwnOrigin('http://127.0.0.1:8080', here, NAS)).toBe(true);
  expect(isOwnOrigin('https://photos.example.com', here, NAS)).toBe(true);
  for (const origin of [undefined, 'null', 'http://photos.example.com', 'http://127.0.0.1', 'https://127.0.0.1:8080']) {
    expect(isOwnOrigin(origin, here, NAS), origin).toBe(false);
  }
});
