// The frame's own script and style, the small script that stands in its document, and (elsewhere) the one that places
// the frame on the host page. Their names carry no hash: the server names the bytes it means (`?v=`), or sends an ETag.

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
      input: { frame: "widget/frame/main.tsx", boot: "widget/frame/boot.ts" },
      preserveEntrySignatures: "strict",
      output: { format: "es", entryFileNames: "[name].js", assetFileNames: "frame[extname]" },
    },
  },
});
