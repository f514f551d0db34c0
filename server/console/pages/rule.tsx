import { useQuery } from '@tanstack/react-query';
import { Link } from 'wouter';
import type { RuleDetail } from '../../../shared/api/rules.ts';
import { proposalsQuery, ruleQuery } from '../data/fleet-queries.ts';
import { SeverityMark } from '../parts/marks.tsx';
import { Facts, PageHead, Section } from '../parts/page.tsx';
import { ProposalCard } from '../parts/proposal-card.tsx';
import { SettingsForm } from '../parts/settings-form.tsx';
import { Loaded } from '../parts/states.tsx';
import { Term } from '../parts/term.tsx';
import { familyText } from '../text/case-text.ts';
import { SEVERITY_LABELS } from '../text/labels.ts';
import { RuleDocs } from './finding-rule.tsx';

/** One rule: what it says of itself, how it is set, and what would change if it were set otherwise. */
export function RulePage({ id }: { readonly id: string }) {
  const query = useQuery(ruleQuery(id));
  const rule = query.data?.rule;
  return (
    <>
      <PageHead
        title={rule?.title ?? id}
        back={{ href: '/rules', label: 'Rules' }}
        aside={
          rule && (
            <Term of={`severity:${rule.severity}`}>
              <SeverityMark severity={rule.severity} />
            </Term>
          )
        }
      />
      <Loaded query={query}>{(detail) => <Detail detail={detail} />}</Loaded>
    </>
  );
}

function Detail({ detail }: { readonly detail: RuleDetail }) {
  const { rule, settings } = detail;
  return (
    <div className="split">
      <div>
        <Section title="Settings" note={rule.changed ? 'changed' : 'defaults'}>
          <SettingsForm key={JSON.stringify(settings.inForce)} rule={rule.id} settings={settings} />
        </Section>
        <Section title="Requests">
          <Requests rule={rule.id} />
        </Section>
        <Section title="Examples" note="its tests">
          <Examples examples={detail.examples} />
        </Section>
      </div>
      <div>
        <About detail={detail} />
        <RuleDocs rule={detail.doc} />
      </div>
    </div>
  );
}

function About({ detail: { rule, doc, watches, reads } }: { readonly detail: RuleDetail }) {
  const findings = `/?rule=${encodeURIComponent(rule.id)}`;
  return (
    <Section title="About">
      <Facts
        rows={[
          ['Id', <code key="">{rule.id}</code>],
          [
            'Family',
            <Term key="" of={`family:${rule.family}`}>
              {familyText(rule.family)}
            </Term>,
          ],
          ['Judges', `each ${rule.scope}`],
          [
            'Open findings',
            <Link key="" href={findings} className="quiet-link">
              {rule.open.toLocaleString('en-US')}
            </Link>,
          ],
          ['Contradicts', doc.contradicts.length === 0 ? 'nothing declared' : doc.contradicts.join(', ')],
          ['Needs', watches.length === 0 ? 'only the declaration' : watches.join(', ')],
          ...(reads.length === 0 ? [] : [['Also reads', reads.join(', ')] as const]),
          ['ATT&CK', doc.attack.length === 0 ? 'none covers it' : doc.attack.join(', ')],
        ]}
      />
    </Section>
  );
}

function Requests({ rule }: { readonly rule: string }) {
  const query = useQuery(proposalsQuery({ kind: 'settings', subject: rule }));
  return (
    <Loaded query={query}>
      {({ proposals }) =>
        proposals.length === 0 ? (
          <p className="faint">Nobody asked for other settings yet.</p>
        ) : (
          <div className="proposals">
            {proposals.map((proposal) => (
              <ProposalCard key={proposal.id} proposal={proposal} />
            ))}
          </div>
        )
      }
    </Loaded>
  );
}

function Examples({ examples }: { readonly examples: RuleDetail['examples'] }) {
  return (
    <ul className="prose">
      {examples.map(({ name, expect }) => (
        <li key={name}>
          {name}:{' '}
          <span className="faint">
            {expect.length === 0
              ? 'clear'
              : expect.map((severity) => SEVERITY_LABELS[severity].toLowerCase()).join(', ')}
          </span>
        </li>
      ))}
    </ul>
  );
}
