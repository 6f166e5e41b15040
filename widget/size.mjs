// Builds the three scripts in memory and holds them to their limits, gzip in bytes: what every page pays (snippet),
// and what one who talks pays (frame, with its style and the script that places it).

import { gzipSync } from "node:zlib";
import { build } from "vite";

const LIMITS = { snippet: 3072, frame: 60 * 1024 };

async function weigh(...configs) {
  let bytes = 0;
  for (const configFile of configs) {
    const result = await build({ configFile, logLevel: "silent", build: { write: false } });
    for (const { output } of [result].flat())
      for (const file of output) bytes += gzipSync(file.code ?? file.source, { level: 9 }).length;
  }
  return bytes;
}

/** [{ name, bytes, limit }] */
export async function sizes() {
  return [
    { name: "snippet", bytes: await weigh("widget/snippet.vite.config.ts"), limit: LIMITS.snippet },
    { name: "frame", bytes: await weigh("widget/frame.vite.config.ts", "widget/host.vite.config.ts"), limit: LIMITS.frame },
  ];
}

if (import.meta.url === `file://${process.argv[1]}`) {
  for (const { name, bytes, limit } of await sizes()) {
    const good = bytes <= limit;
    console.log(`${name}: ${bytes} bytes gzip, limit ${limit}${good ? "" : ": TOO LARGE"}`);
    if (!good) process.exitCode = 1;
  }
}
