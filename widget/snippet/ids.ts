// Random names: the key of this browser and the ids of its events.
// crypto.randomUUID exists in secure contexts only; shops on plain http are visited too.

export const uuid = () =>
  "00000000-0000-4000-a000-000000000000".replace(/0/g, () =>
    ((crypto.getRandomValues(new Uint8Array(1)) as any) & 15).toString(16),
  );
