// Tests of the browser side that need no browser.

import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    environment: "happy-dom",
    // Nothing is fetched: frames and scripts that a test puts into the page count as loaded.
    environmentOptions: { happyDOM: { settings: { handleDisabledFileLoadingAsSuccess: true } } },
    include: ["widget/**/*.test.{ts,tsx}", "console/**/*.test.{ts,tsx}"],
    clearMocks: true,
  },
});
