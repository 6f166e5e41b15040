// A webhook, written: where it goes and what it is told of.
import { useEffect, useId, useRef, useState } from "preact/hooks";
import { codeOf, detailOf, http } from "../../../live/http";
import { errorText, t } from "../../../text/text";
import type { Site, Webhook, WebhookEvent } from "../../../wire";
import { eventName, refusedFor } from "./words";

export const EVENTS: readonly WebhookEvent[] = [
  "conversation.opened", "message.added", "conversation.closed", "conversation.rated", "order.placed", "callback.requested", "callback.updated",
];
interface Asked { site: Site; one: Webhook | null; onSaved: (one: Webhook) => void; onClose: () => void }

export function HookForm({ site, one, onSaved, onClose }: Asked) {
  const [url, setUrl] = useState(one?.url ?? "");
  const [events, setEvents] = useState<readonly WebhookEvent[]>(one?.events ?? ["order.placed"]);
  const [busy, setBusy] = useState(false);
  const [refused, setRefused] = useState<string | null>(null);
  const [tried, setTried] = useState(false);
  const head = useRef<HTMLHeadingElement>(null);
  const id = useId();
  useEffect(() => head.current?.focus(), []);
  const problem = refused ?? (tried && !url.trim() ? t("hooks.url_missing") : null);
  const none = tried && events.length === 0;
  const save = async () => {
    setTried(true);
    if (!url.trim() || events.length === 0) return;
    setBusy(true);
    try {
      const body = { url: url.trim(), events };
      onSaved(await (one ? http<Webhook>("PATCH", `/api/webhooks/${one.id}`, url.trim() === one.url ? { events } : body) : http<Webhook>("POST", "/api/webhooks", { site: site.key, ...body })));
    } catch (error) {
      const [code, detail] = [codeOf(error), detailOf(error)];
      setRefused((code === "bad_receiver" && refusedFor(detail)) || errorText(code, detail));
      setBusy(false);
    }
  };
  return (
    <form class="sheet stack hook-form" noValidate onSubmit={(event) => { event.preventDefault(); void save(); }}
      onKeyDown={(event) => { if (event.key === "Escape") onClose(); }}>
      <h3 ref={head} tabIndex={-1}>{t(one ? "hooks.change" : "hooks.new")}</h3>
      <div class="field">
        <label for={id}>{t("hooks.url")}</label>
        <input id={id} type="url" maxLength={2000} autocomplete="off" placeholder="https://shop.example/hook" value={url} aria-invalid={!!problem}
          aria-describedby={problem ? `${id}-wrong` : undefined} onInput={(event) => { setRefused(null); setUrl(event.currentTarget.value); }} />
        {problem && <p id={`${id}-wrong`} class="bad small" role="alert">{problem}</p>}
      </div>
      <fieldset class="stack hook-events" aria-describedby={none ? `${id}-none` : undefined}>
        <legend class="small soft">{t("hooks.events")}</legend>
        {EVENTS.map((event) => (
          <label class="check" key={event}>
            <input type="checkbox" checked={events.includes(event)} onChange={({ currentTarget }) => setEvents(currentTarget.checked ? [...events, event] : events.filter((each) => each !== event))} />
            <span>{eventName(event)} <code class="soft small">{event}</code></span>
          </label>
        ))}
        {none && <p id={`${id}-none`} class="bad small" role="alert">{t("hooks.events_missing")}</p>}
      </fieldset>
      <div class="rules-foot">
        <button type="button" class="quiet" onClick={onClose}>{t("member.cancel")}</button>
        <button type="submit" class="main-button" disabled={busy}>{t("hooks.save")}</button>
      </div>
    </form>
  );
}
