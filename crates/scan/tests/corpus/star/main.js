const api = require("./index");
api.get("/a"); // ~ fetch https://star.example.com/a
