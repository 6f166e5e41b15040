// Which of the sites a screen speaks about; the choice holds for all of them.
import { chooseSite, keyOf, site, sites } from "../live/sites";
import { t } from "../text/text";

/** `said`: the heading beside it says already what is chosen here. */
export function SitePicker({ said = false }: { said?: boolean }) {
  const all = sites.value ?? [];
  const here = site.value;
  if (!here) return null;
  return (
    <label class="field is-inline"><span class={said ? "unseen" : undefined}>{t("reports.site")}</span>
      <select value={keyOf(here)} onChange={(event) => chooseSite(event.currentTarget.value)}>
        {all.map((one) => <option key={one.id} value={keyOf(one)}>{one.name || one.key}</option>)}
      </select>
    </label>
  );
}
