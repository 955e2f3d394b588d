import { readdir } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { icloud, icloudpd } from './support/in-process.ts';
import { createSandbox } from './support/sandbox.ts';

test.each(['', '@@'])('an Apple ID (%j) that would name no file is refused before anything is made', async (name) => {
  await using sandbox = await createSandbox();
  const { env, session, photos } = sandbox;
  const named = { env, account: ['--username', name, '--cookie-directory', session] };
  const outputs = [
    await icloudpd(named, ['-d', photos]),
    await icloudpd(named, ['--auth-only']),
    await icloud(named, []),
    await icloud(named, ['login']),
    await icloud(named, ['logout']),
  ];
  expect(outputs.map(({ code }) => code)).toEqual([2, 2, 2, 2, 2]);
  expect(await readdir(env.HOME ?? '')).toEqual([]);
  expect(sandbox.simulator.control.requests()).toEqual([]);
});

test('an empty --directory is none: nothing goes into the current one', async () => {
  await using sandbox = await createSandbox();
  const result = await icloudpd(sandbox, ['-d', '']);
  expect(result).toMatchObject({ code: 2, stdout: expect.stringContaining('are required for each configuration') });
  expect(await readdir(sandbox.env.HOME ?? '')).toEqual([]);
});
