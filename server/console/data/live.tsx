import { useQuery, useQueryClient } from '@tanstack/react-query';
import { createContext, type ReactNode, useContext, useEffect, useMemo, useRef, useState } from 'react';
import type { Feed } from './feed.ts';
import { sessionQuery, statusQuery } from './queries.ts';
import { newRefresher } from './refresh.ts';
import { followTogether } from './tab-feed.ts';

export interface Connection {
  readonly state: 'connecting' | 'live' | 'reconnecting';
  /** When the last entry came; null before the first. */
  readonly lastEntryAt: string | null;
}

const ConnectionContext = createContext<Connection>({ state: 'connecting', lastEntryAt: null });

export function useConnection(): Connection {
  return useContext(ConnectionContext);
}

/**
 * Keeps every view below it current: one feed for the whole console, in all of its tabs. Views are loaded after the cursor is known, so no change
 * falls between their loading and the feed.
 */
export function Live({ children }: { readonly children: ReactNode }) {
  const client = useQueryClient();
  const { data: status } = useQuery(statusQuery);
  const [state, setState] = useState<Connection['state']>('connecting');
  const [lastEntryAt, setLastEntryAt] = useState<string | null>(null);
  const feed = useRef<Feed>(undefined);
  const ready = status !== undefined;

  // biome-ignore lint/correctness/useExhaustiveDependencies: only the first status starts the feed; later ones merely know a newer cursor.
  useEffect(() => {
    if (!status) return undefined;
    const refresh = newRefresher(client);
    const followed = followTogether(status.cursor, {
      opened: () => setState('live'),
      entry: (entry) => {
        setLastEntryAt(entry.at);
        refresh(entry);
      },
      reset: () => void client.invalidateQueries(),
      lost: () => {
        setState('reconnecting');
        // EventSource hides the status; asking for the session finds out whether it ended.
        void client.invalidateQueries({ queryKey: sessionQuery.queryKey });
      },
    });
    feed.current = followed;
    return followed.stop;
  }, [client, ready]);

  useEffect(() => {
    if (status) feed.current?.expect(status.cursor);
  }, [status]);

  const connection = useMemo(() => ({ state, lastEntryAt }), [state, lastEntryAt]);
  return <ConnectionContext value={connection}>{children}</ConnectionContext>;
}
