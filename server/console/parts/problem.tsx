import { failureText } from '../text/failure-text.ts';

/** Beside a form: why it was refused. */
export function Problem({ error }: { readonly error: unknown }) {
  if (error === null) return null;
  const { title, detail } = failureText(error);
  return (
    <div className="notice notice-warn" role="alert">
      <strong>{title}</strong> {detail}
    </div>
  );
}
