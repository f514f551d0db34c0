import type { z } from 'zod';
import type { Catalog } from '../../shared/catalog/schema.ts';
import type { FactKind } from '../../shared/facts.ts';
import type { Family, Figure, Severity } from '../../shared/finding.ts';
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
  /** Where it differs from the rule's. */
  readonly severity?: Severity;
  /** Place rules: whom it concerns. Contractor rules leave it out. */
  readonly contractors?: readonly string[];
}

/** A story as lines, and which matches it must give: `[]` is a clear. */
export interface Example {
  readonly name: string;
  readonly story: readonly object[];
  readonly expect: readonly {
    readonly key?: string;
    readonly subject?: string;
    readonly severity?: Severity;
  }[];
}

interface RuleBase<S extends z.ZodType> {
  /** Equal to the file's name. */
  readonly id: string;
  readonly title: string;
  readonly family: Family;
  readonly severity: Severity;
  /** Ids of indicators in the advisory catalog; at least one. */
  readonly advisories: readonly [string, ...string[]];
  /** MITRE ATT&CK v19 techniques. */
  readonly attack: readonly string[];
  /** Kinds of fact it needs: where one is not covered the rule is not called and the verdict is undetermined. */
  readonly watches: readonly FactKind[];
  readonly settings: S;
  readonly falsePositives: readonly string[];
  readonly blindSpots: readonly string[];
  readonly triage: readonly string[];
  readonly examples: readonly [Example, Example, ...Example[]];
}

export interface ContractorRule<S extends z.ZodType = z.ZodType> extends RuleBase<S> {
  readonly scope: 'contractor';
  evaluate(timeline: ContractorTimeline, settings: z.infer<S>, catalog: Catalog): readonly Match[];
}

export interface PlaceRule<S extends z.ZodType = z.ZodType> extends RuleBase<S> {
  readonly scope: 'place';
  evaluate(timeline: PlaceTimeline, settings: z.infer<S>, catalog: Catalog): readonly Match[];
}

export type Rule = ContractorRule | PlaceRule;
