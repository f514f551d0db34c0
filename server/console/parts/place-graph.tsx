import {
  forceCollide,
  forceLink,
  forceManyBody,
  forceSimulation,
  forceX,
  forceY,
  type SimulationLinkDatum,
  type SimulationNodeDatum,
} from 'd3-force';
import { useMemo, useState } from 'react';
import { navigate } from 'wouter/use-browser-location';
import type { PlaceGraph as Graph } from '../../../shared/api/places.ts';
import { visibleText } from '../../../shared/visible-text.ts';
import { plural } from '../text/labels.ts';
import { PLACE_LABELS, placeName } from '../text/place-text.ts';

interface Node extends SimulationNodeDatum {
  readonly id: string;
  readonly label: string;
  readonly href: string;
  readonly told: string;
  readonly kind: Graph['places'][number]['kind'] | 'contractor';
  readonly open: boolean;
  readonly radius: number;
}

const TICKS = 300;
const MARGIN = 40;
const LEAST_WIDTH = 720;
const LEAST_HEIGHT = 300;
/** Beyond so many nodes only places are named; the others are named on hover, focus, and in the table. */
const ALL_NAMED = 60;

/** Contractors and the places that they share. It is laid out to rest before it is shown, always the same way, and never moves. */
export function PlaceGraph({ graph }: { readonly graph: Graph }) {
  const { nodes, links, box } = useMemo(() => laidOut(graph), [graph]);
  const [near, setNear] = useState<string>();
  const beside = useMemo(() => neighbors(graph, near), [graph, near]);
  const dimmed = (id: string) => near !== undefined && !beside.has(id);
  return (
    <figure className="graph">
      {/* A picture would hide its links from readers. */}
      <svg
        viewBox={box.join(' ')}
        aria-label={`${plural(graph.places.length, 'shared place')}, ${plural(graph.contractors.length, 'contractor')}`}
      >
        {links.map(({ source, target }) => (
          <line
            key={`${source.id} ${target.id}`}
            className={dimmed(source.id) || dimmed(target.id) ? 'graph-link graph-dim' : 'graph-link'}
            x1={source.x}
            y1={source.y}
            x2={target.x}
            y2={target.y}
          />
        ))}
        {nodes.map((node) => (
          <g
            key={node.id}
            className={`graph-node graph-${node.kind === 'contractor' ? 'contractor' : 'place'}${
              node.open ? ' graph-open' : ''
            }${dimmed(node.id) ? ' graph-dim' : ''}`}
            transform={`translate(${node.x} ${node.y})`}
          >
            <a
              href={node.href}
              aria-label={node.told}
              onClick={(event) => {
                if (event.metaKey || event.ctrlKey || event.shiftKey) return;
                event.preventDefault();
                navigate(node.href);
              }}
              onFocus={() => setNear(node.id)}
              onBlur={() => setNear(undefined)}
              onMouseEnter={() => setNear(node.id)}
              onMouseLeave={() => setNear(undefined)}
            >
              <Shape node={node} />
              {(nodes.length <= ALL_NAMED || node.kind !== 'contractor' || beside.has(node.id)) && (
                <text y={node.radius + 11} textAnchor="middle">
                  {node.label}
                </text>
              )}
            </a>
          </g>
        ))}
      </svg>
      <figcaption className="faint">
        <span className="graph-key graph-key-place">place</span>
        <span className="graph-key graph-key-open">place with an open finding</span>
        <span className="graph-key graph-key-contractor">contractor</span>
        {graph.more && <span>The most shared are drawn; the table has all.</span>}
      </figcaption>
    </figure>
  );
}

function Shape({ node: { kind, radius } }: { readonly node: Node }) {
  if (kind === 'contractor') return <circle r={radius} />;
  return <rect x={-radius} y={-radius} width={2 * radius} height={2 * radius} rx={3} />;
}

/** The node itself with those that it is linked to. */
function neighbors({ links }: Graph, id: string | undefined): ReadonlySet<string> {
  if (id === undefined) return new Set();
  const near = links.flatMap(({ place, contractor }) => {
    const person = nodeOf(contractor);
    if (place === id) return [person];
    return person === id ? [place] : [];
  });
  return new Set([id, ...near]);
}

/** So that a contractor cannot be taken for a place of the same name. */
function nodeOf(contractor: string): string {
  return `contractor ${contractor}`;
}

interface Link extends SimulationLinkDatum<Node> {
  readonly source: Node;
  readonly target: Node;
}

function laidOut(graph: Graph) {
  const nodes = nodesOf(graph);
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const links = graph.links.flatMap(({ place, contractor }): Link[] => {
    const [source, target] = [byId.get(place), byId.get(nodeOf(contractor))];
    return source && target ? [{ source, target }] : [];
  });
  forceSimulation(nodes)
    .force('link', forceLink(links).distance(64).strength(0.5))
    .force('apart', forceManyBody().strength(-220).distanceMax(420))
    .force(
      'room',
      forceCollide<Node>(({ radius }) => radius + 16),
    )
    // Wider than high, as the page is.
    .force('x', forceX(0).strength(0.035))
    .force('y', forceY(0).strength(0.09))
    .stop()
    .tick(TICKS);
  const [left, width] = rangeOf(
    nodes.map(({ x = 0 }) => x),
    LEAST_WIDTH,
  );
  const [top, height] = rangeOf(
    nodes.map(({ y = 0 }) => y),
    LEAST_HEIGHT,
  );
  return { nodes, links, box: [left, top, width, height] };
}

/** Start and length with some margin; few nodes stay in the middle instead of being drawn large. */
function rangeOf(values: readonly number[], least: number): readonly [number, number] {
  const [from, to] = [Math.min(...values) - MARGIN, Math.max(...values) + MARGIN];
  const spare = Math.max(0, least - (to - from));
  return [from - spare / 2, to - from + spare];
}

function nodesOf({ places, contractors }: Graph): Node[] {
  return [
    ...places.map(({ id, kind, visitors, open }) => ({
      id,
      kind,
      label: placeName(id),
      href: `/places/${encodeURIComponent(id)}`,
      told: `${PLACE_LABELS[kind]} ${placeName(id)}, ${plural(visitors, 'contractor')}${
        open > 0 ? `, ${plural(open, 'open finding')}` : ''
      }`,
      open: open > 0,
      radius: 8 + Math.min(8, Math.sqrt(visitors)),
    })),
    ...contractors.map(({ contractor, label }) => ({
      id: nodeOf(contractor),
      kind: 'contractor' as const,
      label: short(visibleText(label ?? contractor)),
      href: `/contractors/${encodeURIComponent(contractor)}`,
      told: `Contractor ${visibleText(label ?? contractor)}`,
      open: false,
      radius: 7,
    })),
  ];
}

const MOST_LETTERS = 22;

function short(text: string): string {
  return text.length > MOST_LETTERS ? `${text.slice(0, MOST_LETTERS - 1)}…` : text;
}
