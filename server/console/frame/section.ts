import { useLocation } from 'wouter';

/** Which entry of the navigation the current page belongs to. */
export function useSection():
  | 'queue'
  | 'overview'
  | 'admin'
  | 'cases'
  | 'contractors'
  | 'endpoints'
  | 'account' {
  const [path] = useLocation();
  if (path.startsWith('/overview')) return 'overview';
  if (path.startsWith('/admin')) return 'admin';
  if (path.startsWith('/account')) return 'account';
  if (path.startsWith('/cases')) return 'cases';
  if (path.startsWith('/contractors')) return 'contractors';
  return path.startsWith('/endpoints') ? 'endpoints' : 'queue';
}
