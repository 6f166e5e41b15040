// A person's word on who is a program. Whom we called one goes from the live list, so the word is kept to be taken back.
import { signal } from "@preact/signals";
import type { VisitBrief } from "../wire";
import { http } from "./http";

export const called = signal<{ visit: VisitBrief; bot: boolean } | null>(null);
export const isProgram = (visit: VisitBrief): boolean => (called.value?.visit.visitor === visit.visitor ? called.value.bot : visit.bot);

export async function call(visit: VisitBrief, bot: boolean): Promise<void> {
  await http("PATCH", `/api/visitors/${visit.visitor}`, { bot });
  called.value = { visit, bot };
}
