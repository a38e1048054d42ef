const config = require("./config");
exports.get = function (path) { return fetch(config.base + path); };
module.exports.post = (path) => fetch(config.base + path);
