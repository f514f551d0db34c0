import * as z from 'zod/mini';
import { placeRowSchema } from '../api.ts';
import { NETWORK_CLASSES } from '../facts.ts';
import { idSchema } from '../ids.ts';
import { pageQuery, wordsSchema } from './page.ts';

const kindSchema = placeRowSchema.shape.kind;

export const placesQuerySchema = z.strictObject({
  kind: z.optional(kindSchema),
  /** Only places where at least so many contractors were. */
  visitors: z.optional(z.coerce.number().check(z.int(), z.minimum(1), z.maximum(1_000))),
  /** Part of the place's id, such as an address. */
  q: z.optional(wordsSchema),
  ...pageQuery,
});

const whoSchema = z.strictObject({
  contractor: idSchema,
  label: z.nullable(z.string()),
  /** The shared site that they declared. */
  site: z.nullable(z.string()),
});
export const placeSummarySchema = z.strictObject({
  ...placeRowSchema.shape,
  networkClasses: z.array(z.enum(NETWORK_CLASSES)),
  /** Together or in turn, by the latest 100 stays. */
  how: z.enum(['alone', 'together', 'in turn']),
  /** Some of those who were there, in order of their ids; 5 at most. */
  who: z.array(whoSchema),
  /** The sites that visitors of those stays declared to share. */
  sites: z.array(z.string()),
  /** Open findings about it. */
  open: z.number(),
});
/** Those that most contractors share come first. */
export const placesPageSchema = z.strictObject({
  places: z.array(placeSummarySchema),
  next: z.nullable(z.string()),
});

export const GRAPH_NODES = 150;
export const placeGraphQuerySchema = z.strictObject({ kind: z.optional(kindSchema) });
/** Who shares what: places with two visitors or more, largest first, as long as 150 nodes suffice. */
export const placeGraphSchema = z.strictObject({
  places: z.array(
    z.strictObject({
      id: z.string(),
      kind: kindSchema,
      visitors: z.number(),
      /** Open findings about it. */
      open: z.number(),
    }),
  ),
  contractors: z.array(z.strictObject({ ...whoSchema.shape })),
  links: z.array(z.strictObject({ place: z.string(), contractor: idSchema })),
  /** There are more shared places, or visitors, than are drawn. */
  more: z.boolean(),
});

export type PlacesQuery = z.infer<typeof placesQuerySchema>;
export type PlacesPage = z.infer<typeof placesPageSchema>;
export type PlaceSummary = z.infer<typeof placeSummarySchema>;
export type PlaceGraph = z.infer<typeof placeGraphSchema>;
export type PlaceGraphQuery = z.infer<typeof placeGraphQuerySchema>;
