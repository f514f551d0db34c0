import type { ReactNode } from 'react';

/** What to check, one thing after the other. */
export function StepList({ steps }: { readonly steps: readonly string[] }) {
  return (
    <ol className="prose steps">
      {steps.map((step) => (
        <li key={step}>{coded(step)}</li>
      ))}
    </ol>
  );
}

/** Names of settings and fields stand between backticks. */
export function coded(text: string): ReactNode {
  return text
    .split(/(`[^`]+`)/)
    .map((part) => (part.startsWith('`') ? <code key={part}>{part.slice(1, -1)}</code> : part));
}
