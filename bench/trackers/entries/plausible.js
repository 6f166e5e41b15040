// Time and scroll depth are told without asking.
import { init } from "@plausible-analytics/tracker";

init({ domain: "shop", endpoint: new URL(document.currentScript.src).origin + "/api/event" });
