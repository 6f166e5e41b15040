// The settings of the chosen site, and the way to one more.
import { say } from "../../live/notes";
import { changeSite, chooseSite, loadSites } from "../../live/sites";
import { blank, fromSite, type Draft } from "../../state/site";
import { language, t } from "../../text/text";
import type { Site } from "../../wire";
import { SiteForm } from "./SiteForm";
import { keep, useKept } from "./triggers/kept";

export const HERE_ZONE = Intl.DateTimeFormat().resolvedOptions().timeZone || "UTC";

export function Settings({ site, changes }: { site: Site; changes: boolean }) {
  const name = `site.${site.id}`;
  const [kept, setKept] = useKept<Draft>(name);
  const [fresh, setFresh] = useKept<Draft>("site.new");
  const made = async (now: Site) => {
    await loadSites();
    setFresh(null);
    chooseSite(now.key);
    say(t("siteform.made", { name: now.name }), "good");
    location.hash = "#/site/snippet";
  };
  return (
    <section class="stack" aria-labelledby="settings-title">
      <h2 id="settings-title" class="unseen">{t("site.settings")}</h2>
      <SiteForm site={site} draft={(changes && kept) || fromSite(site)} changes={changes} onChange={setKept}
        onSaved={(now) => { keep(name, null); setKept(null); changeSite(now); say(t("siteform.saved"), "good"); }} />
      {changes && (fresh === null
        ? <p><button type="button" class="plain-button" onClick={() => setFresh(blank(language.value, HERE_ZONE))}>+ {t("siteform.new")}</button></p>
        : <section class="stack" aria-label={t("siteform.new")}><h3>{t("siteform.new")}</h3><SiteForm site={null} draft={fresh} onChange={setFresh} onSaved={(now) => void made(now)} onClose={() => setFresh(null)} save={t("siteform.make")} /></section>)}
    </section>
  );
}
