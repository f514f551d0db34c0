import type { Change } from '../../../shared/proposal.ts';
import { countryText } from './declaration-text.ts';
import { toolName } from './labels.ts';

export type Permitted = Extract<Change, { kind: 'exception' }>['permission'];

/** `AnyDesk · from Poland (PL) · rule undeclared-country`: all of it must hold. */
export function permissionText({ tool, country, network, place, rule }: Permitted): string {
  const parts = [
    tool && toolName(tool),
    country && `from ${countryText(country)}`,
    network && `at ${network}`,
    place && `shared ${place}`,
    rule && `rule ${rule}`,
  ];
  return parts.filter((part) => part).join(' · ');
}
