const original = window.fetch;
window.fetch = function (...parameters) {
  count(parameters);
  return original.apply(this, parameters); // ~ fetch {arguments[0]}
};
const { XMLHttpRequest } = window;
window.XMLHttpRequest = class extends XMLHttpRequest {};
