// What the document says of the site, and the key that the page gave: who we are, before a word is said.

import type { Told } from "../wire";

const { site = "", told = "{}" } = document.body.dataset;

/** The site's public key. */
export const siteKey = site;
export const facts: Partial<Told> = JSON.parse(told);

/** The visitor's key: for `Authorization`, never for an address. */
export let key = "";
export const takeKey = (given: string): string => (key = given);
