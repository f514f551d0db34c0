import type { Config } from '../config.ts';

/** Rule id → settings that the collector's configuration gives. */
export function configuredSettings({
  place,
  sanctionedEgress,
  sharedPlaces,
}: Pick<Config, 'place' | 'sanctionedEgress' | 'sharedPlaces'>) {
  return {
    'undeclared-country': { sanctioned: sanctionedEgress },
    'latency-contradiction': place ? { collector: place } : {},
    'shared-egress': { sharedPlaces },
    'shared-artifact': { sharedPlaces },
  };
}
