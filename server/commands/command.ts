/** One subcommand of `farhand`. Data goes to stdout, messages to stderr; the returned number is the exit code. */
export interface Command {
  /** What `farhand <name> --help` prints: forms, options, an example. */
  readonly usage: string;
  /** Throws CodedError; USAGE for words that it does not know. */
  run(args: readonly string[]): Promise<number>;
}
