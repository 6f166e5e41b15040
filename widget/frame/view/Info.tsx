// A page or a few sentences that the expert wants to show.

import { safeLink } from "../../look/format";
import { say } from "../words";
import { Link, Words } from "./Words";

export interface InfoData {
  title: string;
  url?: string | null;
  text?: string | null;
}

export function Info({ title, url, text }: InfoData) {
  const href = safeLink(url);
  return (
    <div class="info">
      <p class="kicker">{say("information")}</p>
      <h2>{title}</h2>
      {text && <Words>{text}</Words>}
      {href && <p><Link href={href}>{say("openLink")}</Link></p>}
    </div>
  );
}
