// A share of the largest, as a bar within a line of figures.
export function Bar({ share }: { share: number }) {
  return (
    <svg class="inline-bar" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">
      <rect class="bar" width={Math.max(share > 0 ? 0.5 : 0, 100 * Math.min(1, share))} height="8" />
    </svg>
  );
}
