import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { VERSION } from '../../shared/version.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Bundles the verifier into one file that Node from 20 on runs without any package beside it. */
await build({
  absWorkingDir: root,
  entryPoints: ['server/audit/verify-main.ts'],
  outfile: join(root, 'dist/farhand-verify.mjs'),
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'esm',
  keepNames: true,
  banner: {
    js: [
      `// farhand-verify ${VERSION}, Apache-2.0. With yauzl, pend, csv-stringify and zod, which are under the MIT license.`,
      // yauzl is CommonJS and calls require for Node's own modules.
      `import { createRequire as farhandRequire } from 'node:module';`,
      'const require = farhandRequire(import.meta.url);',
    ].join('\n'),
  },
  logLevel: 'warning',
});
