import type { Prompter } from './prompter.ts';

const last = new WeakMap<Prompter, Promise<unknown>>();

/** One conversation at a time at a terminal that several accounts share. @throws what `work` throws */
export async function alone<T>(prompter: Prompter, work: () => Promise<T>): Promise<T> {
  const mine = (last.get(prompter) ?? Promise.resolve()).then(work);
  last.set(
    prompter,
    mine.catch(() => undefined),
  );
  return mine;
}
