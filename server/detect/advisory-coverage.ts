import { ADVISORIES } from '../../shared/catalog/index.ts';
import type { Advisory } from '../../shared/catalog/schema.ts';
import { RULES } from './rules/index.ts';

export interface CoveredAdvisory extends Advisory {
  /** Ids of the rules that answer it. */
  readonly rules: string[];
  /** Why there are none. */
  readonly reason: string | null;
}

/** Every indicator of the catalog, with its rules or the reason why it has none. */
export function advisoryCoverage(): readonly CoveredAdvisory[] {
  return ADVISORIES.map((advisory) => {
    const rules = RULES.flatMap(({ id, advisories }) => (advisories.includes(advisory.id) ? [id] : []));
    return { ...advisory, rules, reason: rules.length > 0 ? null : (REASONS.get(advisory.id) ?? null) };
  });
}

/** Why nothing answers an indicator, and which ones that is true of. A rule that cites one of them counts for more. */
const WITHOUT_RULES: readonly { readonly reason: string; readonly advisories: readonly string[] }[] = [
  {
    reason:
      'It shows while hiring, in profiles, papers and conversations; Farhand watches machines that were issued.',
    advisories: [
      'us-2022-hr-3',
      'us-2022-hr-4',
      'us-2022-hr-5',
      'us-2022-hr-9',
      'us-2022-hr-10',
      'us-rok-2023-2',
      'us-rok-2023-3',
      'us-rok-2023-4',
      'us-rok-2023-8',
      'fbi-2024-4',
      'fbi-2025-7',
      'japan-2024-4',
    ],
  },
  {
    reason: 'It shows in the records of a freelance platform, which Farhand does not have.',
    advisories: ['us-2022-platform-5', 'us-2022-platform-6', 'us-2022-platform-7', 'us-2022-platform-8'],
  },
  {
    reason: 'It shows in payments, which Farhand does not see.',
    advisories: ['us-2022-platform-9', 'us-2022-hr-1', 'us-2022-hr-7', 'us-rok-2023-5', 'uk-2024-2'],
  },
  {
    reason: 'It rests on where a person is from, which no rule may read.',
    advisories: ['us-rok-2023-6'],
  },
  {
    reason: 'Seeing it would take camera, calls, screens or files, which the agent never reads.',
    advisories: ['us-rok-2023-1', 'fbi-2025-1', 'fbi-2025-4', 'fbi-2025-5'],
  },
  {
    reason: 'It shows in shipping orders; whether the machine then stands elsewhere than declared is judged.',
    advisories: ['us-rok-2023-7'],
  },
  {
    reason: 'It is a measure to take, and nothing that could be observed.',
    advisories: [
      'us-2022-mitigation-1',
      'us-rok-2023-mitigation-3',
      'fbi-2025-mitigation-1',
      'joint-2026-mitigation-1',
    ],
  },
  {
    reason: 'No indicator is taken from its text yet.',
    advisories: ['japan-2026-1', 'msmt-2025-1'],
  },
  {
    reason:
      'It would take the times of single keystrokes and pointer movements; the agent counts minutes of use and reads no input. For the same reason no rule judges a mechanical cadence of the pointer, or input while the screen is locked.',
    advisories: ['amazon-2025-lag'],
  },
];

export const REASONS: ReadonlyMap<string, string> = new Map(
  WITHOUT_RULES.flatMap(({ reason, advisories }) => advisories.map((id) => [id, reason])),
);
