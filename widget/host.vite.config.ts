// The script that places the frame on the host page: a module, because the snippet loads it with import().

import { defineConfig } from "vite";

export default defineConfig({
  publicDir: false,
  build: {
    outDir: "service/assets",
    emptyOutDir: false, // the others' files are there
    target: "es2022",
    modulePreload: false,
    rolldownOptions: {
      input: "widget/host/main.ts",
      preserveEntrySignatures: "strict",
      output: { format: "es", entryFileNames: "host.js" },
    },
  },
});
