import type { Config } from '../config.ts';

/** Rule id → settings that the collector's configuration gives. */
export function configuredSettings({ sanctionedEgress }: Pick<Config, 'sanctionedEgress'>) {
  return { 'undeclared-country': { sanctioned: sanctionedEgress } };
}
