import { geoCircle, geoGraticule10, geoMercator, geoPath } from 'd3-geo';
import type { MultiPoint } from 'geojson';
import { useMemo, useState } from 'react';
import { Button } from 'react-aria-components/Button';
import { feature, mesh } from 'topojson-client';
import type { ContractorPlaces, ObservedPlace } from '../../../../shared/api/timeline.ts';
import { distanceKm } from '../../../../shared/geo.ts';
import { visibleText } from '../../../../shared/visible-text.ts';
import { observedText, POSITION_LABELS } from '../../text/timeline-text.ts';
import { numericCode } from './country-codes.ts';
import { WORLD } from './world.ts';

const WIDTH = 640;
const HEIGHT = 400;
const KM_PER_DEGREE = 111.195;
/** Borders of this scale mean little in a smaller picture. */
const LEAST_DEGREES = 8;
const NICE_KM = [10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000];

const COUNTRIES = feature(WORLD, WORLD.objects.countries);
const BORDERS = mesh(WORLD, WORLD.objects.countries, (a, b) => a !== b);

/** Land and borders from Natural Earth, declared and observed places, circles of uncertainty in true kilometers. */
export function PlacesMap({ places }: { readonly places: ContractorPlaces }) {
  const [zoom, setZoom] = useState(1);
  const { observed, declared, moves } = places;
  const { path, projection } = useMemo(() => fitted(places, zoom), [places, zoom]);
  const declaredIds = new Set(declared.countries.map(numericCode));
  const scale = scaleOf(projection);
  const dots = observed.map((place) => (isPlaced(place) ? projection([place.lon, place.lat]) : null));
  return (
    <figure className="map">
      <svg
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        role="img"
        aria-label="Map of declared and observed places; the list beside it says the same in words"
      >
        <defs>
          <marker
            id="move-end"
            viewBox="0 0 6 6"
            refX="6"
            refY="3"
            markerWidth="6"
            markerHeight="6"
            orient="auto"
          >
            <path className="map-move-end" d="M0 0 6 3 0 6z" />
          </marker>
        </defs>
        <rect className="map-sea" width={WIDTH} height={HEIGHT} />
        <path className="map-graticule" d={path(geoGraticule10()) ?? ''} />
        <path className="map-land" d={path(COUNTRIES) ?? ''} />
        {COUNTRIES.features
          .filter(({ id }) => declaredIds.has(String(id)))
          .map((country) => (
            <path key={country.id} className="map-declared" d={path(country) ?? ''} />
          ))}
        <path className="map-borders" d={path(BORDERS) ?? ''} />
        {observed.map((place) => (
          <Uncertainty key={keyOf(place)} place={place} path={path} />
        ))}
        {distinctMoves(moves).map(({ from, to }) => (
          <Move key={`${from} ${to}`} from={dots[from]} to={dots[to]} />
        ))}
        {observed.map((place, index) => (
          <Dot key={keyOf(place)} place={place} index={index} at={dots[index]} />
        ))}
        <Declared point={declared.home} label="Home, as declared" letter="H" projection={projection} />
        <Declared
          point={declared.shipTo}
          label="Shipped to, as declared"
          letter="S"
          projection={projection}
        />
        <g className="map-scale" transform={`translate(12 ${HEIGHT - 14})`}>
          <path d={`M0-4V0H${scale.px}V-4`} data-km={scale.km} data-px={scale.px} />
          <text x={scale.px + 6} y={2}>
            {scale.km.toLocaleString('en-US')} km
          </text>
        </g>
      </svg>
      <div className="map-tools">
        <Button
          className="button"
          aria-label="Zoom the map in"
          onPress={() => setZoom(Math.min(8, zoom * 1.6))}
        >
          +
        </Button>
        <Button
          className="button"
          aria-label="Zoom the map out"
          onPress={() => setZoom(Math.max(0.1, zoom / 1.6))}
        >
          −
        </Button>
        <Button className="button" isDisabled={zoom === 1} onPress={() => setZoom(1)}>
          Fit
        </Button>
      </div>
      <figcaption>
        <ul className="lanes-legend">
          <li>
            <span className="key map-key-land" /> declared country
          </li>
          <li>
            <span className="key map-key-home">H</span> declared home, <b>S</b> shipped to
          </li>
          <li>
            <span className="key map-key-usable" /> observed, with its uncertainty
          </li>
          <li>
            <span className="key map-key-other" /> not a position (VPN, hosting, too wide …)
          </li>
        </ul>
        <p className="faint">Made with Natural Earth.</p>
      </figcaption>
    </figure>
  );
}

function keyOf({ ip, lat, lon, country }: ObservedPlace): string {
  return [ip, lat, lon, country].join(' ');
}

type Projection = ReturnType<typeof geoMercator>;
type Path = ReturnType<typeof geoPath>;
type Placed = ObservedPlace & { readonly lat: number; readonly lon: number };

function isPlaced(place: ObservedPlace): place is Placed {
  return place.lat !== undefined && place.lon !== undefined;
}

/** Fits what can be a position, and what was declared; else whatever is known; else the world. */
function fitted(
  { observed, declared }: ContractorPlaces,
  zoom: number,
): { path: Path; projection: Projection } {
  const placed = observed.filter(isPlaced);
  const usable = placed.filter(({ position }) => position === 'usable');
  const points = [...(usable.length > 0 ? usable : placed), declared.home, declared.shipTo].filter(
    (point) => point !== null,
  );
  const projection = geoMercator();
  const center = middleOf(points);
  projection.rotate([-center.lon, 0]);
  const around = points.flatMap((point) => {
    const km = Math.max('radiusKm' in point ? (point.radiusKm ?? 0) : 0, (LEAST_DEGREES / 2) * KM_PER_DEGREE);
    const degrees = km / KM_PER_DEGREE;
    const wide = Math.min(170, degrees / Math.max(0.2, Math.cos((point.lat * Math.PI) / 180)));
    return [
      [point.lon - wide, Math.max(-80, point.lat - degrees)],
      [point.lon + wide, Math.min(80, point.lat + degrees)],
    ];
  });
  const target: MultiPoint = {
    type: 'MultiPoint',
    coordinates:
      around.length > 0
        ? around
        : [
            [-179, -56],
            [179, 72],
          ],
  };
  projection.fitExtent(
    [
      [24, 24],
      [WIDTH - 24, HEIGHT - 24],
    ],
    target,
  );
  if (zoom !== 1) {
    const [x, y] = projection.translate();
    projection.scale(projection.scale() * zoom);
    projection.translate([WIDTH / 2 + (x - WIDTH / 2) * zoom, HEIGHT / 2 + (y - HEIGHT / 2) * zoom]);
  }
  projection.clipExtent([
    [-20, -20],
    [WIDTH + 20, HEIGHT + 20],
  ]);
  return { path: geoPath(projection), projection };
}

/** The middle of the longitudes, around the globe the shorter way. */
function middleOf(points: readonly { readonly lat: number; readonly lon: number }[]): {
  readonly lon: number;
} {
  const [x, y] = points.reduce(
    ([east, north], { lon }) => [
      east + Math.cos((lon * Math.PI) / 180),
      north + Math.sin((lon * Math.PI) / 180),
    ],
    [0, 0],
  );
  return { lon: points.length === 0 ? 0 : (Math.atan2(y ?? 0, x ?? 0) * 180) / Math.PI };
}

function Uncertainty({ place, path }: { readonly place: ObservedPlace; readonly path: Path }) {
  if (!isPlaced(place) || place.radiusKm === undefined || place.radiusKm === 0) return null;
  const circle = geoCircle()
    .center([place.lon, place.lat])
    .radius(place.radiusKm / KM_PER_DEGREE)();
  return (
    <path
      className={`map-circle map-circle-${place.position === 'usable' ? 'usable' : 'other'}`}
      data-radius-km={place.radiusKm}
      d={path(circle) ?? ''}
    />
  );
}

function Dot(props: {
  readonly place: ObservedPlace;
  readonly index: number;
  readonly at: [number, number] | null | undefined;
}) {
  const { place, index, at } = props;
  if (!at) return null;
  const isUsable = place.position === 'usable';
  const [x, y] = at;
  return (
    <g
      className={isUsable ? 'map-dot map-dot-usable' : 'map-dot map-dot-other'}
      transform={`translate(${x} ${y})`}
    >
      <title>
        {visibleText(`${index + 1}: ${observedText(place)} · ${POSITION_LABELS[place.position]}`)}
      </title>
      {isUsable ? <circle r={8} /> : <rect x={-8} y={-8} width={16} height={16} />}
      <text y={4}>{index + 1}</text>
      {!isUsable && (
        <text className="map-note" x={12} y={4}>
          not a position
        </text>
      )}
    </g>
  );
}

function Declared(props: {
  readonly point: { readonly lat: number; readonly lon: number } | null;
  readonly label: string;
  readonly letter: string;
  readonly projection: Projection;
}) {
  const { point, label, letter, projection } = props;
  const at = point && projection([point.lon, point.lat]);
  if (!at) return null;
  return (
    <g className="map-home" transform={`translate(${at[0]} ${at[1]})`}>
      <title>{label}</title>
      <path d="M0 0-7-9V-21H7V-9z" />
      <text y={-11}>{letter}</text>
    </g>
  );
}

function Move(props: {
  readonly from: [number, number] | null | undefined;
  readonly to: [number, number] | null | undefined;
}) {
  const { from, to } = props;
  if (!from || !to) return null;
  const [dx, dy] = [to[0] - from[0], to[1] - from[1]];
  const length = Math.hypot(dx, dy);
  if (length < 24) return null;
  const cut = 9 / length;
  const [x1, y1, x2, y2] = [from[0] + dx * cut, from[1] + dy * cut, to[0] - dx * cut, to[1] - dy * cut];
  const bend = `${(x1 + x2) / 2 + dy * 0.12} ${(y1 + y2) / 2 - dx * 0.12}`;
  return <path className="map-move" markerEnd="url(#move-end)" d={`M${x1} ${y1}Q${bend} ${x2} ${y2}`} />;
}

/** The same way taken many times is one line. */
function distinctMoves(moves: ContractorPlaces['moves']): ContractorPlaces['moves'] {
  return [...new Map(moves.map((move) => [`${move.from} ${move.to}`, move])).values()].slice(0, 40);
}

/** A round number of kilometers at the middle of the picture. */
function scaleOf(projection: Projection): { readonly km: number; readonly px: number } {
  const [left, right] = [
    projection.invert?.([WIDTH / 2 - 50, HEIGHT / 2]),
    projection.invert?.([WIDTH / 2 + 50, HEIGHT / 2]),
  ];
  if (!left || !right) return { km: 0, px: 0 };
  const kmPerPx = distanceKm({ lat: left[1], lon: left[0] }, { lat: right[1], lon: right[0] }) / 100;
  const km = NICE_KM.findLast((each) => each / kmPerPx <= 140) ?? 10;
  return { km, px: Math.round((km / kmPerPx) * 10) / 10 };
}
