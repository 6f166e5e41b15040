// Visits and views with their time, as its guide starts.
import * as countly from "countly-sdk-web";

const { default: Countly } = countly.default;
Countly.init({ app_key: "shop", url: new URL(document.currentScript.src).origin });
Countly.track_sessions();
Countly.track_pageview();
