// The defaults: page views, leavings with their time, clicks.
import posthog from "posthog-js";

posthog.init("phc_shop", { api_host: new URL(document.currentScript.src).origin });
