import { visibleText } from '../../../shared/visible-text.ts';

/** Text that others wrote: its direction cannot reach what stands beside it, and hidden characters are shown. */
export function Inert({ text, className }: { readonly text: string; readonly className?: string }) {
  const shown = visibleText(text);
  return (
    <bdi className={className} title={className === undefined ? undefined : shown}>
      {shown}
    </bdi>
  );
}
