import { Link, useLocation } from 'wouter';

/** Parts of a section, each with an address of its own. */
export function Tabs(props: {
  readonly label: string;
  readonly tabs: readonly { readonly href: string; readonly label: string }[];
}) {
  const [path] = useLocation();
  return (
    <nav className="tabs" aria-label={props.label}>
      {props.tabs.map(({ href, label }) => (
        <Link key={href} href={href} aria-current={path === href ? 'page' : undefined}>
          {label}
        </Link>
      ))}
    </nav>
  );
}
