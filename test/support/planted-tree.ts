import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

const ROOT = join(import.meta.dirname, '../..');
const CONFIGS = [
  '.biome',
  '.gitignore',
  'biome.json',
  'package.json',
  'tsconfig.json',
  'tsconfig.base.json',
  'agent/tsconfig.json',
  'server/tsconfig.json',
  'server/console/tsconfig.json',
  'server/detect/tsconfig.json',
  'shared/tsconfig.json',
  'test/tsconfig.json',
];

/** A copy of this repository's configuration with other files in it, on which its tools run as they do here. */
export interface PlantedTree extends AsyncDisposable {
  /** Everything that a tool of node_modules/.bin prints, whether or not it is content; paths are relative to the tree. */
  run(tool: string, ...args: readonly string[]): Promise<string>;
}

export async function plantTree(files: Readonly<Record<string, string>>): Promise<PlantedTree> {
  const folder = await mkdtemp(join(tmpdir(), 'farhand-planted-'));
  for (const config of CONFIGS) await cp(join(ROOT, config), join(folder, config), { recursive: true });
  await symlink(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
  return {
    async run(tool, ...args) {
      const bin = join(ROOT, 'node_modules/.bin', tool);
      const { stdout, stderr } = await promisify(execFile)(bin, args, {
        cwd: folder,
        maxBuffer: 2 ** 24,
      }).catch((failed: { readonly stdout: string; readonly stderr: string }) => failed);
      return (stdout + stderr).replaceAll(`${folder}/`, '');
    },
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true }),
  };
}
