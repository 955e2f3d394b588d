import { randomInt } from 'node:crypto';
import type { Clock } from '../seams.ts';
import type { SimulatedAccount, TrustedPhone } from './account.ts';

/** Where a code was shown or sent. */
export type CodeChannel = 'device' | 'sms' | 'voice';

/** A code as its owner sees it. */
export interface SentCode {
  readonly appleId: string;
  /** Six digits; the first may be 0. */
  readonly code: string;
  readonly channel: CodeChannel;
  readonly phoneId?: number;
  /** The last two digits of the number. */
  readonly phoneEnding?: string;
  /** Milliseconds since the epoch. */
  readonly sentAt: number;
}

/** The devices and phones of all owners: every code that was "sent". */
export class CodeOutbox {
  readonly #clock: Clock;
  readonly #sent: SentCode[] = [];
  readonly #listeners = new Set<(code: SentCode) => void>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** @param phone for `sms` and `voice` */
  send({ appleId }: SimulatedAccount, channel: CodeChannel, phone?: TrustedPhone): SentCode {
    const sent = {
      appleId,
      code: String(randomInt(1_000_000)).padStart(6, '0'),
      channel,
      ...(phone === undefined ? {} : { phoneId: phone.id, phoneEnding: phone.lastTwoDigits }),
      sentAt: this.#clock.now(),
    };
    this.#sent.push(sent);
    for (const listener of this.#listeners) listener(sent);
    return sent;
  }

  /** @returns the last code sent, to this account or to any */
  last(appleId?: string): SentCode | undefined {
    return this.#of(appleId).at(-1);
  }

  counts(appleId?: string): Readonly<Record<CodeChannel, number>> {
    const counts = { device: 0, sms: 0, voice: 0 };
    for (const { channel } of this.#of(appleId)) counts[channel] += 1;
    return counts;
  }

  /** @returns the way to stop listening */
  onCode(listener: (code: SentCode) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #of(appleId: string | undefined): readonly SentCode[] {
    const wanted = appleId?.toLowerCase();
    return this.#sent.filter((sent) => wanted === undefined || sent.appleId.toLowerCase() === wanted);
  }
}
