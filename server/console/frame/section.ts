import { useLocation } from 'wouter';

/** Which entry of the navigation the current page belongs to. */
export function useSection():
  | 'queue'
  | 'cases'
  | 'contractors'
  | 'endpoints'
  | 'places'
  | 'rules'
  | 'exceptions'
  | 'account'
  | 'audit' {
  const [path] = useLocation();
  if (path.startsWith('/account')) return 'account';
  if (path.startsWith('/cases')) return 'cases';
  if (path.startsWith('/audit')) return 'audit';
  if (path.startsWith('/contractors')) return 'contractors';
  if (path.startsWith('/places')) return 'places';
  if (path.startsWith('/rules')) return 'rules';
  if (path.startsWith('/exceptions')) return 'exceptions';
  return path.startsWith('/endpoints') ? 'endpoints' : 'queue';
}
