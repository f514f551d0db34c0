import * as z from 'zod/mini';
import { bytes32Schema, idSchema, signatureSchema } from './ids.ts';
import { instantSchema } from './time.ts';

/**
 * What an endpoint without a network gives to a person, as lines of JSON: this header; two lines for each sealed batch, as a batch frame
 * has them; and an end, without which the file was cut off.
 */
const EXPORT_FORMAT = 'farhand-export.v1';

export const exportHeaderSchema = z.strictObject({
  format: z.literal(EXPORT_FORMAT),
  endpoint: idSchema,
  /** Raw Ed25519 key. It is told for people; a collector believes only the one that was enrolled. */
  publicKey: bytes32Schema,
  /** Version of the agent. */
  agent: z.string().check(z.minLength(1), z.maxLength(32)),
  exportedAt: instantSchema,
});

export const exportEndSchema = z.strictObject({
  end: z.literal(EXPORT_FORMAT),
  batches: z.int().check(z.minimum(0)),
  /** Of every byte before this line. */
  sha256: bytes32Schema,
  /** Ed25519 over `exportText(sha256)`. */
  signature: signatureSchema,
});

export type ExportHeader = Readonly<z.infer<typeof exportHeaderSchema>>;
export type ExportEnd = Readonly<z.infer<typeof exportEndSchema>>;

export function exportHeader(about: Omit<ExportHeader, 'format'>): ExportHeader {
  return { format: EXPORT_FORMAT, ...about };
}

export function exportEnd(about: Omit<ExportEnd, 'end'>): ExportEnd {
  return { end: EXPORT_FORMAT, ...about };
}

/** What the signature of an export's end is made over. */
export function exportText(sha256: string): string {
  return `farhand.v1 export\n${sha256}`;
}
