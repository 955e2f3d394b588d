/** What the program ends with. Ended by a signal it gives 128 and the signal's number: 130 for Ctrl-C, 143 for SIGTERM. */
export const ExitCode = {
  /** All that was asked for is done. */
  done: 0,
  /** Apple refused, could not be reached, or the account could not be opened. */
  refused: 1,
  /** The command line is wrong. */
  usage: 2,
  /** The run came to its end, and some files failed. */
  someFailed: 3,
  /** A password or a code is needed, and there is no terminal to ask for it. */
  personNeeded: 4,
} as const;
