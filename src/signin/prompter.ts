import type { Secret } from '../apple/secret.ts';

/** A terminal with a person at it. */
export interface Prompter {
  /** Whether anybody can answer. */
  readonly attended: boolean;
  /** Shows a line. */
  say(text: string): void;
  /**
   * @param signal aborted when the answer is no longer wanted
   * @returns the line typed; undefined at the end of input, or when no longer wanted
   */
  ask(prompt: string, signal?: AbortSignal): Promise<string | undefined>;
  /** Like `ask`, without showing what is typed. */
  askHidden(prompt: string): Promise<Secret | undefined>;
}
