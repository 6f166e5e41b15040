// What the desk is at this moment, for everybody who shows it; live/desk.ts keeps it true.
import { computed, signal } from "@preact/signals";
import type { Connection } from "../state/connection";
import { byUrgency, type Desk } from "../state/desk";
import type { DeskEvent } from "../wire";

export const desk = signal<Desk | null>(null);
export const connection = signal<Connection>({ phase: "idle" });
export const alerts = computed(() => byUrgency(desk.value?.alerts ?? []));

/** What an answered command has changed; the server's own event may come too, and changes nothing more. */
export let applyHere: (event: DeskEvent) => void = () => {};
export const whenApplied = (does: (event: DeskEvent) => void): void => void (applyHere = does);
