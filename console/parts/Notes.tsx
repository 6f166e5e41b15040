import { dismiss, notes } from "../live/notes";
import { t } from "../text/text";

export function Notes() {
  return (
    <div class="notes" role="status" aria-live="polite">
      {notes.value.map((note) => (
        <p key={note.id} class={`note is-${note.tone}`}>
          <span>{note.text}</span>
          <button type="button" class="quiet" onClick={() => dismiss(note.id)} aria-label={t("note.dismiss")}>×</button>
        </p>
      ))}
    </div>
  );
}
