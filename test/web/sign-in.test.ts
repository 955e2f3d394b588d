import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hasChromium, launchChromium } from '../../scripts/support/chromium.ts';
import { createSandbox } from '../support/sandbox.ts';
import { startWeb, WEB_PASSWORD } from '../support/web.ts';
import { PASSWORD, USER, webAccount } from '../support/web-account.ts';

const PHONE: BrowserContextOptions = { viewport: { width: 320, height: 640 }, hasTouch: true, isMobile: true };

describe.skipIf(!hasChromium)('signing in on the page (waits for chromium)', () => {
  let browser: Browser;

  beforeAll(async () => {
    browser = await launchChromium();
  });

  afterAll(() => browser.close());

  async function visit(url: string, options: BrowserContextOptions = {}): Promise<Page> {
    const context = await browser.newContext(options);
    const page = await context.newPage();
    await page.goto(url);
    return page;
  }

  /** @returns the code that the local iCloud sent last */
  function code(sandbox: Awaited<ReturnType<typeof createSandbox>>): string {
    return sandbox.simulator.control.lastCode(USER)?.code ?? '';
  }

  async function givePassword(page: Page, password = PASSWORD): Promise<void> {
    await page.getByLabel(`Password of ${USER}`).fill(password);
    await page
      .getByRole('region', { name: USER })
      .or(page.getByRole('main'))
      .getByRole('button', { name: 'Sign in', exact: true })
      .first()
      .click();
  }

  async function giveCode(page: Page, digits: string): Promise<void> {
    await page.getByLabel('Code, 6 digits').fill(digits);
    await page.getByRole('button', { name: 'Hand in the code' }).click();
  }

  test('for the first time: password, code, signed in, without loading the page by hand', async () => {
    await using sandbox = await createSandbox();
    await using web = await startWeb();
    await using account = await webAccount(web, sandbox.simulator.url);
    const page = await visit(web.server.url);
    await page.getByText('The sign-in has not begun yet.').waitFor();
    const signedIn = account.signIn();
    await givePassword(page);
    await page.getByRole('heading', { name: 'A code is wanted' }).waitFor();
    // the one who gave the password is there: one code was sent, to the devices
    expect(sandbox.simulator.control.codesSent(USER)).toMatchObject({ device: 1, sms: 0 });
    await giveCode(page, code(sandbox));
    await page.locator('.badge', { hasText: 'Signed in' }).waitFor();
    expect(await signedIn).toMatchObject({ way: 'code', trusted: true });
    expect(page.url()).toBe(`${web.server.url}/?note=taken`);
    await page.context().close();
  });

  test('a wrong password, a wrong code, then an SMS, on a phone of 320 pixels', async () => {
    await using sandbox = await createSandbox();
    await using web = await startWeb();
    await using account = await webAccount(web, sandbox.simulator.url);
    const page = await visit(web.server.url, PHONE);
    const signedIn = account.signIn();
    await givePassword(page, 'not the password');
    await page.getByText('Apple did not accept that password.').waitFor();
    await givePassword(page);
    await page.getByRole('heading', { name: 'A code is wanted' }).waitFor();
    await giveCode(page, code(sandbox) === '000000' ? '000001' : '000000');
    await page.getByText('Apple did not accept that code. 2 tries are left.').waitFor();
    await page.getByRole('button', { name: /^SMS to .*81$/ }).click();
    await page.getByText(/A code was asked for at .*, by SMS to .*81\./).waitFor();
    expect(sandbox.simulator.control.codesSent(USER)).toMatchObject({ sms: 1 });
    const wide = await page.locator('html').evaluate((root) => root.scrollWidth > root.clientWidth);
    expect(wide).toBe(false);
    await giveCode(page, code(sandbox));
    await page.locator('.badge', { hasText: 'Signed in' }).waitFor();
    expect((await signedIn).way).toBe('code');
    await page.context().close();
  });

  test('with JavaScript off', async () => {
    await using sandbox = await createSandbox();
    await using web = await startWeb();
    await using account = await webAccount(web, sandbox.simulator.url);
    const signedIn = account.signIn();
    const page = await visit(web.server.url, { javaScriptEnabled: false });
    await givePassword(page);
    await page.getByText('Thank you. It was handed in.').waitFor();
    // the page comes again by itself
    await page.getByRole('heading', { name: 'A code is wanted' }).waitFor();
    await giveCode(page, code(sandbox));
    expect((await signedIn).way).toBe('code');
    await page.locator('.badge', { hasText: 'Signed in' }).waitFor();
    await page.context().close();
  });

  test('with the keyboard alone: the field is ready, Enter sends, every button can be reached and is seen', async () => {
    await using sandbox = await createSandbox();
    await using web = await startWeb({ password: WEB_PASSWORD });
    await using account = await webAccount(web, sandbox.simulator.url);
    const signedIn = account.signIn();
    const page = await visit(web.server.url);
    await page.keyboard.type(WEB_PASSWORD);
    await page.keyboard.press('Enter');
    await page.getByLabel(`Password of ${USER}`).waitFor();
    await page.keyboard.type(PASSWORD);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'A code is wanted' }).waitFor();
    const reached = new Set<string>();
    for (let presses = 0; presses < 20; presses += 1) {
      await page.keyboard.press('Tab');
      // looked at in one go: the page is live, and may change between two looks
      const focused: string | null = await page.evaluate(`(() => {
        const element = document.activeElement;
        if (!element || !element.matches('a, button, input, summary')) return null;
        return getComputedStyle(element).outlineStyle + ' ' + element.textContent.trim();
      })()`);
      if (focused === null) continue;
      expect(focused).toMatch(/^solid /);
      reached.add(focused.slice('solid '.length));
    }
    expect([...reached]).toEqual(
      expect.arrayContaining([
        'Hand in the code',
        'Send again to my devices',
        'No code arrives?',
        'Start over with the password',
        'Sync now',
        'Sign out',
        'Log',
      ]),
    );
    await page.getByLabel('Code, 6 digits').focus();
    await page.keyboard.type(code(sandbox));
    await page.keyboard.press('Enter');
    await page.locator('.badge', { hasText: 'Signed in' }).waitFor();
    expect((await signedIn).way).toBe('code');
    await page.context().close();
  });

  test('two browsers: what one answers, the other sees; what is typed meanwhile stays', async () => {
    await using sandbox = await createSandbox({
      accounts: [
        { appleId: USER, password: PASSWORD },
        { appleId: 'joe@example.com', password: PASSWORD },
      ],
    });
    await using web = await startWeb({ usernames: [USER, 'joe@example.com'] });
    await using jane = await webAccount(web, sandbox.simulator.url);
    await using joe = await webAccount(web, sandbox.simulator.url, '1', 'joe@example.com');
    const outcomes = Promise.allSettled([jane.signIn(), joe.signIn()]);
    const [one, two] = [await visit(web.server.url), await visit(web.server.url)];
    await two.getByText('Live').waitFor();
    await two.getByLabel('Password of joe@example.com').fill('half a pass');
    await givePassword(one);
    await two.getByRole('heading', { name: 'A code is wanted' }).waitFor();
    expect(await two.title()).toBe('(2) Your answer is wanted - icloudpd');
    expect(await two.getByLabel('Password of joe@example.com').inputValue()).toBe('half a pass');
    expect(await two.locator(':focus').getAttribute('name')).toBe('password');
    await one.getByRole('heading', { name: 'A code is wanted' }).waitFor();
    await giveCode(one, code(sandbox));
    await two.locator('#badge-0', { hasText: 'Signed in' }).waitFor();
    expect(await two.locator('#announcer').textContent()).toBe(`${USER}: Signed in`);
    web.desk.submit('1', web.desk.pending('1')?.id ?? '', { kind: 'give-up' });
    expect((await outcomes).map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
    await one.context().close();
    await two.context().close();
  });

  test('with a link on a phone: no code was pushed to anybody before somebody asked for it', async () => {
    await using sandbox = await createSandbox();
    // the browser finds the name on this machine, as a phone would through a proxy
    await using web = await startWeb({ password: WEB_PASSWORD, url: new URL('http://photos.localhost') });
    await using account = await webAccount(web, sandbox.simulator.url);
    const signedIn = account.signIn();
    await expect.poll(() => web.desk.pending('0')?.challenge.kind).toBe('password-wanted');
    const link = new URL(web.server.oneTimeLink('0', web.desk.pending('0')?.id ?? '') ?? '').pathname;
    const page = await visit(web.server.url + link, PHONE);
    await page.getByRole('button', { name: 'Show the question' }).click();
    await givePassword(page);
    await page.getByRole('heading', { name: 'A code is wanted' }).waitFor();
    await giveCode(page, code(sandbox));
    await page.getByText('There is nothing more to answer here.').waitFor();
    expect((await signedIn).way).toBe('code');
    await page.goto(web.server.url + link);
    await page.getByRole('heading', { name: 'This link is over' }).waitFor();
    await page.context().close();
  });

  test.each([
    ['locked', { locked: true }, 'Apple has locked this Apple ID', 'iforgot.apple.com'],
    ['new terms', { termsUpdateNeeded: true }, 'Terms and Conditions', 'www.icloud.com'],
    ['security keys', { securityKeys: ['YubiKey'] }, 'protected by security keys', ''],
  ])('an account with %s: what happened, and what to do', async (_, spec, happened, link) => {
    await using sandbox = await createSandbox({ accounts: [{ appleId: USER, password: PASSWORD, ...spec }] });
    await using web = await startWeb();
    await using account = await webAccount(web, sandbox.simulator.url);
    const outcome = Promise.allSettled([account.signIn()]);
    const page = await visit(web.server.url);
    await givePassword(page);
    const asked = page.getByRole('heading', { name: 'A code is wanted' });
    const trouble = page.locator('.trouble');
    await asked.or(trouble).waitFor();
    if (await asked.isVisible()) await giveCode(page, code(sandbox));
    await trouble.waitFor();
    expect(await trouble.textContent()).toContain(happened);
    expect(await trouble.textContent()).toContain('What to do: ');
    if (link !== '') expect(await trouble.getByRole('link').first().getAttribute('href')).toBe(`https://${link}`);
    await outcome;
    await page.context().close();
  });
});
