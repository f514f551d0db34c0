import { readFileSync } from 'node:fs';
import type { AllowedCommand } from '../../../../agent/host/commands.ts';
import type { Host } from '../../../../agent/host/host.ts';
import { POWERSHELL } from '../../../../agent/host/windows/documents.ts';
import { windowsHost } from '../../../../agent/host/windows/windows-host.ts';

export type Language = 'english' | 'german' | 'japanese';
export type DocumentName = keyof typeof POWERSHELL;
type Changes = Partial<Record<DocumentName, object | string>>;

/** What PowerShell prints on the machine of test/fixtures/windows, with parts of a document or the whole text replaced. */
export function windowsOf(language: Language, changes: Changes = {}): Host {
  return windowsHost(async (command) => {
    const name = nameOf(command);
    const change = changes[name];
    if (typeof change === 'string') return change;
    return change ? JSON.stringify({ ...documentOf(language, name), ...change }) : textOf(language, name);
  });
}

export function documentOf(language: Language, name: DocumentName) {
  return JSON.parse(textOf(language, name).replace('\uFEFF', ''));
}

export function textOf(language: Language, name: DocumentName): string {
  return readFileSync(new URL(`../../../fixtures/windows/${language}/${name}.json`, import.meta.url), 'utf8');
}

function nameOf(command: AllowedCommand): DocumentName {
  return (Object.keys(POWERSHELL) as DocumentName[]).find((name) => POWERSHELL[name] === command)!;
}
