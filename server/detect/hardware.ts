import { HARDWARE } from '../../shared/catalog/hardware.ts';
import type { DisplayIdentity, Hardware } from '../../shared/catalog/schema.ts';
import type { FactOf } from '../../shared/facts.ts';
import type { ContractorTimeline, Span } from './timeline.ts';

export type HardwareSpan = Span<'peripheral'> | Span<'display'>;

const RECORDS: ReadonlyMap<string, Hardware> = new Map(HARDWARE.map((record) => [record.id, record]));

/** Undefined for what an endpoint with a newer catalog knows and this one does not. */
export function hardwareOf(id: string | undefined): Hardware | undefined {
  return id === undefined ? undefined : RECORDS.get(id);
}

/**
 * USB devices and monitors that are an IP-KVM by their own word (`exact`), or by the texts and serials that one borrows from other
 * makers until somebody changes them (`preset`), by record. One that this catalog does not know counts: an agent may carry a newer one.
 */
export function ipKvms(
  timeline: ContractorTimeline,
  confidence: 'exact' | 'preset',
): ReadonlyMap<string, readonly HardwareSpan[]> {
  const found: HardwareSpan[] = [...timeline.spans('peripheral'), ...timeline.spans('display')].filter(
    ({ fact }) => {
      const record = hardwareOf(fact.match);
      return (
        fact.match !== undefined &&
        (record === undefined || record.kind === 'ip-kvm') &&
        confidence === (fact.kind === 'peripheral' ? fact.confidence : ofDisplay(fact, record))
      );
    },
  );
  return Map.groupBy(found, ({ fact }) => fact.match ?? '');
}

/** A monitor's fact carries no confidence of its own: maker and model tell whether it names the KVM or somebody else. */
function ofDisplay(fact: FactOf<'display'>, record: Hardware | undefined): 'exact' | 'preset' {
  const names = ({ confidence, manufacturer = fact.manufacturer, model = fact.model }: DisplayIdentity) =>
    confidence === 'exact' &&
    manufacturer === fact.manufacturer &&
    (model.endsWith('*') ? fact.model.startsWith(model.slice(0, -1)) : fact.model === model);
  return record?.displays && !record.displays.some(names) ? 'preset' : 'exact';
}

/** `USB 1d6b:0104 “PiKVM Composite Device”` or `monitor LNX PiKVM V3`. */
export function deviceText({ fact }: HardwareSpan): string {
  if (fact.kind === 'display') return `monitor ${fact.manufacturer} ${fact.model}`;
  const texts = [fact.vendor, fact.product].filter((text) => text !== undefined).join(' ');
  return `USB ${fact.vendorId}:${fact.productId}${texts ? ` “${texts}”` : ''}`;
}
