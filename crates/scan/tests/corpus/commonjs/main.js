const http = require("./http");
const { post } = require("./http.js");
var axios = require("axios");
http.get("/a"); // ~ fetch https://cjs.example.com/a
post("/b"); // ~ fetch https://cjs.example.com/b
axios.get("/c"); // ~ xhr /c
