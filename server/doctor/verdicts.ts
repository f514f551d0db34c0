export interface Fine {
  readonly verdict: 'fine';
  readonly what: string;
}

export interface Trouble {
  readonly verdict: 'problem';
  readonly what: string;
  readonly remedy: string;
}

export function fine(what: string): Fine {
  return { verdict: 'fine', what };
}

export function problem(what: string, remedy: string): Trouble {
  return { verdict: 'problem', what, remedy };
}
