// "/shortcut" in the composer: a list above the field, worked with the arrows while one goes on writing.
import type { RefObject } from "preact";
import { useLayoutEffect, useState } from "preact/hooks";
import { askCanned, cannedOf } from "../../../live/canned";
import { site as siteNamed, sites } from "../../../live/sites";
import { threads } from "../../../live/threads";
import { desk, mine } from "../../../live/value";
import { begun, filled, meant, tongueOf } from "../../../state/canned";
import { t } from "../../../text/text";
import type { Canned, Conversation } from "../../../wire";

const LIST = "canned-list";

/** `write` replaces what was written, with the caret at the place given. */
export function useCanned(conversation: Conversation, text: string, field: RefObject<HTMLTextAreaElement | null>, write: (text: string, caret: number) => void) {
  const [at, setAt] = useState(0);
  const [closed, setClosed] = useState<string | null>(null);
  const caret = field.current?.selectionEnd ?? text.length;
  const stroke = text.includes("/") ? begun(text, Math.min(caret, text.length)) : null;
  if (stroke) askCanned(conversation.site);
  const found = stroke && closed !== text ? meant(cannedOf(conversation.site), stroke.word, tongue(conversation)) : [];
  const chosen = found[Math.min(at, found.length - 1)];
  useLayoutEffect(() => setAt(0), [stroke?.word]);

  const take = (one: Canned) => {
    if (!stroke) return;
    const words = filled(one.text, valuesOf(conversation));
    const rest = text.slice(stroke.from + 1 + stroke.word.length);
    write(text.slice(0, stroke.from) + words + rest, stroke.from + words.length);
    field.current?.focus();
  };
  const onKey = (event: KeyboardEvent): boolean => {
    if (!chosen || event.ctrlKey || event.metaKey || event.altKey) return false;
    if (event.key === "ArrowDown") setAt((Math.min(at, found.length - 1) + 1) % found.length);
    else if (event.key === "ArrowUp") setAt((Math.min(at, found.length - 1) - 1 + found.length) % found.length);
    else if ((event.key === "Enter" && !event.shiftKey) || event.key === "Tab") take(chosen);
    else if (event.key === "Escape") setClosed(text);
    else return false;
    return true;
  };
  const popup = chosen && (
    <ul class="canned" id={LIST} role="listbox" aria-label={t("canned.label")}>
      {found.map((one) => (
        <li key={one.id} id={`canned-${one.id}`} role="option" aria-selected={one === chosen} class={one === chosen ? "is-chosen" : ""}
          onPointerDown={(event) => { event.preventDefault(); take(one); }}>
          <b>/{one.shortcut.replace(/^\//, "")}</b> <span>{one.title}</span> <span class="soft canned-text">{filled(one.text, valuesOf(conversation))}</span>
        </li>
      ))}
    </ul>
  );
  return { popup, onKey, list: chosen ? { id: LIST, active: `canned-${chosen.id}` } : null };
}

/** By the visitor's newest words. */
function tongue({ id, site }: Conversation): string {
  const said = threads.peek().get(id)?.messages.findLast((one) => one.author.kind === "visitor" && one.kind === "text")?.text ?? "";
  return tongueOf(said, sites.peek()?.find((one) => one.id === site)?.language ?? "");
}

/** What the variables mean here: a stranger has no name to be called by. */
function valuesOf({ customer, site, visit }: Conversation) {
  const here = visit ? desk.peek()?.visits.get(visit) : undefined;
  const known = sites.peek()?.find((one) => one.id === site) ?? siteNamed.peek();
  return { name: customer?.name ?? "", expert: mine.peek()?.name ?? "", site: known?.name ?? "", topic: (here?.topic ?? here?.path)?.at(-1) ?? "" };
}
