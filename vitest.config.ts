// Tests of the browser side that need no browser.

import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    environment: "happy-dom",
    include: ["widget/**/*.test.{ts,tsx}", "console/**/*.test.{ts,tsx}"],
    clearMocks: true,
  },
});
