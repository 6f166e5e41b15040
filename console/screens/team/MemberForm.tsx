// One colleague, written: who they are, what they know, when they work. One form, one button; only what changed is sent.
import type { ComponentChildren } from "preact";
import { useEffect, useId, useRef, useState } from "preact/hooks";
import { codeOf, detailOf, http } from "../../live/http";
import { sites } from "../../live/sites";
import { number } from "../../text/format";
import { errorText, t, word } from "../../text/text";
import type { Expert, Role } from "../../wire";
import { BREATH, refusedField, toPatch, toWrite, wrong, type Draft, type Field } from "./draft";
import { HoursEditor } from "./HoursEditor";
import { Knows } from "./Knows";
import { Languages } from "./Languages";

const ROLES: Role[] = ["expert", "marketer", "admin"];
interface Asked { id: string | null; before: Draft; draft: Draft; onChange: (to: Draft) => void; onSaved: (one: Expert) => void; onClose: () => void }

export function MemberForm({ id, before, draft, onChange, onSaved, onClose }: Asked) {
  const [tried, setTried] = useState(false);
  const [left, setLeft] = useState<ReadonlySet<Field>>(new Set());
  const [busy, setBusy] = useState(false);
  const [refused, setRefused] = useState<{ field: Field | null; text: string } | null>(null);
  const head = useRef<HTMLHeadingElement>(null);
  useEffect(() => head.current?.focus(), []);
  const bad = wrong(draft, id === null);
  const set = (some: Partial<Draft>) => { setRefused(null); onChange({ ...draft, ...some }); };
  const patch = id === null ? toWrite(draft) : toPatch(draft, before);
  const problem = (field: Field): string | null =>
    refused?.field === field ? refused.text : (tried || left.has(field)) && bad.has(field) ? word("member.wrong", field) : null;
  const leave = (field: Field) => () => setLeft(new Set([...left, field]));
  // Hours say at once what is wrong with them; the others when they were left.
  const marked = [...bad].some((field) => tried || left.has(field) || field === "hours");
  const save = async () => {
    setTried(true);
    if (bad.size > 0) return;
    setBusy(true);
    try {
      onSaved(await http<Expert>(id === null ? "POST" : "PATCH", id === null ? "/api/experts" : `/api/experts/${id}`, patch));
    } catch (error) {
      const [code, detail] = [codeOf(error), detailOf(error)];
      const field = refusedField(code, detail);
      setRefused({ field, text: code === "exists" ? t("member.taken") : code === "invalid" && field ? word("member.wrong", field) : errorText(code, detail) });
    }
    setBusy(false);
  };
  const all = sites.value ?? [];
  const rings = draft.role === "expert";
  return (
    <form class="sheet stack member-form" noValidate onSubmit={(event) => { event.preventDefault(); void save(); }}>
      <h2 ref={head} tabIndex={-1}>{id === null ? t("team.new") : t("team.of", { name: before.name })}</h2>
      <div class="member-halves">
        <div class="stack">
          <Line label={t("member.name")} problem={problem("name")}>{(at) => <input {...at} type="text" maxLength={200} autocomplete="off" value={draft.name} onInput={(event) => set({ name: event.currentTarget.value })} />}</Line>
          <Line label={t("member.email")} problem={problem("email")}>{(at) => <input {...at} type="email" maxLength={254} autocomplete="off" value={draft.email} onInput={(event) => set({ email: event.currentTarget.value })} />}</Line>
          <Line label={t(id === null ? "member.password" : "member.new_password")} more={id === null ? undefined : t("member.password_more")} problem={problem("password")}>
            {(at) => <input {...at} type="password" autocomplete="new-password" maxLength={1024} value={draft.password} onInput={(event) => set({ password: event.currentTarget.value })} />}
          </Line>
          <Line label={t("member.role")} more={word("role.about", draft.role)}>{(at) => (
            <select {...at} value={draft.role} onChange={(event) => set({ role: event.currentTarget.value as Role })}>{ROLES.map((one) => <option key={one} value={one}>{word("role", one)}</option>)}</select>
          )}</Line>
          {all.length > 1 && (
            <fieldset class="stack">
              <legend class="small soft">{t("member.sites")}</legend>
              {all.map((one) => (
                <label class="check" key={one.id}><input type="checkbox" checked={draft.sites.includes(one.id)}
                  onChange={(event) => set({ sites: event.currentTarget.checked ? [...draft.sites, one.id].sort() : draft.sites.filter((each) => each !== one.id) })} /><span>{one.name || one.key}</span></label>
              ))}
              {problem("sites") && <p class="bad small" role="alert">{problem("sites")}</p>}
            </fieldset>
          )}
          <div class="stack"><span class="small soft" aria-hidden="true">{t("member.languages")}</span><Languages value={draft.languages} onChange={(languages) => set({ languages })} /></div>
          {rings && (
            <>
              <Line label={t("member.capacity")} more={t("member.capacity_more")} problem={problem("capacity")} onLeave={leave("capacity")} narrow>{(at) => <input {...at} type="text" inputMode="numeric" autocomplete="off" value={draft.capacity} onInput={(event) => set({ capacity: event.currentTarget.value })} />}</Line>
              <Line label={t("member.breath")} more={t("member.breath_more", { from: number(BREATH[0]), to: number(BREATH[1]) })} problem={problem("breath_seconds")} onLeave={leave("breath_seconds")} narrow>{(at) => <input {...at} type="text" inputMode="numeric" autocomplete="off" value={draft.breath} onInput={(event) => set({ breath: event.currentTarget.value })} />}</Line>
            </>
          )}
        </div>
        {rings && (
          <div class="stack">
            <div class="stack">
              <h3>{t("member.topics")}</h3>
              <p class="soft small">{t("member.topics_more")}</p>
              <Knows value={draft.topics} onChange={(topics) => set({ topics })} />
              {problem("topics") && <p class="bad small" role="alert">{problem("topics")}</p>}
            </div>
            <div class="stack">
              <h3>{t("member.hours")}</h3>
              <HoursEditor value={draft.hours} problem={problem("hours")} onChange={(hours) => set({ hours })} />
            </div>
          </div>
        )}
      </div>
      {refused && refused.field === null && <p class="form-error" role="alert">{refused.text}</p>}
      <div class="rules-foot">
        {marked && <p id="member-look" class="bad small" role="status">{t("member.look")}</p>}
        <button type="button" class="quiet" onClick={onClose}>{t("member.cancel")}</button>
        <button type="submit" class="main-button" aria-describedby={marked ? "member-look" : undefined} disabled={busy || marked || (id !== null && Object.keys(patch).length === 0)}>{t(id === null ? "team.make" : "team.save")}</button>
      </div>
    </form>
  );
}

type At = { id: string; "aria-invalid": boolean; "aria-describedby": string | undefined };
/** A field with its label, what it means, or what is wrong with it. */
function Line({ label, more, problem = null, narrow, onLeave, children }: { label: string; more?: string; problem?: string | null; narrow?: boolean; onLeave?: () => void; children: (at: At) => ComponentChildren }) {
  const id = useId();
  const says = problem ?? more;
  return (
    <div class={`field${narrow ? " ladder-narrow" : ""}`} onFocusOut={onLeave}>
      <label for={id} class="small soft">{label}</label>
      {children({ id, "aria-invalid": problem !== null, "aria-describedby": says ? `${id}-more` : undefined })}
      {says && <p id={`${id}-more`} class={problem ? "bad small" : "soft small"} role={problem ? "alert" : undefined}>{says}</p>}
    </div>
  );
}
