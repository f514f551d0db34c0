import type { Hit, Matcher, TraceKind } from '../../shared/catalog/match.ts';
import type { Tool } from '../../shared/catalog/schema.ts';
import type { FactOf } from '../../shared/facts.ts';
import type { Host } from '../host/host.ts';
import { clip } from './clip.ts';
import { ifKnown } from './if-known.ts';

export type Sign = FactOf<'tool'>['signs'][number];

/** What tells that a product is installed. */
export interface Evidence {
  readonly tool: Tool;
  readonly signs: readonly Sign[];
  readonly version?: string;
  /** One of its services starts with the system, so it can be reached when nobody is there. */
  readonly startsAlone: boolean;
}

/** Watched products that are installed, by tool id. */
export type Survey = ReadonlyMap<string, Evidence>;

export async function surveyOf(host: Host, matcher: Matcher): Promise<Survey> {
  const found = new Map<string, Evidence>();
  const add = (tool: Tool, sign: Sign, more: { version?: string; startsAlone?: boolean } = {}): void => {
    const before = found.get(tool.id);
    const version = before?.version ?? more.version;
    found.set(tool.id, {
      tool,
      signs: [...(before?.signs ?? []), sign],
      ...(version ? { version } : {}),
      startsAlone: (before?.startsAlone ?? false) || (more.startsAlone ?? false),
    });
  };
  for (const { name, version } of await host.packages()) {
    for (const { tool } of strongHits(matcher, 'package', name)) {
      add(tool, signOf('package', name), version ? { version: clip(version, 64) } : {});
    }
  }
  for (const { name, enabled } of await host.services()) {
    for (const { tool } of strongHits(matcher, 'service', name)) {
      add(tool, signOf('service', name), { startsAlone: enabled });
    }
  }
  const existing = new Set(await host.existing(matcher.paths.map(({ path }) => path)));
  for (const { tool, path } of matcher.paths) {
    if (isWatched(tool) && existing.has(path)) add(tool, signOf('path', path));
  }
  const parts = [
    ...matcher.extensions.map((id) => ({ by: 'extension' as const, id })),
    ...matcher.nativeHosts.map((id) => ({ by: 'native-host' as const, id })),
  ];
  for (const { by, id } of (await ifKnown(host.browserParts(parts))) ?? []) {
    for (const { tool } of strongHits(matcher, by, id)) add(tool, signOf('extension', id));
  }
  return found;
}

/** A program that only reaches out to other screens is never a far hand on this one. */
export function isWatched({ category, direction }: Tool): boolean {
  return category !== 'remote-access' || direction !== 'outbound';
}

export function signOf(by: Sign['by'], name: string): Sign {
  return { by, name: clip(name, 160) };
}

function strongHits(matcher: Matcher, kind: TraceKind, name: string): readonly Hit[] {
  return matcher.match(kind, name).filter(({ tool, weak }) => !weak && isWatched(tool));
}
