import PQueue from 'p-queue';
import type { Prompter } from './prompter.ts';

const queues = new WeakMap<Prompter, PQueue>();

/** One conversation at a time at a terminal that several accounts share. @throws what `work` throws */
export function alone<T>(prompter: Prompter, work: () => Promise<T>): Promise<T> {
  const queue = queues.get(prompter) ?? new PQueue({ concurrency: 1 });
  queues.set(prompter, queue);
  return queue.add(work);
}
