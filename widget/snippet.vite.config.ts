// The snippet is one classic script: no modules, nothing to load besides it.

import { defineConfig } from "vite";

export default defineConfig({
  publicDir: false,
  build: {
    outDir: "service/assets",
    emptyOutDir: false, // frame and console live in the same folder
    target: "es2022",
    modulePreload: false,
    rolldownOptions: {
      input: "widget/snippet/main.ts",
      output: { format: "iife", entryFileNames: "shopbell.js" },
    },
  },
});
