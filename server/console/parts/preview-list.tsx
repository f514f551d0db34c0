import type { Preview } from '../../../shared/api.ts';
import { OUTCOME_LABELS, plural, SEVERITY_LABELS } from '../text/labels.ts';
import { Inert } from './inert.tsx';
import { SeverityMark } from './marks.tsx';

const WORDS = { removed: 'would go', added: 'would come', changed: 'would change' } as const;

/** What a change would do to the findings of the last 30 days, by name. */
export function PreviewList({ preview: { count, changes } }: { readonly preview: Preview }) {
  if (count === 0)
    return (
      <p className="notice" role="status">
        Nothing of the last 30 days would be judged differently.
      </p>
    );
  const counted = (['removed', 'changed', 'added'] as const)
    .map((how) => ({ how, many: changes.filter(({ change }) => change === how).length }))
    .filter(({ many }) => many > 0)
    .map(({ how, many }) => `${many.toLocaleString('en-US')} ${WORDS[how]}`);
  return (
    <div className="preview">
      <p role="status">
        <strong>Of the last 30 days, {plural(count, 'finding')} would be judged differently:</strong>{' '}
        {counted.join(', ')}.{count > changes.length && ` The first ${changes.length} are named.`}
      </p>
      <ul className="preview-list" aria-label="What would be judged differently">
        {changes.map(({ change, outcome, with: then }) => (
          <li key={`${outcome.rule} ${outcome.subject} ${outcome.key} ${outcome.from}`}>
            <span className={`change change-${change}`}>{WORDS[change]}</span>
            <SeverityMark severity={outcome.severity} />
            <span className="preview-what">
              <Inert text={outcome.contractors.join(', ') || outcome.subject} />{' '}
              <span className="faint">{outcome.rule}</span>
              <Inert className="reason" text={outcome.reason} />
              {then && <span className="preview-then">{thenText(then)}</span>}
            </span>
          </li>
        ))}
      </ul>
    </div>
  );
}

function thenText(then: NonNullable<Preview['changes'][number]['with']>): string {
  return [
    ...(then.outcome === undefined ? [] : [`becomes ${OUTCOME_LABELS[then.outcome].toLowerCase()}`]),
    ...(then.severity === undefined ? [] : [`severity ${SEVERITY_LABELS[then.severity].toLowerCase()}`]),
    ...(then.reason === undefined ? [] : ['another reckoning']),
    ...(then.from === undefined && then.to === undefined ? [] : ['another period']),
  ].join(', ');
}
