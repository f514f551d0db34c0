import { useQuery } from '@tanstack/react-query';
import { type ReactNode, useEffect, useRef } from 'react';
import { useLocation } from 'wouter';
import { Live } from '../data/live.tsx';
import { statusQuery } from '../data/queries.ts';
import { Failure, Skeleton } from '../parts/states.tsx';
import { At } from '../parts/time.tsx';
import { Navigation } from './navigation.tsx';
import { Offline } from './offline.tsx';
import { PaletteDoor } from './palette-door.tsx';
import { Shortcuts } from './shortcuts.tsx';
import { TriageDesk } from './triage-desk.tsx';

/** What surrounds every page of a signed-in analyst. */
export function Frame({ children }: { readonly children: ReactNode }) {
  const { data: status, error, isError, refetch } = useQuery(statusQuery);
  useFocusOnRoute();
  if (!status) {
    return (
      <main className="content lone">
        {isError ? <Failure error={error} retry={refetch} /> : <Skeleton rows={12} />}
      </main>
    );
  }
  return (
    <Live>
      <a className="skip" href="#content">
        Skip to content
      </a>
      <div className="frame">
        <Navigation status={status} />
        <div className="column">
          {status.simulation && (
            <p className="banner" role="note">
              <strong>Simulation:</strong> the people and machines here are invented.
            </p>
          )}
          {status.certificate?.expiring && (
            <p className="banner banner-passing" role="note">
              <strong>Certificate:</strong> this collector's certificate ends{' '}
              <At at={status.certificate.expiresAt} />. Renew it, with <code>farhand init --renew</code> or as
              its authority says.
            </p>
          )}
          <main id="content" className="content" tabIndex={-1}>
            {children}
          </main>
        </div>
      </div>
      <Offline />
      <Shortcuts />
      <TriageDesk />
      <PaletteDoor />
    </Live>
  );
}

/**
 * After a change of route: going on puts the focus on the new page's heading and its top in view; going back puts it on the
 * row that was left, where the browser has scrolled to.
 */
function useFocusOnRoute(): void {
  const [path] = useLocation();
  const before = useRef({ path, index: historyIndex() });
  useEffect(() => {
    const left = before.current;
    if (left.path === path) return undefined;
    const index = historyIndex();
    before.current = { path, index };
    const wentBack = index < left.index;
    if (!wentBack) window.scrollTo(0, 0);
    const focus = () => {
      const target = (wentBack && rowTo(left.path)) || heading();
      target?.focus({ preventScroll: true });
      return target !== undefined;
    };
    if (focus()) return undefined;
    // The page is being loaded: its heading comes later.
    const observer = new MutationObserver(() => {
      if (focus()) observer.disconnect();
    });
    observer.observe(document.body, { childList: true, subtree: true });
    return () => observer.disconnect();
  }, [path]);
}

/** Position in the history of this tab; a browser that cannot tell never seems to go back. */
function historyIndex(): number {
  return window.navigation?.currentEntry?.index ?? 0;
}

/** Of the page that is shown: the one that was left stays hidden in the document while its successor is loaded. */
function heading(): HTMLElement | undefined {
  return [...document.querySelectorAll<HTMLElement>('h1')].find((each) => each.checkVisibility());
}

function rowTo(path: string): HTMLElement | undefined {
  const links = [...document.querySelectorAll<HTMLAnchorElement>('[data-row-link]')];
  return links.find((link) => link.pathname === path);
}
