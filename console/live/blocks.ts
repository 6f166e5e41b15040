// Visitors who may not write: asked for and changed one at a time.
import type { Block } from "../wire";
import { http, list } from "./http";

export const blocksOf = (site: string, visitor: string): Promise<Block[]> =>
  list<Block>("/api/blocks", { site, visitor }, 50).then((all) => all.filter((one) => one.visitor === visitor));
export const block = (visitor: string, reason: string, minutes: number): Promise<Block> => http<Block>("POST", "/api/blocks", { visitor, reason, minutes });
export const unblock = (id: string): Promise<unknown> => http("DELETE", `/api/blocks/${id}`);
