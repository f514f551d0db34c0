import { useLocation } from 'wouter';

/** Which entry of the navigation the current page belongs to. */
export function useSection(): 'queue' | 'cases' | 'contractors' | 'endpoints' | 'audit' {
  const [path] = useLocation();
  if (path.startsWith('/cases')) return 'cases';
  if (path.startsWith('/audit')) return 'audit';
  if (path.startsWith('/contractors')) return 'contractors';
  return path.startsWith('/endpoints') ? 'endpoints' : 'queue';
}
