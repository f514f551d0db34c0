import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { useLocation } from 'wouter';
import { api } from '../data/api.ts';
import { PageHead } from '../parts/page.tsx';
import { Skeleton } from '../parts/states.tsx';
import { failureText } from '../text/failure-text.ts';

/** Where to send someone whose session ended, so that they come back to where they were. */
export function signInPath(): string {
  const { pathname, search } = window.location;
  if (pathname === '/sign-in') return pathname + search;
  const wanted = pathname + search;
  return wanted === '/' ? '/sign-in' : `/sign-in?next=${encodeURIComponent(wanted)}`;
}

/** Opens a session with the token of a sign-in link, which stands after `#` so that no server or log ever sees it. */
export function SignInPage() {
  const [, go] = useLocation();
  const client = useQueryClient();
  const { mutate, error, isPending, isSuccess } = useMutation({
    mutationFn: api.signIn,
    onSuccess: () => {
      client.clear();
      go(wantedPath(), { replace: true });
    },
  });
  useEffect(() => {
    const use = () => {
      const token = takeToken();
      if (token) mutate(token);
    };
    use();
    window.addEventListener('hashchange', use);
    return () => window.removeEventListener('hashchange', use);
  }, [mutate]);

  if (isPending || isSuccess) {
    return (
      <main className="content lone">
        <PageHead title="Signing in" />
        <Skeleton rows={2} />
      </main>
    );
  }
  return (
    <main className="content lone">
      <PageHead title="Sign in to Farhand" />
      {error !== null && (
        <div className="notice notice-warn" role="alert">
          <strong>{failureText(error).title}</strong> {failureText(error).detail}
        </div>
      )}
      <p>
        Farhand has no passwords: whoever runs the collector prints a personal link with{' '}
        <code>farhand user link</code>. Open that link in this browser and you are signed in.
      </p>
    </main>
  );
}

/** The token in the address, which is removed from it and from the history. */
function takeToken(): string | undefined {
  const hash = window.location.hash.slice(1);
  if (hash === '') return undefined;
  window.history.replaceState(null, '', window.location.pathname + window.location.search);
  return new URLSearchParams(hash).get('token') ?? hash;
}

/** Only a path of this console: another site in `next` would make the link a trap. */
function wantedPath(): string {
  const next = new URLSearchParams(window.location.search).get('next');
  if (next === null || !URL.canParse(next, window.location.origin)) return '/';
  const url = new URL(next, window.location.origin);
  return url.origin === window.location.origin ? url.pathname + url.search : '/';
}
