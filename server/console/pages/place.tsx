import { useQuery } from '@tanstack/react-query';
import { Link } from 'wouter';
import type { PlaceDetail } from '../../../shared/api.ts';
import { placeQuery } from '../data/fleet-queries.ts';
import { useRights } from '../data/use-rights.ts';
import { type Column, DataTable } from '../parts/data-table.tsx';
import { FindingsTable } from '../parts/findings-table.tsx';
import { Inert } from '../parts/inert.tsx';
import { EndpointLink } from '../parts/names.tsx';
import { Facts, PageHead, Section } from '../parts/page.tsx';
import { RowLink } from '../parts/row-link.tsx';
import { Loaded } from '../parts/states.tsx';
import { StayLanes } from '../parts/stay-lanes.tsx';
import { Term } from '../parts/term.tsx';
import { Ago, At } from '../parts/time.tsx';
import { NETWORK_LABELS } from '../text/labels.ts';
import { COMPANY_MEANINGS, PLACE_LABELS, PLACE_MEANINGS, placeName } from '../text/place-text.ts';
import { lengthText } from '../text/time-text.ts';

/** One place: who was there, when, whether they met, and what stands against it. */
export function PlacePage({ id }: { readonly id: string }) {
  const query = useQuery(placeQuery(id));
  return (
    <>
      <PageHead title={placeName(id)} back={{ href: '/places', label: 'Places' }} />
      <Loaded query={query}>{(detail) => <Detail detail={detail} />}</Loaded>
    </>
  );
}

function Detail({ detail }: { readonly detail: PlaceDetail }) {
  const { visitors, stays, findings } = detail;
  const labels = new Map(
    visitors.flatMap(({ contractor, label }) => (label === null ? [] : [[contractor, label] as const])),
  );
  return (
    <div className="split">
      <div>
        <Section title="Stays" note={stays.length === 200 ? 'the latest 200' : stays.length}>
          <StayLanes stays={stays} visitors={visitors} />
        </Section>
        <Section title="Visitors" note={visitors.length}>
          <DataTable
            label="Visitors"
            name="visitors"
            columns={COLUMNS}
            rows={visitors}
            rowKey={({ contractor }) => contractor}
          />
        </Section>
        <Section title="Findings" note={findings.length}>
          {findings.length === 0 ? (
            <p className="faint">Nothing was found about this place.</p>
          ) : (
            <FindingsTable findings={findings} labels={labels} outcomes />
          )}
        </Section>
      </div>
      <div>
        <About detail={detail} />
      </div>
    </div>
  );
}

function About({ detail: { place, networkClasses, company, visitors } }: { readonly detail: PlaceDetail }) {
  const { may } = useRights();
  const { how, togetherMs, from, to } = company;
  const [first] = visitors;
  return (
    <Section title="About">
      <Facts
        rows={[
          ['Kind', PLACE_LABELS[place.kind]],
          ['What it is', PLACE_MEANINGS[place.kind]],
          ['Id', <Inert key="" text={place.id} />],
          ...(networkClasses.length === 0
            ? []
            : [
                [
                  'Network',
                  networkClasses.map((known) => (
                    <Term key={known} of={`network:${known}`}>
                      {NETWORK_LABELS[known]}
                    </Term>
                  )),
                ] as const,
              ]),
          ['Company', `${how}: ${COMPANY_MEANINGS[how]}`],
          ...(how === 'together' ? [['Together for', lengthText(togetherMs)] as const] : []),
          ...(from === null ? [] : [['First met', <At key="" at={from} />] as const]),
          ...(from === null ? [] : [['Last met', to === null ? 'goes on' : <At key="" at={to} />] as const]),
          ['First seen', <At key="" at={place.firstAt} />],
          ['Last seen', place.lastAt === null ? 'now' : <At key="" at={place.lastAt} />],
        ]}
      />
      {may('triage') && first && visitors.length > 1 && (
        <Link
          className="button place-permit"
          href={`/exceptions/new?place=${encodeURIComponent(place.id)}&contractor=${encodeURIComponent(first.contractor)}`}
        >
          Permit this place
        </Link>
      )}
    </Section>
  );
}

type Visitor = PlaceDetail['visitors'][number];

const COLUMNS: readonly Column<Visitor>[] = [
  {
    key: 'name',
    head: 'Contractor',
    cell: ({ contractor, label }) => (
      <RowLink href={`/contractors/${encodeURIComponent(contractor)}`}>
        <Inert text={label || contractor} />
      </RowLink>
    ),
  },
  {
    key: 'sites',
    head: 'Declared site',
    cell: ({ sharedSite }) =>
      sharedSite === null ? <span className="faint">none</span> : <Inert text={sharedSite} />,
  },
  {
    key: 'who',
    head: 'Endpoints',
    cell: ({ endpoints }) => (
      <span className="names">
        {endpoints.slice(0, 3).map((id) => (
          <EndpointLink key={id} id={id} />
        ))}
        {endpoints.length > 3 && <span className="faint">+{endpoints.length - 3}</span>}
      </span>
    ),
  },
  { key: 'count', head: 'Stays', numeric: true, cell: ({ stays }) => stays },
  {
    key: 'last',
    head: 'Last',
    cell: ({ lastAt }) => (lastAt === null ? <span className="ongoing">now</span> : <Ago at={lastAt} />),
  },
];
