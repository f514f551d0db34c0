import { COLUMNS, type Column } from '../../server/roster/columns.ts';

const TEXTS: Readonly<Record<Column, string>> = {
  contractor: 'Who it is, by an id of yours. The only column that must be there.',
  label: 'What people call them; shown, never judged.',
  countries: 'Where they work: `US;CA`.',
  home_lat: 'Where they live, in degrees.',
  home_lon: 'See `home_lat`.',
  ship_lat: 'Where the machine was sent, if not home.',
  ship_lon: 'See `ship_lat`.',
  timezone: 'The time zone of their work, such as `America/Chicago`.',
  work_days: 'Days of work: `mon-fri` or `mon;wed`.',
  work_from: 'When work begins, such as `09:00`.',
  work_to: 'When it ends; earlier than `work_from` means on the next day.',
  flexible_hours: '`yes`: works whenever it suits, so hours contradict nothing.',
  mobile_worker: '`yes`: works on the move, so many networks contradict nothing.',
  approved_tools: 'Catalog ids of remote-access tools that were agreed to.',
  approved_vpns: 'Catalog ids of VPNs, meshes and proxies that were agreed to.',
  shared_site: 'An equal name says that contractors work at one place.',
  issued_serials:
    'Serial numbers as they stand on the machines that were issued; only keyed hashes are kept.',
  virtual_machine: '`yes`: the issued machine is a virtual one.',
  endpoints: 'Ids of enrolled endpoints that are theirs.',
};

export function rosterRows(): readonly (readonly string[])[] {
  return Object.entries(COLUMNS).map(([column, place]) => [`\`${column}\``, `\`${place}\``, textOf(column)]);
}

function textOf(column: string): string {
  return new Map(Object.entries(TEXTS)).get(column) ?? '';
}
