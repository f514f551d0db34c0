import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { useLocation } from 'wouter';
import { CodedError, ERRORS, type ErrorCode } from '../../../shared/errors.ts';
import { providerHref } from '../data/account-api.ts';
import { api } from '../data/api.ts';
import { signInOptionsQuery } from '../data/queries.ts';
import { Inert } from '../parts/inert.tsx';
import { PageHead } from '../parts/page.tsx';
import { Problem } from '../parts/problem.tsx';
import { Skeleton } from '../parts/states.tsx';
import { PasswordSignIn } from './sign-in-password.tsx';

/** Where to send someone whose session ended, so that they come back to where they were. */
export function signInPath(): string {
  const { pathname, search } = window.location;
  if (pathname === '/sign-in') return pathname + search;
  const wanted = pathname + search;
  return wanted === '/' ? '/sign-in' : `/sign-in?next=${encodeURIComponent(wanted)}`;
}

/** By a link, whose token stands after `#` so that no server or log ever sees it, by password, or by the identity provider. */
export function SignInPage() {
  const [, go] = useLocation();
  const client = useQueryClient();
  const enter = () => {
    client.clear();
    go(wantedPath(), { replace: true });
  };
  const { mutate, error, isPending, isSuccess } = useMutation({ mutationFn: api.signIn, onSuccess: enter });
  const { data: options } = useQuery(signInOptionsQuery);
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
      <Problem error={error ?? problemInAddress()} />
      {options?.oidc && (
        <p className="sign-in-ways">
          <a className="button sign-in-way" href={providerHref(wantedPath())}>
            <span>
              Sign in with <Inert text={options.oidc.label} />
            </span>
          </a>
        </p>
      )}
      <PasswordSignIn onDone={enter} />
      <p className="sign-in-rest">
        New here, or forgot the password? Ask an administrator for a sign-in link, or whoever runs the
        collector: <code>farhand user link</code> prints one. Open it in this browser and you are signed in.
      </p>
    </main>
  );
}

/** What went wrong on the way from the identity provider, by its code. */
function problemInAddress(): CodedError | null {
  const code = new URLSearchParams(window.location.search).get('problem');
  return code !== null && isErrorCode(code) ? new CodedError(code) : null;
}

function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(ERRORS, code);
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
