import { coded } from './prose.tsx';

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
