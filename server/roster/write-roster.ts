import { stringify } from 'csv-stringify/sync';
import type { ContractorEntry } from '../store/contractors.ts';
import { COLUMNS } from './columns.ts';
import { HASHED } from './serial-hash.ts';

/**
 * A roster as CSV that `parseRoster` reads back to the same. A cell that a spreadsheet would take for a formula begins with an
 * apostrophe, which the reader takes off again.
 */
export function csvRoster(entries: readonly ContractorEntry[]): string {
  return stringify(entries.map(cellsOf), {
    header: true,
    bom: true,
    columns: Object.keys(COLUMNS),
    escape_formulas: true,
    record_delimiter: 'windows',
  });
}

function cellsOf({ id, label, declaration = {}, endpoints }: ContractorEntry) {
  const { home, shipTo, workHours } = declaration;
  const { flexibleHours, mobileWorker, virtualMachine, issuedSerials } = declaration;
  return {
    contractor: id,
    label,
    countries: declaration.countries?.join(';'),
    home_lat: home?.lat,
    home_lon: home?.lon,
    ship_lat: shipTo?.lat,
    ship_lon: shipTo?.lon,
    timezone: declaration.timezone,
    work_days: workHours?.days.join(';'),
    work_from: workHours?.from,
    work_to: workHours?.to,
    flexible_hours: answer(flexibleHours),
    mobile_worker: answer(mobileWorker),
    approved_tools: declaration.approvedTools?.join(';'),
    approved_vpns: declaration.approvedVpns?.join(';'),
    shared_site: declaration.sharedSite,
    issued_serials: issuedSerials?.map((hash) => HASHED + hash).join(';'),
    virtual_machine: answer(virtualMachine),
    endpoints: endpoints.join(';'),
  } satisfies Record<keyof typeof COLUMNS, unknown>;
}

function answer(value: boolean | undefined): string | undefined {
  if (value === undefined) return undefined;
  return value ? 'yes' : 'no';
}
