/** A document as a tree, so that every form of it says the same. All texts are plain; whoever writes them out makes them inert. */
export interface Document {
  readonly title: string;
  /** One line below the title. */
  readonly subtitle: string;
  readonly sections: readonly Section[];
}

export interface Section {
  readonly title: string;
  readonly blocks: readonly Block[];
}

export type Block =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'heading'; readonly text: string }
  | { readonly kind: 'list'; readonly items: readonly string[] }
  | { readonly kind: 'facts'; readonly rows: readonly (readonly [label: string, value: string])[] }
  | DocumentTable;

export interface DocumentTable {
  readonly kind: 'table';
  readonly head: readonly Head[];
  readonly rows: readonly (readonly string[])[];
}

export interface Head {
  readonly text: string;
  readonly numeric?: true;
  /** How wide it is beside the others; 1 when left out. */
  readonly share?: number;
}

export function text(...sentences: readonly string[]): Block {
  return { kind: 'text', text: sentences.join(' ') };
}

export function heading(words: string): Block {
  return { kind: 'heading', text: words };
}

/** Nothing but a sentence where there are no rows. */
export function table(
  head: readonly Head[],
  rows: readonly (readonly string[])[],
  { none }: { readonly none: string },
): Block {
  return rows.length === 0 ? text(none) : { kind: 'table', head, rows };
}
