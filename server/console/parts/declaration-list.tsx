import type { Declaration } from '../../../shared/declaration.ts';
import { declarationLines } from '../text/declaration-text.ts';
import { Inert } from './inert.tsx';
import { Facts } from './page.tsx';

export function DeclarationList({ declaration }: { readonly declaration: Declaration | null }) {
  const rows = declarationLines(declaration).map(
    ({ label, value }) => [label, <Declared key={label} value={value} />] as const,
  );
  return (
    <>
      {declaration === null && (
        <p className="faint">Nobody imported a declaration, so nothing can contradict it.</p>
      )}
      <Facts rows={rows} />
    </>
  );
}

export function Declared({ value }: { readonly value: string | undefined }) {
  return value === undefined ? <span className="missing">not declared</span> : <Inert text={value} />;
}
