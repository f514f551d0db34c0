import type { ReactNode } from 'react';

/** Names of settings and fields stand between backticks. */
export function coded(text: string): ReactNode {
  return text
    .split(/(`[^`]+`)/)
    .map((part) => (part.startsWith('`') ? <code key={part}>{part.slice(1, -1)}</code> : part));
}

/** Only https: an address of another scheme is shown as text. */
export function SafeLink({ url, text }: { readonly url: string; readonly text: string }) {
  if (!url.startsWith('https://')) return text;
  return (
    <a href={url} rel="noreferrer" target="_blank">
      {text}
    </a>
  );
}
