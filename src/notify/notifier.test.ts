import { describe, expect, test } from 'vitest';
import type { Clock } from '../apple/clock.ts';
import { systemClock } from '../apple/clock.ts';
import type { Notice } from './notice.ts';
import { type Notifier, type NotifyLog, notifyAll } from './notifier.ts';

const NOTICE: Notice = { kind: 'code-needed', username: 'jane', howToAnswer: [] };

function notebook(): { readonly log: NotifyLog; readonly lines: string[] } {
  const lines: string[] = [];
  const at = (level: string) => (message: string) => void lines.push(`${level} ${message}`);
  return { log: { debug: at('DEBUG'), info: at('INFO'), error: at('ERROR') }, lines };
}

function notifier(name: string, notify: Notifier['notify']): Notifier {
  return { name, limitMs: 30_000, notify };
}

const never = (): Promise<void> => new Promise<void>(() => undefined);

/** A clock on which every wait is over at once; it remembers the waits. */
function fastClock(): Clock & { readonly waits: number[] } {
  const waits: number[] = [];
  return { waits, now: () => 0, sleep: async (ms) => void waits.push(ms) };
}

describe('telling somebody', () => {
  test('every way is tried, and what fails is logged in the words scripts look for', async () => {
    const { log, lines } = notebook();
    const told: Notice[] = [];
    const deliveries = await notifyAll(
      [
        notifier('email', () => Promise.reject(new Error('535 refused'))),
        notifier('script', () => {
          throw new Error('thrown at once');
        }),
        notifier('ntfy', async (notice) => void told.push(notice)),
      ],
      NOTICE,
      { log, clock: systemClock },
    );
    expect(told).toEqual([NOTICE]);
    expect(deliveries).toEqual([
      { name: 'email', reason: '535 refused' },
      { name: 'script', reason: 'thrown at once' },
      { name: 'ntfy' },
    ]);
    expect(lines).toContain("INFO Sending 'two-step expired' notification via email...");
    expect(lines).toContain('ERROR Notification of the required MFA failed: email: 535 refused');
    expect(lines.filter((line) => line.startsWith('ERROR'))).toHaveLength(2);
  });

  test.each([
    ['run-failed', 'Notification of the failed run failed: email: no'],
    ['test', 'Notification of the test failed: email: no'],
  ] as const)('a failed %s says what could not be told', async (kind, line) => {
    const { log, lines } = notebook();
    const notice: Notice =
      kind === 'test' ? { kind, username: 'jane' } : { kind, username: 'jane', summary: '1 failed' };
    await notifyAll([notifier('email', () => Promise.reject(new Error('no')))], notice, { log, clock: systemClock });
    expect(lines).toContain(`ERROR ${line}`);
  });

  test('a way that never answers is given up after its time, told so, and holds up nobody', async () => {
    const { log, lines } = notebook();
    const clock = fastClock();
    let aborted: unknown;
    const deliveries = await notifyAll(
      [
        notifier('stuck', (_notice, signal) => {
          signal.addEventListener('abort', () => {
            aborted = signal.reason;
          });
          return never();
        }),
        notifier('quick', () => Promise.resolve()),
      ],
      NOTICE,
      { log, clock },
    );
    expect(clock.waits).toEqual([30_000, 30_000]);
    expect(deliveries[0]).toEqual({ name: 'stuck', reason: 'it took longer than 30 seconds' });
    expect(deliveries[1]).toEqual({ name: 'quick' });
    expect(String(aborted)).toContain('longer than 30 seconds');
    expect(lines.filter((line) => line.startsWith('ERROR'))).toHaveLength(1);
  });

  test('the end of the run gives up what is on its way', async () => {
    const { log } = notebook();
    const run = new AbortController();
    const stuck = notifier('stuck', async () => {
      run.abort(new Error('stopped by SIGINT'));
      await never();
    });
    const deliveries = await notifyAll([stuck], NOTICE, { log, clock: systemClock, signal: run.signal });
    expect(deliveries).toEqual([{ name: 'stuck', reason: 'stopped by SIGINT' }]);
  });
});
