/** Advanced Data Protection of one account: its keys are on its devices, whose owner must consent to lend them. */
export class DataProtection {
  readonly #consentLasts: number;
  #prompted = false;
  #consentedUntil = 0;
  #asked = false;

  /** @param consentLasts milliseconds */
  constructor(consentLasts: number) {
    this.#consentLasts = consentLasts;
  }

  /** The devices show a prompt. */
  prompt(): void {
    this.#prompted = true;
  }

  /** The owner taps Allow. @throws Error when nothing is shown */
  consent(now: number): void {
    if (!this.#prompted) throw new Error('No device shows a prompt');
    this.#prompted = false;
    this.#asked = false;
    this.#consentedUntil = now + this.#consentLasts;
  }

  consented(now: number): boolean {
    return now < this.#consentedUntil;
  }

  /** Milliseconds since the epoch; 0 without consent. */
  consentedUntil(now: number): number {
    return this.consented(now) ? this.#consentedUntil : 0;
  }

  /** Whether the keys have come from the device: not yet when they are first asked for after consent. */
  uploaded(): boolean {
    const before = this.#asked;
    this.#asked = true;
    return before;
  }
}
