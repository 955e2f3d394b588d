/** What the page may tell the run to do; for all accounts at once. */
export interface Controls {
  /** False when there is nothing to steer: the buttons are left out. */
  readonly available: boolean;
  /** The next run begins now. */
  syncNow(): void;
  /** Nothing new is begun until `resume`. */
  pause(): void;
  resume(): void;
  /** The run ends as soon as the files at hand are in place. */
  stopAfterFile(): void;
}
