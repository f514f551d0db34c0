import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Button } from 'react-aria-components/Button';
import { Dialog, DialogTrigger } from 'react-aria-components/Dialog';
import { Popover } from 'react-aria-components/Popover';
import { Input, Label, TextField } from 'react-aria-components/TextField';
import { Link, useSearchParams } from 'wouter';
import type { SavedFilters as Saved } from '../../../shared/api/desk.ts';
import { savedFiltersQuery } from '../data/queries.ts';
import { triageApi } from '../data/triage-api.ts';
import { Inert } from '../parts/inert.tsx';
import { failureText } from '../text/failure-text.ts';

/** The queues that this account gave a name, and a way to name the one in view. */
export function SavedFilters() {
  const [params] = useSearchParams();
  const client = useQueryClient();
  const { data } = useQuery(savedFiltersQuery);
  const keep = (saved: Saved) => client.setQueryData(savedFiltersQuery.queryKey, saved);
  const remove = useMutation({ mutationFn: triageApi.removeFilter, onSuccess: keep });
  const here = params.toString();
  return (
    <nav className="saved-filters" aria-label="Saved filters">
      {data?.filters.map(({ name, query }) => (
        <span key={name} className="saved-filter">
          <Link href={query === '' ? '/' : `/?${query}`} aria-current={query === here ? 'true' : undefined}>
            <Inert text={name} />
          </Link>
          {query === here && (
            <Button
              className="button plain"
              aria-label={`Forget ${name}`}
              onPress={() => remove.mutate(name)}
            >
              ×
            </Button>
          )}
        </span>
      ))}
      <DialogTrigger>
        <Button className="button plain">Save filters</Button>
        <Popover className="popover" placement="bottom end">
          <Dialog className="dialog" aria-label="Save filters">
            {({ close }) => (
              <SaveForm
                query={here}
                saved={(filters) => {
                  keep(filters);
                  close();
                }}
              />
            )}
          </Dialog>
        </Popover>
      </DialogTrigger>
    </nav>
  );
}

function SaveForm({ query, saved }: { readonly query: string; readonly saved: (filters: Saved) => void }) {
  const [name, setName] = useState('');
  const save = useMutation({ mutationFn: triageApi.saveFilter, onSuccess: saved });
  return (
    <form
      className="form"
      onSubmit={(event) => {
        event.preventDefault();
        if (name.trim() !== '') save.mutate({ name, query });
      }}
    >
      <TextField className="field" value={name} onChange={setName} maxLength={60} autoFocus>
        <Label>Name</Label>
        <Input className="input" />
      </TextField>
      {save.isError && (
        <p className="notice notice-warn" role="alert">
          {failureText(save.error).title}
        </p>
      )}
      <Button className="button primary" type="submit" isDisabled={name.trim() === ''}>
        Save
      </Button>
    </form>
  );
}
