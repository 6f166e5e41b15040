// Tests of the browser side that need no browser.

import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    environment: "happy-dom",
    pool: "threads", // starts quicker than processes, and keeps files as well apart
    maxWorkers: "100%",
    include: ["widget/**/*.test.{ts,tsx}", "console/**/*.test.{ts,tsx}"],
    clearMocks: true,
  },
});
