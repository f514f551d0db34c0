/** A file that breaks one rule of the house, and what the tool must say to it. */
export interface Fence {
  readonly fact: string;
  readonly path: string;
  readonly code: string;
  /** Part of what the tool says at that file. */
  readonly says: string;
}
