// A record, and every 15 s a word that it goes on: its only sign of time.
import { create } from "ackee-tracker";

create(new URL(document.currentScript.src).origin, { ignoreLocalhost: false }).record("shop");
