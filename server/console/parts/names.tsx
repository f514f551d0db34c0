import { Link } from 'wouter';
import { Inert } from './inert.tsx';

/** A contractor by label where there is one, by id otherwise; isolated, so its letters cannot reorder what stands beside. */
export function ContractorLink({ id, label }: { readonly id: string; readonly label?: string | null }) {
  return (
    <Link href={`/contractors/${encodeURIComponent(id)}`} className="quiet-link" title={id}>
      <Inert text={label || id} />
    </Link>
  );
}

export function EndpointLink({ id, hostname }: { readonly id: string; readonly hostname?: string }) {
  return (
    <Link href={`/endpoints/${encodeURIComponent(id)}`} className="quiet-link" title={id}>
      <Inert text={hostname || id} />
    </Link>
  );
}
