import type { z } from 'zod';
import type { Catalog } from '../../shared/catalog/schema.ts';
import type { Declaration } from '../../shared/declaration.ts';
import type { FactKind } from '../../shared/facts.ts';
import type { Family, Figure, Scope, Severity } from '../../shared/finding.ts';
import type { Instant } from '../../shared/time.ts';
import type { ContractorTimeline, PlaceTimeline } from './timeline.ts';

/** A contradiction that a rule sees in a timeline. */
export interface Match {
  /** Tells this match from others of the same rule and subject; stable while the timeline grows. */
  readonly key: string;
  /** One sentence for the analyst: what was declared, what was observed. */
  readonly reason: string;
  /** The reckoning, so that it can be checked by hand. */
  readonly arithmetic: readonly Figure[];
  /** Ids of the spans it rests on; at least one unless what is missing is the point. */
  readonly spans: readonly string[];
  readonly from: Instant;
  /** Undefined while it goes on. */
  readonly to?: Instant;
  /** Where it also rests on what ended before `from`: once that has left the window, nobody can judge it any more. */
  readonly restsFrom?: Instant;
  /** Where it differs from the rule's. */
  readonly severity?: Severity;
  /** Place rules: whom it concerns. Contractor rules leave it out. */
  readonly contractors?: readonly string[];
  /** What an exception would have to permit. */
  readonly concerns?: Concerns;
  /** It counts only from this moment on, provided that nothing changes until then. */
  readonly holdsFrom?: Instant;
}

export interface Concerns {
  /** Catalog ids. */
  readonly tools?: readonly string[];
  readonly country?: string;
  readonly addresses?: readonly string[];
}

/** A story as lines, and which matches it must give: `[]` is a clear. */
export interface Example {
  readonly name: string;
  /** Those that are not the default. */
  readonly settings?: Readonly<Record<string, unknown>>;
  readonly story: readonly object[];
  readonly expect: readonly {
    readonly key?: string;
    readonly subject?: string;
    readonly severity?: Severity;
  }[];
}

export interface RuleOf<S extends Scope, T extends z.ZodType = z.ZodType> {
  /** Equal to the file's name. */
  readonly id: string;
  readonly title: string;
  readonly scope: S;
  readonly family: Family;
  readonly severity: Severity;
  /** Ids of indicators in the advisory catalog; at least one. */
  readonly advisories: readonly [string, ...string[]];
  /** MITRE ATT&CK v19 techniques. */
  readonly attack: readonly string[];
  /** Kinds of fact it needs: where one is not covered the rule is not called and the verdict is undetermined. */
  readonly watches: readonly FactKind[];
  /** Kinds that it looks at besides, where they are there. Of others it sees nothing: reading one is a defect. */
  readonly reads?: readonly FactKind[];
  /** Parts of the declaration that it holds against what was observed; a case shows them side by side. */
  readonly contradicts: readonly (keyof Declaration)[];
  /** A strict object in which every setting has a default and a description. */
  readonly settings: T;
  readonly falsePositives: readonly string[];
  readonly blindSpots: readonly string[];
  readonly triage: readonly string[];
  readonly examples: readonly [Example, Example, ...Example[]];
  evaluate(timeline: TimelineOf[S], settings: z.infer<T>, catalog: Catalog): readonly Match[];
}

export type ContractorRule = RuleOf<'contractor'>;
export type PlaceRule = RuleOf<'place'>;
export type Rule = ContractorRule | PlaceRule;

interface TimelineOf {
  readonly contractor: ContractorTimeline;
  readonly place: PlaceTimeline;
}

/** Every kind of fact that these rules may ask for, and the agent's word on what it can see. */
export function kindsOf(rules: readonly Rule[]): ReadonlySet<FactKind> {
  return new Set(['agent', 'egress', ...rules.flatMap(({ watches, reads = [] }) => [...watches, ...reads])]);
}

/** Gives `evaluate` the types of the rule's own scope and settings. */
export function defineRule<const S extends Scope, T extends z.ZodType>(rule: RuleOf<S, T>): RuleOf<S, T> {
  return rule;
}
