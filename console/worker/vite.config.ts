// The console's service worker: one script beside the console's document, so that its scope is the console and no more.
import { defineConfig } from "vite";

export default defineConfig({
  publicDir: false,
  build: {
    outDir: "service/assets/console",
    emptyOutDir: false, // the console is there
    target: "es2022",
    modulePreload: false,
    rolldownOptions: {
      input: "console/worker/push.ts",
      output: { format: "iife", entryFileNames: "push.js" },
    },
  },
});
