import type { ReactNode } from 'react';
import { Link } from 'wouter';

/** The link that stands for its table row. */
export function RowLink({ href, children }: { readonly href: string; readonly children: ReactNode }) {
  return (
    <Link href={href} className="row-link" data-row-link="">
      {children}
    </Link>
  );
}

/** Moves the focus to the next or previous row of the page's table; from elsewhere to the first row in view. */
export function moveRow(step: 1 | -1): void {
  const links = [...document.querySelectorAll<HTMLAnchorElement>('[data-row-link]')];
  const at = links.findIndex((link) => link.matches(':focus'));
  const next = at < 0 ? links.find((link) => link.getBoundingClientRect().top > 0) : links[at + step];
  next?.focus();
  next?.closest('tr')?.scrollIntoView({ block: 'nearest' });
}
