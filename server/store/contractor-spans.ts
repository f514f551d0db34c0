import { type SelectQueryBuilder, sql } from 'kysely';
import { FACTS, type Fact, type FactKind, factKey, isFactKind, type Source } from '../../shared/facts.ts';
import { type Instant, instant, millis } from '../../shared/time.ts';
import { MOST_SPANS, type Span } from '../detect/timeline.ts';
import { compiled } from './compiled.ts';
import type { Tables } from './schema.ts';
import type { Db } from './store.ts';

export interface Wanted {
  readonly contractor: string;
  readonly since: Instant;
  readonly kinds: ReadonlySet<FactKind>;
}

export interface Found {
  readonly spans: readonly Span[];
  /** From here on nothing is missing: later than what was wanted where there were too many. */
  readonly since: Instant;
  readonly truncated: boolean;
}

/** Everything of a contractor that touches a window: what ended within it and what is open. */
export async function contractorSpans(db: Db, { contractor, since, kinds }: Wanted): Promise<Found> {
  const [first] = await firstTooMany(db, [contractor, since, 1, MOST_SPANS]);
  const complete = first?.to == null ? since : instant(millis(first.to) + 1);
  const ended = await queriesFor(kinds).ended(db, [contractor, complete, ...kinds]);
  const open = await queriesFor(kinds).open(db, [contractor, ...kinds, MOST_SPANS]);
  return {
    spans: [...ended, ...open].flatMap((columns) => spansOf(columns, contractor)),
    since: complete,
    truncated: complete > since,
  };
}

/** The end of the latest span for which there is no room. */
const firstTooMany = compiled((db) =>
  db
    .selectFrom('spans')
    .select('to')
    .where('contractor', '=', '')
    .where('to', '>=', '')
    .orderBy('to', 'desc')
    .limit(1)
    .offset(0),
);

/**
 * Column by column, each as one text of lines: handing over a row costs more than reading it, and there are thousands. No value holds
 * a line feed: they are ids, instants, and JSON in one line.
 */
interface Columns {
  readonly ids: string | null;
  readonly endpoints: string | null;
  readonly kinds: string | null;
  readonly froms: string | null;
  readonly tos: string | null;
  readonly facts: string | null;
}

type Column = 'id' | 'endpoint' | 'kind' | 'from' | 'to' | 'fact';

const lines = (column: Column) =>
  sql<string | null>`group_concat(coalesce(${sql.ref(column)}, ''), char(10))`;

const asColumns = (rows: SelectQueryBuilder<Tables, 'spans', object>) =>
  rows.select([
    lines('id').as('ids'),
    lines('endpoint').as('endpoints'),
    lines('kind').as('kinds'),
    lines('from').as('froms'),
    lines('to').as('tos'),
    lines('fact').as('facts'),
  ]);

interface Queries {
  readonly ended: ReturnType<typeof compiled<Columns>>;
  readonly open: ReturnType<typeof compiled<Columns>>;
}

const queries = new WeakMap<ReadonlySet<FactKind>, Queries>();

function queriesFor(kinds: ReadonlySet<FactKind>): Queries {
  const kept = queries.get(kinds) ?? madeFor([...kinds]);
  queries.set(kinds, kept);
  return kept;
}

function madeFor(kinds: readonly FactKind[]): Queries {
  return {
    ended: compiled((db) =>
      asColumns(
        db.selectFrom('spans').where('contractor', '=', '').where('to', '>=', '').where('kind', 'in', kinds),
      ),
    ),
    // What is true of a machine now belongs to whoever has it now, even if it was bound to them while it was true.
    open: compiled((db) =>
      asColumns(
        db.selectFrom(
          db
            .selectFrom('spans')
            .selectAll()
            .where('endpoint', 'in', db.selectFrom('endpoints').select('id').where('contractor', '=', ''))
            .where('to', 'is', null)
            .where('kind', 'in', kinds)
            .limit(0)
            .as('spans'),
        ),
      ),
    ),
  };
}

function spansOf(columns: Columns, contractor: string): readonly Span[] {
  if (columns.ids === null) return [];
  const [endpoints, kinds, froms, tos, facts] = [
    linesOf(columns.endpoints),
    linesOf(columns.kinds),
    linesOf(columns.froms),
    linesOf(columns.tos),
    linesOf(columns.facts),
  ];
  const spans: Span[] = [];
  for (const [row, id] of linesOf(columns.ids).entries()) {
    const kind = kinds[row] ?? '';
    // A later version may have written kinds that this one does not know.
    if (!isFactKind(kind)) continue;
    const times = { from: froms[row] ?? '', to: tos[row] ?? '' };
    const of = { id, endpoint: endpoints[row] ?? '', contractor, kind };
    spans.push(new StoredSpan(of, times, facts[row] ?? ''));
  }
  return spans;
}

function linesOf(text: string | null): readonly string[] {
  return text === null ? [] : text.split('\n');
}

type Identity = Pick<Span, 'id' | 'endpoint' | 'contractor' | 'kind'>;

/** Most facts are never looked at, so each is parsed when it is. */
class StoredSpan implements Span {
  readonly id: string;
  readonly endpoint: string;
  readonly contractor: string;
  readonly kind: FactKind;
  readonly from: Instant;
  readonly to?: Instant;
  readonly #text: string;
  #fact: Fact | undefined;

  constructor(
    { id, endpoint, contractor, kind }: Identity,
    { from, to }: { readonly from: Instant; readonly to: Instant | '' },
    text: string,
  ) {
    this.id = id;
    this.endpoint = endpoint;
    this.contractor = contractor;
    this.kind = kind;
    this.from = from;
    if (to !== '') this.to = to;
    this.#text = text;
  }

  get key(): string {
    return factKey(this.fact);
  }

  get source(): Source {
    return FACTS[this.kind].source;
  }

  get fact(): Fact {
    this.#fact ??= parsedFact(this.#text);
    return this.#fact;
  }
}

const MOST_FACTS = 10_000;
const facts = new Map<string, Fact>();

/** The same few facts come again and again, a tool's or an address's with each of its spans, so some are kept by their text. */
function parsedFact(text: string): Fact {
  const known = facts.get(text);
  if (known) return known;
  const fact: Fact = JSON.parse(text);
  if (facts.size >= MOST_FACTS) facts.clear();
  facts.set(text, fact);
  return fact;
}
