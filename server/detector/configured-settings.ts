import type { Config } from '../config.ts';

/** Rule id → settings that the collector's configuration gives. */
export function configuredSettings({
  sanctionedEgress,
  sharedPlaces,
}: Pick<Config, 'sanctionedEgress' | 'sharedPlaces'>) {
  return {
    'undeclared-country': { sanctioned: sanctionedEgress },
    'shared-egress': { sharedPlaces },
    'shared-artifact': { sharedPlaces },
  };
}
