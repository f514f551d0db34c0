import { useSearchParams } from 'wouter';

export interface Params {
  readonly params: URLSearchParams;
  readonly change: (name: string, value: string | null) => void;
  readonly clear: () => void;
}

/** What the URL's query says, and ways to change it without a new entry in the history. */
export function useParams(): Params {
  const [params, setParams] = useSearchParams();
  const change = (name: string, value: string | null) => {
    const next = new URLSearchParams(params);
    if (value === null || value === '') next.delete(name);
    else next.set(name, value);
    setParams(next, { replace: true });
  };
  return { params, change, clear: () => setParams(new URLSearchParams(), { replace: true }) };
}
