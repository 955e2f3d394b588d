/** What the program ends with. Ended by a signal it gives 128 and the signal's number: 130 for Ctrl-C, 143 for SIGTERM. */
export const ExitCode = {
  /** All that was asked for is done. */
  done: 0,
  /**
   * Apple refused or could not be reached, or something that the run needs failed: the stored session, a password file or
   * command, the keyring, the file of `--debug-capture` at the end.
   */
  refused: 1,
  /** The command line is wrong, or nothing can start with it: the web page cannot be served, a file it names be made. */
  usage: 2,
  /** The run came to its end, and some files failed. */
  someFailed: 3,
  /** A password or a code is needed, and nobody is there to give it. */
  personNeeded: 4,
} as const;
