// @vitest-environment happy-dom
// An order's contact is confirmed where the order is seen, and its card says so from then on.
import { act } from "preact/test-utils";
import { afterEach, expect, it } from "vitest";
import { confirmed } from "../../live/confirming";
import { threads } from "../../live/threads";
import { conversation, me, message, visit } from "../../state/fixtures";
import { newThread } from "../../state/thread";
import { setLanguage } from "../../text/text";
import type { Message } from "../../wire";
import { deskFrom } from "../../state/desk";
import { desk } from "../../live/desk";
import { stage } from "../site/screen.fixture";
import { Log } from "./Log";

const eur = (amount: number) => ({ amount, currency: "EUR" });
const line = { product: "p", name: "Hose", quantity: 2, price: eur(900), total: eur(1800), offer: "o", most: 10 };
const placed = (more: object = {}): Message =>
  message({ seq: 2, kind: "order", text: "1001", data: { order: "o1", number: "1001", status: "placed", total: eur(1800), lines: [line], confirmed_at: null, ...more } });
let on: ReturnType<typeof stage>;
const show = async (role: "expert" | "marketer", ...messages: Message[]) => {
  on = stage((method, path) => {
    if (method === "GET" && path === "/api/orders/o1") return { id: "o1", contact: { name: "Ann", email: "ann@example.com", phone: "", address: "1 High Street" }, confirmed_at: null };
    return { customer: {}, merges: [] };
  });
  desk.value = deskFrom({ me: { ...me, role }, alerts: [], conversations: [conversation()], experts: [], sites: [] }, [visit()]);
  threads.value = new Map([["c", { ...newThread("c"), loaded: true, messages }]]);
  await on.show(<Log id="c" name="Ann" />);
};
afterEach(() => {
  on.end();
  act(() => { threads.value = new Map(); confirmed.value = new Set(); setLanguage("en"); });
});

it("asks which part is right, says so to the server, and the card shows it in both languages", async () => {
  await show("expert", placed());
  await on.press("Confirm contact…");
  expect(on.text()).toContain("ann@example.com");
  expect(on.root.querySelectorAll('input[type="checkbox"]')).toHaveLength(1);
  await on.press("This is right");
  expect(on.asked.filter(({ method }) => method === "POST")).toMatchObject([{ method: "POST", path: "/api/orders/o1/confirm", body: { email: true, phone: false } }]);
  expect(on.text()).toContain("✓ Contact confirmed");
  act(() => setLanguage("ru"));
  expect(on.text()).toContain("✓ Контакт подтверждён");
});
it("says what a colleague has confirmed, and offers a marketer nothing to say", async () => {
  await show("expert", placed({ confirmed_at: "2026-01-01T00:00:00Z" }));
  expect(on.text()).toContain("✓ Contact confirmed");
  on.end();
  await show("marketer", placed());
  expect(on.text()).not.toContain("Confirm contact");
});
it("calls the older of two order forms replaced, and names the pieces that are offered", async () => {
  const form = (seq: number, state: string) => message({ seq, kind: "order_form", data: { form: `f${seq}`, state, lines: [line] } });
  await show("expert", form(1, "ordered"), form(2, "open"), form(3, "open"));
  expect([...on.root.querySelectorAll(".card .tag")].map((one) => one.textContent)).toEqual(["ordered", "replaced", "open"]);
  expect(on.text()).toContain("up to 10 at this price");
});
