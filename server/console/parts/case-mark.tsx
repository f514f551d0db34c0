import type { Case } from '../../../shared/case.ts';
import { CASE_STATUS_LABELS, CASE_STATUS_MEANINGS } from '../text/case-text.ts';

/** A case's status; what no longer stands while somebody works on it says so. */
export function CaseMark({ status, standing }: Pick<Case, 'status' | 'standing'>) {
  const fell = status === 'investigating' && !standing;
  return (
    <span className={`outcome case-${status}`} title={CASE_STATUS_MEANINGS[status]}>
      {CASE_STATUS_LABELS[status]}
      {fell && ', no longer stands'}
    </span>
  );
}
