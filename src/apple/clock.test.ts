import { once } from 'node:events';
import { expect, test } from 'vitest';
import { systemClock } from './clock.ts';

test('a wait longer than a timer of Node can be is no short one', async () => {
  const controller = new AbortController();
  // Node warns, and fires at once
  const warned = once(process, 'warning', { signal: controller.signal }).then(
    ([warning]: unknown[]) => String(warning),
    () => 'no warning',
  );
  const month = systemClock.sleep(31 * 86_400_000, controller.signal);
  await new Promise((resolve) => setImmediate(resolve));
  controller.abort(new Error('enough'));
  await expect(month).rejects.toThrow('enough');
  expect(await warned).toBe('no warning');
});
