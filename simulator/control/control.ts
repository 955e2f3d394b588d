import { type Fault, type Faults, faultSchema } from '../http/faults.ts';
import type { LoggedRequest, RequestLog } from '../http/request-log.ts';
import type { AccountChange, Accounts, SimulatedAccount } from '../identity/account.ts';
import type { CodeChannel, CodeOutbox, SentCode } from '../identity/codes.ts';
import type { SignInSessions } from '../identity/sign-in-sessions.ts';
import type { Tokens } from '../identity/tokens.ts';
import { exportMemory } from '../memory.ts';
import type { Clock, Library } from '../seams.ts';
import type { WebSessionStore } from '../setup/web-sessions.ts';
import { type Switches, switchesSchema } from './switches.ts';

export interface ControlDeps {
  readonly clock: Clock;
  readonly accounts: Accounts;
  readonly outbox: CodeOutbox;
  readonly log: RequestLog;
  readonly faults: Faults;
  readonly tokens: Tokens;
  readonly signIns: SignInSessions;
  readonly webSessions: WebSessionStore;
  readonly switches: Switches;
}

/** The hand behind the scenes: reads what was sent, makes things expire, lets things go wrong. */
export class Control {
  readonly #deps: ControlDeps;

  constructor(deps: ControlDeps) {
    this.#deps = deps;
  }

  /** The newest code that was shown or sent, to this account or to any. */
  lastCode(appleId?: string): SentCode | undefined {
    return this.#deps.outbox.last(appleId);
  }

  /** How many codes went out over each channel. */
  codesSent(appleId?: string): Readonly<Record<CodeChannel, number>> {
    return this.#deps.outbox.counts(appleId);
  }

  /** @returns the way to stop listening */
  onCode(listener: (code: SentCode) => void): () => void {
    return this.#deps.outbox.onCode(listener);
  }

  /** The requests answered so far, oldest first, those of the control interface left out. At most the last 20,000. */
  requests(): readonly LoggedRequest[] {
    return this.#deps.log.list();
  }

  clearRequests(): void {
    this.#deps.log.clear();
  }

  /**
   * The browser is trusted no more: its trust token and its web sessions die, and its session token leads only as far
   * as the second factor. Without a name, for all accounts.
   */
  expireTrust(appleId?: string): void {
    for (const account of this.#named(appleId)) {
      this.#deps.tokens.expireTrust(account);
      this.#deps.signIns.end(account);
      this.#deps.webSessions.end({ account });
    }
  }

  /** The web cookies die; with `tokens`, session tokens too. Trust lives on. Without a name, for all accounts. */
  expireSessions(appleId?: string, { tokens = false }: { readonly tokens?: boolean } = {}): void {
    for (const account of this.#named(appleId)) {
      this.#deps.webSessions.end({ account });
      if (tokens) this.#deps.tokens.expireSessions(account);
    }
  }

  /**
   * The owner of an account with Advanced Data Protection allows access to its data, on the device that asks for it.
   *
   * @throws Error when no device asks
   */
  consent(appleId?: string): void {
    const { protection, appleId: name } = this.#deps.accounts.get(appleId);
    if (!protection) throw new Error(`${name} has no Advanced Data Protection`);
    protection.consent(this.#deps.clock.now());
  }

  /**
   * The account's photos move to other servers: the old ones answer 421, and so do the new ones until an `accountLogin`
   * has told where they are.
   */
  movePartition(appleId?: string): void {
    this.#deps.accounts.get(appleId).partition += 1;
  }

  /** @throws ZodError when the fault is not one */
  inject(fault: Fault): void {
    this.#deps.faults.inject(faultSchema.parse(fault));
  }

  clearFaults(): void {
    this.#deps.faults.clear();
  }

  /** What this account, or the first one, has in iCloud Photos. @throws Error when there is no such account */
  library(appleId?: string): Library {
    return this.#deps.accounts.get(appleId).library;
  }

  /** What the owner does elsewhere: accepts terms, is locked or unlocked, changes the password, enrols keys. */
  changeAccount(change: AccountChange, appleId?: string): void {
    this.#deps.accounts.get(appleId).change(change);
  }

  /** @throws ZodError when the value is not one of the switch's */
  set<Name extends keyof Switches>(name: Name, value: Switches[Name]): void {
    this.setAll({ [name]: value });
  }

  /** Several switches at once; those left out stay. @throws ZodError when a name or a value is wrong */
  setAll(values: { readonly [Name in keyof Switches]?: Switches[Name] | undefined }): void {
    const given = Object.entries(switchesSchema.partial().parse(values)).filter(([, value]) => value !== undefined);
    Object.assign(this.#deps.switches, Object.fromEntries(given));
  }

  /** The sign-ins in force, for `SimulatorOptions.memory` of a later start. */
  exportMemory(): string {
    return exportMemory(this.#deps);
  }

  #named(appleId: string | undefined): readonly SimulatedAccount[] {
    return appleId === undefined ? this.#deps.accounts.all() : [this.#deps.accounts.get(appleId)];
  }
}
