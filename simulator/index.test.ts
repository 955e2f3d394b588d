import { request } from 'node:http';
import { expect, test } from 'vitest';
import { startSimulator } from './index.ts';
import { Library } from './photos/library.ts';
import { send } from './testing/raw-client.ts';

const clock = { now: () => 0 };
const library = new Library(clock);

test('close ends at once, with requests held back and connections open', async () => {
  const simulator = await startSimulator({ clock, library, latencyMs: 3_600_000 });
  const held = send(simulator.url, { path: '/setup/ws/1/validate', method: 'POST', body: 'null' });
  const failed = expect(held).rejects.toThrow();
  // the control interface answers without delay, over a connection that stays open
  const status = await new Promise((resolve, reject) => {
    const outgoing = request(
      `${simulator.url}/control/codes`,
      { headers: { connection: 'keep-alive' } },
      (incoming) => {
        incoming.resume().on('end', () => resolve(incoming.statusCode));
      },
    );
    outgoing.on('error', reject).end();
  });
  expect(status).toBe(200);
  await simulator.close();
  await failed;
});

test('serves many requests at a time', async () => {
  await using simulator = await startSimulator({ clock, library });
  const call = { path: '/setup/ws/1/validate', method: 'POST', body: 'null' };
  const answers = await Promise.all(Array.from({ length: 100 }, () => send(simulator.url, call)));
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([421]));
  expect(simulator.control.requests()).toHaveLength(100);
});

test('is found on the loopback interface only, at the port it was given', async () => {
  const first = await startSimulator({ clock, library });
  const { hostname, port } = new URL(first.url);
  expect(hostname).toBe('127.0.0.1');
  await expect(startSimulator({ clock, library, port: Number(port) })).rejects.toThrow(/EADDRINUSE/);
  await first.close();
  await using second = await startSimulator({ clock, library, port: Number(port) });
  expect(second.url).toBe(first.url);
});

test('two accounts cannot share a name', async () => {
  const account = { appleId: 'a@example.com', password: 'x', library };
  await expect(startSimulator({ accounts: [account, { ...account, appleId: 'A@Example.com' }] })).rejects.toThrow(
    /two/,
  );
});
