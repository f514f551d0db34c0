import { Link } from 'wouter';
import type { Overview } from '../../../../shared/api/overview.ts';
import { plural } from '../../text/labels.ts';
import { Inert } from '../inert.tsx';
import { SeverityMark } from '../marks.tsx';
import { Ago } from '../time.tsx';

/** Cases that nobody has taken up, the most severe first. */
export function WaitingCases({ waiting }: { readonly waiting: Overview['waiting'] }) {
  if (waiting.count === 0) return <p className="faint">Every case has somebody.</p>;
  return (
    <>
      <ul className="waiting">
        {waiting.shown.map(({ id, severity, contractors, findings, openedAt }) => (
          <li key={id}>
            <SeverityMark severity={severity} />
            <Link href={`/cases/${encodeURIComponent(id)}`}>
              <Inert text={peopleText(contractors)} />
            </Link>
            <span className="faint">
              {plural(findings, 'finding')}, opened <Ago at={openedAt} />
            </span>
          </li>
        ))}
      </ul>
      {waiting.count > waiting.shown.length && (
        <Link href="/cases">All {waiting.count.toLocaleString('en-US')}</Link>
      )}
    </>
  );
}

function peopleText([first = '', ...others]: readonly string[]): string {
  return others.length === 0 ? first : `${first} and ${plural(others.length, 'other')}`;
}
