__exportStar(require("./api"), exports);
