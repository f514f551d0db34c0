import * as z from 'zod/mini';
import { TOOL_CATEGORIES, USB_INTERFACES } from '../facts.ts';
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
  /** Ids of browser extensions and apps, in Chromium and its kin: 32 letters from a to p. The same on every system. */
  extensions: z.optional(
    z.readonly(z.array(z.string().check(z.regex(/^[a-p]{32}$/))).check(z.minLength(1), z.maxLength(20))),
  ),
  /** Native messaging hosts: names of the programs outside that its extensions speak to. */
  nativeHosts: z.optional(
    z.readonly(
      z
        .array(z.string().check(z.maxLength(160), z.regex(/^[a-z0-9_]+(?:\.[a-z0-9_]+)+$/)))
        .check(z.minLength(1), z.maxLength(20)),
    ),
  ),
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

const usbId = z.string().check(z.regex(/^[0-9a-f]{4}$/));
/** A device's own text. Compared without case and outer blanks; one `*` may end it, for any rest. */
const deviceText = z.string().check(z.minLength(3), z.maxLength(126));

/**
 * One way in which a device introduces itself on USB: everything that is given must fit. `preset` is a borrowed identity: the
 * device says that it is another maker's keyboard, in words or with functions that the real one does not have.
 */
const usbIdentitySchema = z
  .strictObject({
    confidence: z.enum(['exact', 'preset']),
    vendorId: z.optional(usbId),
    productIds: z.optional(z.readonly(z.array(usbId).check(z.minLength(1)))),
    manufacturer: z.optional(deviceText),
    product: z.optional(deviceText),
    serial: z.optional(deviceText),
    /** A regular expression for the whole serial, for those that are drawn by lot. */
    serialPattern: z.optional(z.string()),
    /** The device has one of these functions, which the thing that it names never has. */
    anyInterface: z.optional(z.readonly(z.array(z.enum(USB_INTERFACES)).check(z.minLength(1)))),
  })
  .check(
    z.refine(
      ({ productIds, vendorId }) => productIds === undefined || vendorId !== undefined,
      'product ids without a vendor id',
    ),
  );

/** One way in which a device introduces itself as a monitor (EDID): everything that is given must fit. */
const displayIdentitySchema = z.strictObject({
  confidence: z.enum(['exact', 'preset']),
  /** Three letters of the maker. */
  manufacturer: z.optional(z.string().check(z.regex(/^[A-Z]{3}$/))),
  productCode: z.optional(z.int().check(z.minimum(0), z.maximum(0xffff))),
  model: z.optional(deviceText),
  serial: z.optional(deviceText),
  serialNumber: z.optional(z.int().check(z.minimum(0), z.maximum(0xffff_ffff))),
});

/** Hardware by which someone elsewhere could sit at this keyboard, and hardware that looks like it. */
export const hardwareSchema = z.strictObject({
  id: slugSchema,
  name,
  vendor: name,
  /**
   * `ip-kvm` keyboard, screen and mouse over a network. `input-board` programmable, often made a jiggler. `capture` sits at the
   * controlling side. `virtual-machine` and `virtual-display` are context. `management` and `desk-kvm` are everyday hardware.
   */
  kind: z.enum([
    'ip-kvm',
    'input-board',
    'capture',
    'virtual-machine',
    'virtual-display',
    'management',
    'desk-kvm',
  ]),
  /** Looks like a far hand and is none where it belongs: a server’s controller is at home in a server, not in a laptop. */
  harmless: z.boolean(),
  usb: z.optional(z.readonly(z.array(usbIdentitySchema).check(z.minLength(1)))),
  displays: z.optional(z.readonly(z.array(displayIdentitySchema).check(z.minLength(1)))),
  confidence: z.enum(CONFIDENCES),
  note: z.optional(z.string().check(z.maxLength(500))),
  sources: z.readonly(z.array(z.string().check(z.minLength(3), z.maxLength(300))).check(z.minLength(1))),
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
export type Hardware = z.infer<typeof hardwareSchema>;
export type UsbIdentity = z.infer<typeof usbIdentitySchema>;
export type DisplayIdentity = z.infer<typeof displayIdentitySchema>;
export type WatchedPort = z.infer<typeof watchedPortSchema>;
export type Advisory = z.infer<typeof advisorySchema>;

export interface Catalog {
  /** Date of the last change, such as 2026.11.22. */
  readonly version: string;
  readonly tools: readonly Tool[];
  readonly ports: readonly WatchedPort[];
}
