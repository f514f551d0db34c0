import { useConnection } from '../data/live.tsx';
import { Ago } from '../parts/time.tsx';

const WORDS = { connecting: 'Connecting', live: 'Live', reconnecting: 'Reconnecting' } as const;

/** Whether what is on the screen is current, and when something last changed. */
export function FeedState() {
  const { state, lastEntryAt } = useConnection();
  return (
    <div className={`feed-state feed-${state}`}>
      <span role="status">{WORDS[state]}</span>
      {lastEntryAt !== null && (
        <span className="faint">
          {' '}
          · last change <Ago at={lastEntryAt} />
        </span>
      )}
    </div>
  );
}
