import type { ReactNode } from 'react';
import { Link } from 'wouter';
import type { Overview } from '../../../../shared/api/overview.ts';
import { SEVERITIES } from '../../../../shared/finding.ts';
import { plural, SEVERITY_LABELS } from '../../text/labels.ts';
import { Inert } from '../inert.tsx';
import { SeverityCounts, SeverityMark } from '../marks.tsx';

/** What is different now, each line with the list that shows it. */
export function ChangesList({ overview }: { readonly overview: Overview }) {
  const { changes, since } = overview;
  const { worse, others } = changes;
  const found = SEVERITIES.reduce((sum, severity) => sum + (changes.found[severity] ?? 0), 0);
  const lines: readonly (Line | false)[] = [
    found > 0 && {
      key: 'found',
      href: `/?status=all&since=${encodeURIComponent(since)}`,
      text: plural(found, 'new finding'),
      more: <SeverityCounts counts={changes.found} />,
    },
    worse.count > 0 && {
      key: 'worse',
      text: `${plural(worse.count, 'finding')} got worse`,
      more: <Worse overview={overview} />,
    },
    changes.cases > 0 && { key: 'cases', href: '/cases', text: plural(changes.cases, 'new case') },
    changes.silent > 0 && {
      key: 'silent',
      href: '/endpoints?state=silent',
      text: `${plural(changes.silent, 'endpoint')} fell silent`,
      more: <span className="faint">not heard of for three days</span>,
    },
    changes.gaps > 0 && {
      key: 'gaps',
      href: '/endpoints',
      text: `${plural(changes.gaps, 'hole')} in the evidence`,
    },
    changes.asked > 0 && {
      key: 'asked',
      href: '/exceptions?status=pending',
      text: `${plural(changes.asked, 'exception or setting', 'exceptions or settings')} asked for`,
    },
    changes.decided > 0 && {
      key: 'decided',
      href: '/exceptions',
      text: `${plural(changes.decided, 'exception or setting', 'exceptions or settings')} decided on`,
    },
    others.length > 0 && {
      key: 'others',
      text: 'Done by others',
      more: <Others others={others} />,
    },
  ];
  const shown = lines.filter((line) => line !== false);
  if (shown.length === 0) return <p className="faint">Nothing changed.</p>;
  return (
    <ul className="changes">
      {shown.map(({ key, href, text, more }) => (
        <li key={key}>
          {href === undefined ? <strong>{text}</strong> : <Link href={href}>{text}</Link>} {more}
        </li>
      ))}
    </ul>
  );
}

interface Line {
  readonly key: string;
  readonly href?: string;
  readonly text: string;
  readonly more?: ReactNode;
}

function Worse({ overview }: { readonly overview: Overview }) {
  const { shown } = overview.changes.worse;
  return (
    <ul className="changes-worse">
      {shown.map(({ id, title, severity, was }) => (
        <li key={id}>
          <SeverityMark severity={severity} />{' '}
          <Link href={`/findings/${encodeURIComponent(id)}`}>
            <Inert text={title} />
          </Link>{' '}
          <span className="faint">was {SEVERITY_LABELS[was].toLowerCase()}</span>
        </li>
      ))}
    </ul>
  );
}

function Others({ others }: { readonly others: Overview['changes']['others'] }) {
  return (
    <ul className="changes-worse">
      {others.map(({ actor, action, count }) => (
        <li key={`${actor} ${action}`}>
          <Inert text={actor} /> <span className="faint">{actionText(action)}</span>
          {count > 1 && <span className="faint"> × {count}</span>}
        </li>
      ))}
    </ul>
  );
}

/** `case.close` as `case close`: what the action log calls it, without its dot. */
function actionText(action: string): string {
  return action.replace('.', ' ');
}
