import { defineConfig } from 'vitest/config';

// What `npx vite` asks while one works on the page.
const SERVICE = process.env['CAIRN_SERVICE'] ?? 'http://127.0.0.1:8137';

export default defineConfig({
  base: '/',
  cacheDir: 'node_modules/.vite',
  esbuild: { jsx: 'automatic', jsxImportSource: 'preact' },
  build: {
    target: 'es2022',
    // Nothing within the page itself: the content security policy forbids it.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    sourcemap: false,
    reportCompressedSize: false,
  },
  worker: { format: 'es' },
  server: { proxy: { '/api': SERVICE, '/health': SERVICE } },
  test: {
    include: ['src/**/*_test.ts', 'tests/**/*_test.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // A browser each: more at once only wait for each other.
    maxWorkers: 2,
    minWorkers: 1,
  },
});
