import type { Step } from '../../../shared/triage.ts';
import { stepText } from '../text/triage-text.ts';
import { Inert } from './inert.tsx';
import { At } from './time.tsx';

/** What was done, oldest first: who, when, what, and the words that were written. */
export function History({ steps }: { readonly steps: readonly Step[] }) {
  return (
    <ol className="history">
      {steps.map((step) => (
        <li key={step.version} className={step.system ? 'history-system' : undefined}>
          <p>
            <strong>
              <Inert text={step.system ? 'Farhand' : step.by} />
            </strong>{' '}
            {stepText(step) || 'noted'} <At at={step.at} />
          </p>
          {step.reason !== undefined && (
            <p className="words">
              <Inert text={step.reason} />
            </p>
          )}
          {step.note !== undefined && (
            <p className="words">
              <Inert text={step.note} />
            </p>
          )}
        </li>
      ))}
    </ol>
  );
}
