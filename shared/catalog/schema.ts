import * as z from 'zod/mini';
import { TOOL_CATEGORIES } from '../facts.ts';
import { slugSchema } from '../ids.ts';

/**
 * How sure we are of a record: `confirmed` primary text or the product's own source was read; `quoted` a text that quotes it;
 * `listed` seen in third-party lists or code only; `unconfirmed` general knowledge, to be verified.
 */
const CONFIDENCES = ['confirmed', 'quoted', 'listed', 'unconfirmed'] as const;

const name = z.string().check(z.minLength(1), z.maxLength(160));
const names = z.optional(z.readonly(z.array(name).check(z.minLength(1), z.maxLength(60))));
const ports = z.optional(
  z.readonly(z.array(z.int().check(z.minimum(1), z.maximum(65_535))).check(z.minLength(1), z.maxLength(20))),
);

/**
 * How one product looks on one operating system. Names are exact, without path; `.exe` is written out. A pattern has `*` for any
 * run of characters and at least four literal ones. Windows and macOS compare without case, Linux with.
 */
export const tracesSchema = z.strictObject({
  /** Executable names of the part that can be controlled or that carries the traffic. */
  processes: names,
  processPatterns: names,
  /** Names that other programs have too (`client.exe`): they count only together with a path, package or service of this product. */
  weakNames: names,
  /** Executable names that run only while somebody is connected. They are names of `processes` or of their own. */
  sessionProcesses: names,
  /** Windows service, launchd label, systemd unit (without `.service`). */
  services: names,
  /** Windows: display name of the uninstall entry. macOS: bundle id or installer package id. Linux: package name. */
  packages: names,
  /** Absolute folders or files; a leading `~/` stands for every home folder. */
  paths: names,
  /** Network interfaces that the product creates; `*` allowed at the end. */
  interfaces: names,
});

export const toolSchema = z.strictObject({
  id: slugSchema,
  name,
  /** Products of one vendor count as one in rules that ask for several vendors. */
  vendor: name,
  category: z.enum(TOOL_CATEGORIES),
  /** `inbound`: someone elsewhere can act here. `outbound`: only this machine acts elsewhere, which is never a far hand. */
  direction: z.enum(['inbound', 'outbound', 'both']),
  linux: z.optional(tracesSchema),
  macos: z.optional(tracesSchema),
  windows: z.optional(tracesSchema),
  /** Ids of browser extensions: 32 letters in Chromium, `name@place` or a GUID in Firefox. */
  extensions: names,
  /** Names of native messaging hosts, as an extension calls them: `com.example.host`. */
  nativeHosts: names,
  /** TCP or UDP ports on which the product is reached directly. */
  listenPorts: ports,
  /** Code signers on macOS (team id) and Windows (subject) that sign this product and few others. */
  signers: names,
  /** Other records that own some of the same names, with the reason in `note`. */
  sharedWith: z.optional(z.readonly(z.array(slugSchema))),
  confidence: z.enum(CONFIDENCES),
  note: z.optional(z.string().check(z.maxLength(500))),
  sources: z.readonly(z.array(z.string().check(z.minLength(3), z.maxLength(300))).check(z.minLength(1))),
});

/** A port on which a remote desktop is usually reached, whatever product listens there. */
export const watchedPortSchema = z.strictObject({
  port: z.int().check(z.minimum(1), z.maximum(65_535)),
  proto: z.enum(['tcp', 'udp']),
  name,
  tool: z.optional(slugSchema),
  confidence: z.enum(CONFIDENCES),
  sources: z.readonly(z.array(z.string())).check(z.minLength(1)),
});

/** One indicator of a published advisory or report. */
export const advisorySchema = z.strictObject({
  id: slugSchema,
  publisher: name,
  title: name,
  published: z.string().check(z.regex(/^\d{4}(-\d{2}(-\d{2})?)?$/)),
  indicator: z.string().check(z.minLength(10), z.maxLength(600)),
  url: z.optional(z.string().check(z.regex(/^https:\/\//))),
  confidence: z.enum(CONFIDENCES),
});

export type Traces = z.infer<typeof tracesSchema>;
export type Tool = z.infer<typeof toolSchema>;
export type WatchedPort = z.infer<typeof watchedPortSchema>;
export type Advisory = z.infer<typeof advisorySchema>;

export interface Catalog {
  /** Date of the last change, such as 2026.11.22. */
  readonly version: string;
  readonly tools: readonly Tool[];
  readonly ports: readonly WatchedPort[];
}
