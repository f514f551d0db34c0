import { useEffect, useState } from 'react';
import { instant } from '../../../shared/time.ts';
import { useConnection } from '../data/live.tsx';
import { At } from '../parts/time.tsx';

/** Below everything, while the collector is gone: of when the view is, and what becomes of what is done now. */
export function Offline() {
  const { state } = useConnection();
  const [since, setSince] = useState<string>();
  useEffect(() => {
    setSince((known) => (state === 'reconnecting' ? (known ?? instant(Date.now())) : undefined));
  }, [state]);
  return (
    <div role="status">
      {since !== undefined && (
        <p className="offline">
          <strong>The collector cannot be reached.</strong> What you see is of <At at={since} />. What you do
          now is not saved, and says so. It goes on by itself.
        </p>
      )}
    </div>
  );
}
