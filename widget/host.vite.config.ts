// The script that places the frame on the host page: classic, like the snippet that loads it.

import { defineConfig } from "vite";

export default defineConfig({
  publicDir: false,
  build: {
    outDir: "service/assets/frame",
    emptyOutDir: false, // the frame's files are there
    target: "es2022",
    modulePreload: false,
    rolldownOptions: { input: "widget/host/main.ts", output: { format: "iife", entryFileNames: "host.js" } },
  },
});
