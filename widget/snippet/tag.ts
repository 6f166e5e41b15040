// The script tag that brought us: which site this is and where the bell server lives.

export const script = document.currentScript as HTMLScriptElement;
export const site = script.dataset.site!;
/** Ends in "/". */
export const base = new URL(".", script.src).href;
