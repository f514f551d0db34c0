/** One subcommand of `farhand-agent`. Data goes to stdout, messages to stderr; the returned number is the exit code. */
export interface Command {
  readonly name: string;
  /** One line for the list of commands. */
  readonly summary: string;
  /** What `farhand-agent <name> --help` prints: forms, options, an example. */
  readonly usage: string;
  /** Throws CodedError; USAGE for words that it does not know. */
  run(args: readonly string[]): Promise<number>;
}
