import { Button } from 'react-aria-components/Button';

interface Paged {
  readonly hasNextPage: boolean;
  readonly isFetchingNextPage: boolean;
  readonly fetchNextPage: () => unknown;
}

/** Below a list that is read a page at a time; nothing when all of it is there. */
export function LoadMore({ query, label }: { readonly query: Paged; readonly label: string }) {
  if (!query.hasNextPage) return null;
  return (
    <Button
      className="button more"
      isDisabled={query.isFetchingNextPage}
      onPress={() => void query.fetchNextPage()}
    >
      {query.isFetchingNextPage ? 'Loading…' : label}
    </Button>
  );
}
