import type { RuleDoc } from '../../../shared/api.ts';
import { Section } from '../parts/page.tsx';
import { coded, SafeLink } from '../parts/prose.tsx';
import { StepList } from '../parts/step-list.tsx';

/** What the rule tells whoever looks into one of its findings. */
export function RuleDocs({ rule }: { readonly rule: RuleDoc }) {
  return (
    <>
      <Section title="What to check">
        <StepList steps={rule.triage} />
      </Section>
      <Lines title="False positives" lines={rule.falsePositives} />
      <Lines title="Blind spots" lines={rule.blindSpots} />
      <Section title="Advisories">
        <ul className="advisories">
          {rule.advisories.map(({ id, publisher, title, published, indicator, url, confidence }) => (
            <li key={id}>
              <p>{indicator}</p>
              <p className="faint">
                {publisher}, {url ? <SafeLink url={url} text={title} /> : title}, {published} · {confidence}
              </p>
            </li>
          ))}
        </ul>
      </Section>
    </>
  );
}

function Lines({ title, lines }: { readonly title: string; readonly lines: readonly string[] }) {
  if (lines.length === 0) return null;
  return (
    <Section title={title}>
      <ul className="prose">
        {lines.map((line) => (
          <li key={line}>{coded(line)}</li>
        ))}
      </ul>
    </Section>
  );
}
