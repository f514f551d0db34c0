import { useEffect } from 'react';
import { useLocation, useSearchParams } from 'wouter';

export interface Params {
  readonly params: URLSearchParams;
  readonly change: (name: string, value: string | null) => void;
  /** Several at once: one by one, the later would undo the earlier. */
  readonly changeSeveral: (values: Readonly<Record<string, string | null>>) => void;
  readonly clear: () => void;
}

/** What the URL's query says, and ways to change it without a new entry in the history. */
export function useParams(): Params {
  const [params, setParams] = useSearchParams();
  const [path] = useLocation();
  useEffect(() => {
    lastSearch.set(path, params.toString());
  }, [path, params]);
  const changeSeveral = (values: Readonly<Record<string, string | null>>) => {
    const next = new URLSearchParams(params);
    for (const [name, value] of Object.entries(values)) {
      if (value === null || value === '') next.delete(name);
      else next.set(name, value);
    }
    setParams(next, { replace: true });
  };
  const change = (name: string, value: string | null) => changeSeveral({ [name]: value });
  return { params, change, changeSeveral, clear: () => setParams(new URLSearchParams(), { replace: true }) };
}

/** A list as it was last seen, so that the way back from a detail leads to the same filters. */
export function asLastSeen(path: string): string {
  const search = lastSearch.get(path);
  return search ? `${path}?${search}` : path;
}

const lastSearch = new Map<string, string>();
