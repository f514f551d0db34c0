import { useQuery } from '@tanstack/react-query';
import type { Setup } from '../../../../shared/api/setup.ts';
import { setupQuery } from '../../data/overview.ts';
import { Inert } from '../../parts/inert.tsx';
import { Facts, Section } from '../../parts/page.tsx';
import { Loaded } from '../../parts/states.tsx';
import { Ago, At } from '../../parts/time.tsx';
import { plural } from '../../text/labels.ts';
import { bytesText, warningsOf } from '../../text/setup-text.ts';
import { AdminFrame } from './admin-frame.tsx';

/** What is configured and how the collector stands, warnings first. */
export function AdminCollectorPage() {
  return (
    <AdminFrame right="administer">
      <Standing />
    </AdminFrame>
  );
}

function Standing() {
  const setup = useQuery(setupQuery);
  return <Loaded query={setup}>{(loaded) => <Shown setup={loaded} />}</Loaded>;
}

function Shown({ setup }: { readonly setup: Setup }) {
  const warnings = warningsOf(setup);
  const { certificate, backlog, geo } = setup;
  return (
    <>
      {warnings.length > 0 && (
        <ul className="notice notice-warn warnings" aria-label="Warnings">
          {warnings.map((warning) => (
            <li key={warning}>
              <Inert text={warning} />
            </li>
          ))}
        </ul>
      )}
      <div className="setup">
        <Section title="Service">
          <Facts
            rows={[
              ['Version', setup.version],
              ['Address', <Inert key="url" text={setup.url} />],
              ['Started', <Ago key="started" at={setup.startedAt} />],
              ['Its clock', <At key="now" at={setup.now} />],
              ['Backlog', backlogText(backlog.subjects)],
            ]}
          />
        </Section>
        <Section title="Store">
          <Facts
            rows={[
              ['Data folder', <Inert key="dir" text={setup.dataDir} />],
              ['Its size', bytesText(setup.dataDirBytes)],
              ['Database', bytesText(setup.databaseBytes)],
              ['Free on disk', bytesText(setup.freeBytes)],
              ['Schema', `version ${setup.schema}`],
            ]}
          />
        </Section>
        <Section title="Kept for">
          <Facts
            rows={Object.entries(setup.retention).map(
              ([what, days]) => [what, days === 'forever' ? 'ever' : plural(days, 'day')] as const,
            )}
          />
        </Section>
        <Section title="Connections">
          <Facts
            rows={[
              ['TLS', TLS_TEXTS[setup.tls]],
              ['Certificate', certificate ? <At key="end" at={certificate.expiresAt} /> : 'none of its own'],
              ...(certificate
                ? [['Pin', <Inert key="pin" text={certificate.pin} className="mono" />] as const]
                : []),
              ['Proxies', listText(setup.trustedProxies)],
              ['Mirrors', listText(setup.mirrors)],
              ['Egress from', setup.egressFrom === 'mirror' ? 'what mirrors saw' : 'what the collector sees'],
              ['Sign-in by', setup.oidc ?? 'links and accounts of its own'],
            ]}
          />
        </Section>
        <Section title="What it knows">
          <Facts
            rows={[
              ['Catalog', setup.catalog],
              ['Policy', setup.policy],
              ['Places', <Inert key="geo" text={geo.description} />],
              ...geo.files.map(
                ({ purpose, name, path, ageDays }) =>
                  [
                    purpose,
                    <>
                      <Inert text={name ?? path} />{' '}
                      {ageDays !== undefined && <span className="faint">{plural(ageDays, 'day')} old</span>}
                    </>,
                  ] as const,
              ),
            ]}
          />
        </Section>
      </div>
    </>
  );
}

const TLS_TEXTS = { own: 'by the collector', proxy: 'by a proxy in front', none: 'none: loopback only' };

function backlogText(subjects: number): string {
  return subjects === 0 ? 'nothing waits to be judged' : `${plural(subjects, 'subject')} to be judged`;
}

function listText(items: readonly string[]): string {
  return items.length === 0 ? 'none' : items.join(', ');
}
