// Addresses in what people write become links; everything else stays text. Only http and https.

export interface Part {
  text: string;
  href?: string;
}

const ADDRESS = /https?:\/\/[^\s<>"'`]+/gi;

/** An address that may be opened, or undefined. */
export function safeLink(address: string | null | undefined): string | undefined {
  try {
    const url = new URL(address ?? "");
    return /^https?:$/.test(url.protocol) ? url.href : undefined;
  } catch {
    return undefined;
  }
}

/** The text in parts; joined they are the text again. */
export function parts(text: string): Part[] {
  const found: Part[] = [];
  let at = 0;
  for (const match of text.matchAll(ADDRESS)) {
    // A full stop or bracket behind an address belongs to the sentence.
    const shown = match[0].replace(/[.,;:!?)\]}»”’]+$/, "");
    const href = safeLink(shown);
    if (!href) continue;
    if (match.index > at) found.push({ text: text.slice(at, match.index) });
    found.push({ text: shown, href });
    at = match.index + shown.length;
  }
  if (at < text.length) found.push({ text: text.slice(at) });
  return found;
}
