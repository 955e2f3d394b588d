import { expect, test } from 'vitest';
import { createSandbox } from '../support/sandbox.ts';
import { startWeb, Visitor } from '../support/web.ts';
import { PASSWORD, USER, webAccount } from '../support/web-account.ts';

test('two-step verification on the page: "Start over with the password" does that in either form', async () => {
  await using sandbox = await createSandbox({ accounts: [{ appleId: USER, password: PASSWORD, hsaVersion: 1 }] });
  await using web = await startWeb();
  await using account = await webAccount(web, sandbox.simulator.url);
  const proofs = () =>
    sandbox.simulator.control.requests().filter(({ path }) => path.endsWith('signin/complete')).length;
  const visitor = new Visitor(web.server.url);
  const asked = (kind: string) => expect.poll(() => web.desk.pending('0')?.challenge.kind).toBe(kind);
  const answer = async (fields: Readonly<Record<string, string>>) => {
    await visitor.get('/');
    const challenge = web.desk.pending('0')?.id ?? '';
    const reply = await visitor.post('/accounts/0/answer', { challenge, ...fields });
    expect(reply.headers.location).toBe('/?note=taken');
  };
  const startOver = async () => {
    expect((await visitor.get('/')).text).toContain('Start over with the password');
    await answer({ kind: 'start-over' });
    await asked('password-wanted');
  };

  const signedIn = account.signIn();
  await asked('password-wanted');
  await answer({ kind: 'password', password: PASSWORD });
  await asked('two-step-device-wanted');
  await startOver();
  await answer({ kind: 'password', password: PASSWORD });
  await asked('two-step-device-wanted');
  await answer({ kind: 'device', device: '0' });
  await asked('two-step-code-wanted');
  await startOver();
  await answer({ kind: 'password', password: PASSWORD });
  await asked('two-step-device-wanted');
  await answer({ kind: 'device', device: '0' });
  await asked('two-step-code-wanted');
  await answer({ kind: 'code', code: sandbox.simulator.control.lastCode(USER)?.code ?? '' });
  expect(await signedIn).toMatchObject({ way: 'code' });
  expect(proofs()).toBe(3);
});
