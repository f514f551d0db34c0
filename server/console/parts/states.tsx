import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { Button } from 'react-aria-components/Button';
import { instant } from '../../../shared/time.ts';
import { failureText } from '../text/failure-text.ts';
import { Ago } from './time.tsx';

type Shown<T> = Pick<UseQueryResult<T>, 'data' | 'error' | 'isError' | 'dataUpdatedAt'> & {
  readonly refetch: () => unknown;
};

/** What a query gave; before that a skeleton or, in words, what went wrong. Old data stay visible and say so. */
export function Loaded<T>(props: {
  readonly query: Shown<T>;
  readonly skeleton?: ReactNode;
  readonly children: (data: T) => ReactNode;
}) {
  const { query, skeleton, children } = props;
  if (query.data === undefined)
    return query.isError ? <Failure error={query.error} retry={query.refetch} /> : (skeleton ?? <Skeleton />);
  return (
    <>
      {query.isError && (
        <p className="notice notice-warn" role="status">
          {failureText(query.error).title} What you see was loaded <Ago at={instant(query.dataUpdatedAt)} />.
        </p>
      )}
      {children(query.data)}
    </>
  );
}

export function Failure({ error, retry }: { readonly error: unknown; readonly retry: () => unknown }) {
  const { title, detail, code } = failureText(error);
  return (
    <div className="state" role="alert">
      <p className="state-title">{title}</p>
      <p>{detail}</p>
      {code && <p className="faint">Code {code}</p>}
      <Button className="button" onPress={() => void retry()}>
        Try again
      </Button>
    </div>
  );
}

export function Empty({ title, children }: { readonly title: string; readonly children?: ReactNode }) {
  return (
    <div className="state">
      <p className="state-title">{title}</p>
      {children}
    </div>
  );
}

/** Gray rows of the height of those to come. */
export function Skeleton({ rows = 8 }: { readonly rows?: number }) {
  return (
    <div className="skeleton" role="status" aria-label="Loading">
      {Array.from({ length: rows }, (_, row) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the rows are alike and never move.
        <span key={row} />
      ))}
    </div>
  );
}
