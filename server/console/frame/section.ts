import { useLocation } from 'wouter';

const SECTIONS = [
  'overview',
  'cases',
  'contractors',
  'endpoints',
  'places',
  'rules',
  'exceptions',
  'audit',
  'admin',
  'account',
  'help',
] as const;
export type Section = 'queue' | (typeof SECTIONS)[number];

/** Which entry of the navigation the current page belongs to: the first word of its path, or the queue. */
export function useSection(): Section {
  const [path] = useLocation();
  const [, first] = path.split('/');
  return SECTIONS.find((section) => section === first) ?? 'queue';
}
