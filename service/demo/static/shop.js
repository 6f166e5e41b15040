// The shop's own few manners. Nothing here is needed to read or to walk around.
document.addEventListener("click", (event) => {
  const asked = event.target instanceof Element && event.target.closest("[data-ask]");
  if (!asked) return;
  event.preventDefault();
  window.shopbell("open");
});
