import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Button } from 'react-aria-components/Button';
import { CodedError } from '../../../shared/errors.ts';
import { passwordProblem, SHORTEST_PASSWORD } from '../../../shared/password.ts';
import { accountApi } from '../data/account-api.ts';
import { ownSessionsQuery } from '../data/queries.ts';
import { Field } from '../parts/field.tsx';
import { Problem } from '../parts/problem.tsx';

/** Asks for the password of now, unless a sign-in link was opened just before. */
export function PasswordForm(props: {
  readonly account: string;
  readonly hasPassword: boolean;
  readonly freshLink: boolean;
}) {
  const { account, hasPassword, freshLink } = props;
  const [old, setOld] = useState('');
  const [password, setPassword] = useState('');
  const client = useQueryClient();
  const { mutate, error, isPending, isSuccess } = useMutation({
    mutationFn: async () => {
      const reason = passwordProblem(password, account);
      if (reason !== undefined) throw new CodedError('PASSWORD_WEAK', { reason });
      await accountApi.setPassword(freshLink ? { password } : { password, old });
    },
    onSuccess: () => {
      setOld('');
      setPassword('');
      void client.invalidateQueries({ queryKey: ownSessionsQuery.queryKey });
    },
  });
  if (!hasPassword && !freshLink)
    return (
      <p className="faint">
        To set a password, ask for a new sign-in link and come back within half an hour of opening it.
      </p>
    );
  return (
    <form
      className="form narrow"
      onSubmit={(event) => {
        event.preventDefault();
        mutate();
      }}
    >
      <Problem error={error} />
      {isSuccess && (
        <p className="notice" role="status">
          Your password is set. Your other sessions have ended.
        </p>
      )}
      <input type="hidden" name="username" autoComplete="username" value={account} readOnly />
      {!freshLink && (
        <Field
          label="Password you have now"
          name="old"
          type="password"
          autoComplete="current-password"
          value={old}
          onChange={setOld}
        />
      )}
      <Field
        label="New password"
        name="new"
        type="password"
        autoComplete="new-password"
        value={password}
        onChange={setPassword}
        note={`${SHORTEST_PASSWORD} characters or more. Several unrelated words are easy to keep in mind.`}
      />
      <Button type="submit" className="button primary" isPending={isPending}>
        {isPending ? 'Saving …' : 'Save password'}
      </Button>
    </form>
  );
}
