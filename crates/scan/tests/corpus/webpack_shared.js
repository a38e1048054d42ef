(self.webpackChunk = self.webpackChunk || []).push([[1], {
  11: (module, exports, require) => {
    star(require(12), exports);
  },
  12: (module, exports) => {
    exports.PATH = "api/shared";
    exports.request = (path) => fetch("/" + exports.PATH + path); 
  },
  13: (module, exports, require) => {
    const shared = require(99);
    shared.request("/one"); // ~ fetch /api/shared/one
  },
  99: () => share("default", "package", () => Promise.all([load(1)]).then(() => () => require(11))),
}]);
