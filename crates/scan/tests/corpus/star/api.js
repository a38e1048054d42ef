exports.BASE = "https://star.example.com";
exports.get = (path) => fetch(exports.BASE + path);
