import type { mesh } from 'topojson-client';
import countries from 'world-atlas/countries-110m.json?raw';

type Topology = Parameters<typeof mesh>[0];
type Geometries = Extract<NonNullable<Parameters<typeof mesh>[1]>, { readonly type: 'GeometryCollection' }>;

/** Land and borders at 1:110 million: Natural Earth, in the public domain, as world-atlas packs it. */
export const WORLD: Topology & { readonly objects: { readonly countries: Geometries } } =
  JSON.parse(countries);
