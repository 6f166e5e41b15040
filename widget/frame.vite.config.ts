// The frame's own script and style, and the small script that places the frame on the host page.
// Their names carry no hash: the server serves them with an ETag, and the snippet of the last release knows them.

import { defineConfig } from "vite";

export default defineConfig({
  publicDir: false,
  base: "/assets/frame/",
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  build: {
    outDir: "service/assets/frame",
    emptyOutDir: true,
    target: "es2022",
    modulePreload: false,
    cssCodeSplit: false,
    rolldownOptions: {
      input: { frame: "widget/frame/main.tsx" },
      preserveEntrySignatures: "strict",
      output: { format: "es", entryFileNames: "[name].js", assetFileNames: "frame[extname]" },
    },
  },
});
