import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { VERSION } from '../shared/version.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const outfile = join(root, 'agent/dist/farhand-agent.mjs');

/** Bundles the agent into one file that Node 24 runs without any package beside it, and the licenses of what it holds into another. */
const { metafile } = await build({
  absWorkingDir: root,
  entryPoints: ['agent/main.ts'],
  outfile,
  bundle: true,
  platform: 'node',
  target: 'node24',
  format: 'esm',
  minifySyntax: true,
  minifyWhitespace: true,
  keepNames: true,
  metafile: true,
  plugins: [
    {
      name: 'required-builtins',
      setup({ onResolve, onLoad }) {
        onResolve({ filter: /^node:/ }, ({ path, namespace }) =>
          namespace === 'builtin' ? { path, external: true } : { path, namespace: 'builtin' },
        );
        // Importing one of Node's modules reads all that it exports, which loads undici for node:http and WebCrypto for node:crypto.
        onLoad({ filter: /^/, namespace: 'builtin' }, ({ path }) => ({
          contents: `module.exports = require(${JSON.stringify(path)});`,
        }));
      },
    },
  ],
  // Optional native parts of ws.
  external: ['bufferutil', 'utf-8-validate'],
  banner: {
    js: [
      `// farhand-agent ${VERSION}, Apache-2.0. The licenses of bundled packages are in farhand-agent.LICENSES.txt.`,
      // pino and ws are CommonJS and call require for Node's own modules.
      `import { createRequire as farhandRequire } from 'node:module';`,
      'const require = farhandRequire(import.meta.url);',
    ].join('\n'),
  },
  logLevel: 'warning',
});
writeFileSync(join(root, 'agent/dist/farhand-agent.LICENSES.txt'), licensesOf(Object.keys(metafile.inputs)));

function licensesOf(inputs: readonly string[]): string {
  const packages = new Set(
    inputs.flatMap((input) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(input)?.[0] ?? []),
  );
  return [...packages]
    .sort()
    .map((folder) => {
      const path = join(root, folder);
      const file = readdirSync(path).find((name) => /^licen[cs]e/i.test(name));
      const text =
        file === undefined ? 'See its package.json.' : readFileSync(join(path, file), 'utf8').trim();
      return `${folder.replace(/^.*node_modules\//, '')}\n\n${text}\n`;
    })
    .join(`\n${'-'.repeat(72)}\n\n`);
}
