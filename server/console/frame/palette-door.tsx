import { lazy, Suspense, useEffect, useState } from 'react';
import { currentTargets } from '../data/targets.ts';
import type { Target } from '../data/use-triage.ts';

const Palette = lazy(() =>
  import('./palette.tsx').then(({ Palette: component }) => ({ default: component })),
);

/** Opens the command palette on Ctrl K or Cmd K, for the row that has the focus at that moment. */
export function PaletteDoor() {
  const [targets, setTargets] = useState<readonly Target[]>();
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key.toLowerCase() !== 'k' || !(event.ctrlKey || event.metaKey) || event.altKey) return;
      event.preventDefault();
      setTargets(currentTargets());
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, []);
  if (!targets) return null;
  return (
    <Suspense>
      <Palette targets={targets} close={() => setTargets(undefined)} />
    </Suspense>
  );
}
