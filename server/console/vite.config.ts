import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';
import { CATALOG } from '../../shared/catalog/index.ts';

export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  base: '/',
  plugins: [react(), toolNamesOnly()],
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    target: 'es2024',
    cssTarget: ['chrome123', 'firefox121', 'safari17.5'],
    assetsInlineLimit: 0,
    reportCompressedSize: false,
    // One file of about 200 kB compressed; a warning at 500 kB before compression says nothing.
    chunkSizeWarningLimit: 800,
  },
});

/** The console shows names of products and nothing else of the catalog, so only those are shipped. */
function toolNamesOnly(): Plugin {
  const names = CATALOG.tools.map(({ id, name }) => [id, name]);
  return {
    name: 'tool-names-only',
    load: (id) =>
      id.endsWith('/text/tool-names.ts')
        ? `export const TOOL_NAMES = new Map(${JSON.stringify(names)});`
        : null,
  };
}
