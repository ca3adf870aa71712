// The studio's pages, built into web/dist. Every page is a chunk of its own, so that a rater loads the rating page alone.

import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { brotliBeside } from './compress.ts';
import { thirdPartyNotices } from './notices.ts';

const LIBRARIES = /node_modules\/(react|react-dom|scheduler|use-sync-external-store|@tanstack)\//;
/** Of these libraries, what pages that lead need and raters do not. */
const NOT_OF_RATERS = /[mM]utation(Observer)?\.js$/;
const SHARED =
  /\/web\/src\/(api\/|layout\/(mark|sign-out|scheme)|rate\/(keymap|language)|ui\/(dialog|format|states)\.)/;

/** What the rating page shares with others goes into one file: a dozen small ones compress worse, and each is a request. */
const isNeededByAll = (path: string): boolean =>
  SHARED.test(path) || (LIBRARIES.test(path) && !NOT_OF_RATERS.test(path));

// Vite takes its configuration from a default export.
export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  // The server says below which path it is.
  base: './',
  plugins: [react(), thirdPartyNotices(), brotliBeside()],
  build: {
    target: 'es2022',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: { output: { codeSplitting: { groups: [{ name: 'core', test: isNeededByAll }] } } },
  },
  server: { proxy: { '/api': 'http://127.0.0.1:4180' } },
});
