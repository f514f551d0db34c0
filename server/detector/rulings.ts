import { codedError } from '../../shared/errors.ts';
import type { Exception } from '../../shared/exception.ts';
import type { Rule } from '../detect/rule.ts';
import { parseSettings, type RuleSettings } from '../detect/settings.ts';
import type { Log } from '../log.ts';
import { rulings, rulingsVersion } from '../store/proposals.ts';
import type { Db } from '../store/store.ts';

/** What people decided and configured, as judging needs it. */
export interface RulingsInForce {
  readonly settings: RuleSettings;
  readonly exceptions: readonly Exception[];
}

export interface RulingsOptions {
  readonly rules: readonly Rule[];
  /** Rule id → settings from the configuration; what was approved counts for more, setting by setting. */
  readonly configured?: Readonly<Record<string, unknown>> | undefined;
  readonly log: Log;
}

/** Gives the rulings in force, read anew whenever somebody decided something, in this process or another. Throws SETTINGS_INVALID at once. */
export function rulingsOf({
  rules,
  configured = {},
  log,
}: RulingsOptions): (db: Db) => Promise<RulingsInForce> {
  const base = parseSettings(rules, configured);
  let known: { readonly version: string; readonly inForce: RulingsInForce } | undefined;
  return async (db) => {
    const version = await rulingsVersion(db);
    if (known?.version === version) return known.inForce;
    const { exceptions, settings } = await rulings(db);
    const inForce = { exceptions, settings: overlaid(base, { rules, configured, settings, log }) };
    known = { version, inForce };
    return inForce;
  };
}

/** A rule whose approved settings this version does not understand goes on with the configured ones. */
function overlaid(
  base: RuleSettings,
  {
    rules,
    configured,
    settings,
    log,
  }: Required<RulingsOptions> & Pick<Awaited<ReturnType<typeof rulings>>, 'settings'>,
): RuleSettings {
  const all = new Map(base);
  for (const rule of rules) {
    const approved = settings[rule.id];
    if (approved === undefined) continue;
    try {
      const merged = { ...objectOf(configured?.[rule.id]), ...objectOf(approved) };
      all.set(rule.id, parseSettings([rule], { [rule.id]: merged }).get(rule.id));
    } catch (error) {
      log.error(
        { ruleId: rule.id, err: codedError(error) },
        'approved settings of a rule are not understood, not in force',
      );
    }
  }
  return all;
}

function objectOf(value: unknown): object {
  return typeof value === 'object' && value !== null ? value : {};
}
