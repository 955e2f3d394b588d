import type { Answer, Challenge } from './challenges.ts';

/**
 * One way in which a person can answer: the terminal, the web page, `icloud code`. Several may wait at once; the first
 * answer counts.
 */
export interface Answerer {
  /** As the log names it. */
  readonly name: string;
  /**
   * @param signal aborted when another way has answered, the time is over, or the run ends
   * @returns undefined when no answer will come this way
   */
  answer(challenge: Challenge, signal: AbortSignal): Promise<Answer | undefined>;
}
