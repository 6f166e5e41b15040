// Who left the house, and the way back; asked for only when somebody looks.
import { useState } from "preact/hooks";
import { useAnswer } from "../../live/ask";
import { list } from "../../live/http";
import { t, word } from "../../text/text";
import type { Expert } from "../../wire";

export function Left({ again, onBack }: { again: number; onBack: (one: Expert) => void }) {
  const [open, setOpen] = useState(false);
  const answer = useAnswer(open ? `left/${again}` : null, () => list<Expert>("/api/experts", { active: false }));
  return (
    <details class="fold" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{t("team.left")}</summary>
      {answer.problem && <p class="form-error" role="alert">{answer.problem}</p>}
      {answer.value?.length === 0 && <p class="soft">{t("team.nobody_left")}</p>}
      <ul class="left-list">
        {answer.value?.map((one) => (
          <li key={one.id}><span><b>{one.name}</b> <span class="soft small">{one.email} · {word("role", one.role)}</span></span>
            <button type="button" class="plain-button" onClick={() => onBack(one)}>{t("team.back")}<span class="unseen"> {one.name}</span></button></li>
        ))}
      </ul>
    </details>
  );
}
