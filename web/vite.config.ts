// The studio's pages, built into web/dist. Every page is a chunk of its own, so that a rater loads the rating page alone.

import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { brotliBeside } from './compress.ts';
import { thirdPartyNotices } from './notices.ts';

// Vite takes its configuration from a default export.
export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  // The server says below which path it is.
  base: './',
  plugins: [react(), thirdPartyNotices(), brotliBeside()],
  build: { target: 'es2022', assetsInlineLimit: 0, modulePreload: { polyfill: false } },
  server: { proxy: { '/api': 'http://127.0.0.1:4180' } },
});
