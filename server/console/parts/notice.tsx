import { failureText } from '../text/failure-text.ts';

/** Why something that was asked for did not happen. */
export function Refusal({ error }: { readonly error: unknown }) {
  if (!error) return null;
  const { title, detail, reason } = failureText(error);
  return (
    <p className="notice notice-warn" role="alert">
      {title} {reason === undefined ? detail : `${reason}.`}
    </p>
  );
}
