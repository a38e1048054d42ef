const DEFAULTS = { url: "/defaults", base: "https://base.example.com" };
function Widget(options) {
  this.options = $.extend(true, {}, DEFAULTS, options);
}
Widget.prototype.load = function () {
  // ~ xhr https://base.example.com/widget
  // ~ xhr {options.base}/widget
  return $.ajax({ url: this.options.base + "/widget" });
};
class Backend {
  constructor(options) {
    Object.assign(this, { path: "/assigned" }, options);
    Object.assign(this.options, { path: "/deep" });
  }
  all() {
    // ~ fetch /assigned
    // ~ fetch {options.path}
    fetch(this.path);
    return fetch(this.options.path); // ~ fetch /deep
  }
}
const filled = _.defaults({ url: "/told" }, DEFAULTS);
fetch(filled.url); // ~ fetch /told
const settings = {};
Object.assign(settings, DEFAULTS);
fetch(settings.url); // ~ fetch /defaults
