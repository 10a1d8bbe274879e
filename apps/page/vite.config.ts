import { defineConfig, type Plugin } from 'vite';
import packageJson from '../../package.json' with { type: 'json' };
import { PAGES } from './src/pages.js';

/** The gateway serves the page at these names. */
function pageNames(): Plugin {
  const source = JSON.stringify(PAGES.map(({ name }) => name));
  return {
    name: 'page-names',
    generateBundle() {
      this.emitFile({ type: 'asset', fileName: 'page-names.json', source });
    },
  };
}

export default defineConfig({
  // Relative, so that the page works below any path prefix.
  base: './',
  build: {
    outDir: '../../dist/apps/page',
    emptyOutDir: true,
    target: 'es2022',
    license: { fileName: 'licenses.md' },
    // Tells the test of the script's size which page loads what.
    manifest: true,
    // Inlined assets would need exceptions in the content security policy.
    assetsInlineLimit: 0,
  },
  define: { __VERSION__: JSON.stringify(packageJson.version) },
  oxc: { jsx: { importSource: 'preact' } },
  plugins: [pageNames()],
  server: {
    // `npm run page:dev` beside `npm start`.
    proxy: Object.fromEntries(
      ['/api', '/health', '/openapi.json', '/docs', '/metrics'].map((path) => [path, 'http://localhost:3000']),
    ),
  },
  worker: { format: 'es' },
});
