// The script tag that brought us: which site this is, what it wishes, and where the bell server lives.

export const script = document.currentScript as HTMLScriptElement;
/** The attributes: site, path, look, hash, consent, cookieless, firstParty. Of the last four, being there is what counts. */
export const data = script.dataset;
export const site = data.site!;
/** Ends in "/". The same for shopbell.js and for a versioned shopbell.HASH.js beside it. */
export const base = new URL(".", script.src).href;
