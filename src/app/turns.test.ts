import { describe, expect, test } from 'vitest';
import { FakeClock } from '../../test/support/fake-clock.ts';
import { Turn, Turns } from './turns.ts';

/** A wait that the test ends. */
function gate(): { readonly wait: Promise<void>; readonly open: () => void } {
  let open: () => void = () => undefined;
  const wait = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { wait, open };
}

/** Lets everything go on that can. */
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('turns', () => {
  test('one after the other, in the order they asked', async () => {
    const turns = new Turns();
    const events: string[] = [];
    const gates = [gate(), gate(), gate()] as const;
    const runs = gates.map(async ({ wait }, index) => {
      const turn = new Turn(turns);
      await turn.take();
      events.push(`start ${index}`);
      await wait;
      events.push(`end ${index}`);
      turn.give();
    });
    gates[2].open();
    gates[1].open();
    await settle();
    expect(events).toEqual(['start 0']);
    gates[0].open();
    await Promise.all(runs);
    expect(events).toEqual(['start 0', 'end 0', 'start 1', 'end 1', 'start 2', 'end 2']);
  });

  test('whoever waits for a person lets the next one go on, and goes on beside it once there is an answer', async () => {
    const turns = new Turns();
    const events: string[] = [];
    const [person, work] = [gate(), gate()];
    const first = new Turn(turns);
    await first.take();
    const second = (async () => {
      const turn = new Turn(turns);
      await turn.take();
      events.push('second works');
      await work.wait;
      events.push('second is done');
      turn.give();
    })();
    const waiting = first.without(async () => {
      await person.wait;
      return 'answer';
    });
    await settle();
    person.open();
    expect(await waiting).toBe('answer');
    events.push('first has its answer');
    const again = first.take().then(() => events.push('first works'));
    await settle();
    expect(events).toEqual(['second works', 'first has its answer']);
    work.open();
    await Promise.all([second, again]);
    expect(events).toEqual(['second works', 'first has its answer', 'second is done', 'first works']);
  });

  test('taking a turn that is held changes nothing, and giving one back twice gives nothing of anybody else', async () => {
    const turns = new Turns();
    const turn = new Turn(turns);
    await turn.take();
    await turn.take();
    let taken = 0;
    const take = async (): Promise<() => void> => {
      const release = await turns.take();
      taken += 1;
      return release;
    };
    const [next, last] = [take(), take()];
    await settle();
    expect(taken).toBe(0);
    turn.give();
    turn.give();
    await settle();
    expect(taken).toBe(1);
    (await next)();
    (await last)();
  });

  test('whoever gave the turn away asks at the terminal only with it', async () => {
    const clock = new FakeClock();
    const turns = new Turns();
    const [first, second] = [new Turn(turns), new Turn(turns)];
    await first.take();
    await first.without(async () => undefined);
    await second.take();
    let asked = false;
    const asking = first.patiently(async () => {
      asked = true;
    }, clock);
    await settle();
    expect(asked).toBe(false);
    second.give();
    await asking;
    expect(asked).toBe(true);
  });

  test('whoever seems to be there is waited for with patience, and not for ever', async () => {
    const clock = new FakeClock();
    const turns = new Turns();
    const events: string[] = [];
    const [person, other] = [gate(), gate()];
    const first = new Turn(turns);
    await first.take();
    const answered = first.patiently(() => person.wait.then(() => 'answer'), clock);
    const second = (async () => {
      const turn = new Turn(turns);
      await turn.take();
      events.push('second works');
      await other.wait;
      turn.give();
    })();
    await settle();
    clock.advance(4 * 60_000);
    await settle();
    expect(events).toEqual([]);
    clock.advance(60_000);
    await settle();
    expect(events).toEqual(['second works']);
    person.open();
    other.open();
    await second;
    expect(await answered).toBe('answer');
  });
});
