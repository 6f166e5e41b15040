// Time comes as pings, which are off until asked for; 2 s so that a visit of 3 s can show in them.
import { enableActivityTracking, newTracker, trackPageView } from "@snowplow/browser-tracker";

newTracker("sp", new URL(document.currentScript.src).origin, { appId: "shop", keepalive: true });
enableActivityTracking({ minimumVisitLength: 2, heartbeatDelay: 2 });
trackPageView();
