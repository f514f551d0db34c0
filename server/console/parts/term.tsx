import type { ReactNode } from 'react';
import { Button } from 'react-aria-components/Button';
import { Tooltip, TooltipTrigger } from 'react-aria-components/Tooltip';
import { navigate } from 'wouter/use-browser-location';
import { meaningOf } from '../text/glossary.ts';

/** A word that explains itself on hover and focus; pressing it leads to its place in the glossary. */
export function Term({ of, children }: { readonly of: string; readonly children: ReactNode }) {
  const meaning = meaningOf(of);
  if (meaning === undefined) return children;
  return (
    <TooltipTrigger delay={300} closeDelay={0}>
      <Button className="term" onPress={() => navigate(`/help?term=${encodeURIComponent(of)}`)}>
        {children}
      </Button>
      <Tooltip className="tooltip" offset={4}>
        {meaning}
      </Tooltip>
    </TooltipTrigger>
  );
}
