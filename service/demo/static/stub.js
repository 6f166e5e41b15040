// The queue: calls made before the bell has arrived wait here, in order, and are played when it does.
window.shopbell = window.shopbell || function () {
  (window.shopbell.q = window.shopbell.q || []).push(arguments);
};
