// Something that is on or off. It shows at once what was asked for; what came of it, when the answer is there.
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";

export function Switch({ on, disabled, onTurn, children }: { on: boolean; disabled: boolean; onTurn: (on: boolean) => Promise<void>; children: ComponentChildren }) {
  const [wished, setWished] = useState<boolean | null>(null);
  const turn = (to: boolean) => {
    setWished(to);
    void onTurn(to).finally(() => setWished(null));
  };
  return (
    <label class="check">
      <input type="checkbox" role="switch" checked={wished ?? on} disabled={disabled} aria-busy={wished !== null}
        onChange={(event) => turn(event.currentTarget.checked)} />
      {children}
    </label>
  );
}
