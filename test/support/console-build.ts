import type { TestProject } from 'vitest/node';
import { buildConsole } from './browser.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    consoleDir: string;
  }
}

/** For a whole run: the console is built once, and every file of tests uses it. */
export async function setup(project: TestProject): Promise<() => void> {
  const built = await buildConsole();
  project.provide('consoleDir', built.dir);
  return () => built[Symbol.dispose]();
}
