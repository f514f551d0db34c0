import { geoNaturalEarth1, geoPath } from 'd3-geo';
import { feature } from 'topojson-client';
import land from 'world-atlas/land-110m.json?raw';
import type { World } from '../../../../shared/api/overview.ts';
import { plural } from '../../text/labels.ts';

const WIDTH = 960;
const HEIGHT = 460;

/** Natural Earth, in the public domain, as world-atlas packs it. */
const atlas: Parameters<typeof feature>[0] = JSON.parse(land);
const projection = geoNaturalEarth1().fitExtent(
  [
    [4, 4],
    [WIDTH - 4, HEIGHT - 4],
  ],
  { type: 'Sphere' },
);
const LAND = landPath();

/** Where addresses put contractors now: rounds, and diamonds where somebody did not declare the country. */
export function WorldMap({ spots }: { readonly spots: World['spots'] }) {
  return (
    <figure className="world">
      <svg
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        role="img"
        aria-label="Map of where contractors are now; the table below says the same in numbers"
      >
        <path className="world-land" d={LAND} />
        {spots.toReversed().map((spot) => (
          <Spot key={`${spot.lat} ${spot.lon}`} spot={spot} />
        ))}
      </svg>
      <figcaption className="faint">
        <span className="world-key world-key-declared">in a declared country, or none was declared</span>
        <span className="world-key world-key-undeclared">in a country that somebody did not declare</span>
        <span>Positions by whole degrees. Map: Natural Earth.</span>
      </figcaption>
    </figure>
  );
}

function Spot({ spot }: { readonly spot: World['spots'][number] }) {
  const { lat, lon, contractors, undeclared } = spot;
  const at = projection([lon, lat]);
  if (!at) return null;
  const radius = Math.min(18, 4 + 2 * Math.log2(contractors));
  const [x, y] = at;
  const text = `${plural(contractors, 'contractor')}${undeclared > 0 ? `, ${undeclared} of them not declared` : ''}`;
  return (
    <g className={undeclared > 0 ? 'world-undeclared' : 'world-declared'}>
      <title>{text}</title>
      {undeclared > 0 ? (
        <path d={`M${x} ${y - radius}l${radius} ${radius}l${-radius} ${radius}l${-radius} ${-radius}z`} />
      ) : (
        <circle cx={x} cy={y} r={radius} />
      )}
    </g>
  );
}

function landPath(): string {
  const shape = atlas.objects['land'];
  return (shape && geoPath(projection)(feature(atlas, shape))) ?? '';
}
