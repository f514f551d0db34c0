import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { Button } from 'react-aria-components/Button';
import { accountApi } from '../data/account-api.ts';
import { Field } from '../parts/field.tsx';
import { Problem } from '../parts/problem.tsx';

export function PasswordSignIn({ onDone }: { readonly onDone: () => void }) {
  const [account, setAccount] = useState('');
  const [password, setPassword] = useState('');
  const { mutate, error, isPending } = useMutation({
    mutationFn: accountApi.signIn,
    onSuccess: onDone,
    onError: () => setPassword(''),
  });
  return (
    <form
      className="form narrow"
      onSubmit={(event) => {
        event.preventDefault();
        mutate({ account: account.trim(), password });
      }}
    >
      <Problem error={error} />
      <Field label="Account" name="account" autoComplete="username" value={account} onChange={setAccount} />
      <Field
        label="Password"
        name="password"
        type="password"
        autoComplete="current-password"
        value={password}
        onChange={setPassword}
      />
      <Button type="submit" className="button primary" isPending={isPending}>
        {isPending ? 'Signing in …' : 'Sign in'}
      </Button>
    </form>
  );
}
