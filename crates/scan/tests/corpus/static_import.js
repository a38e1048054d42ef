import data from "https://data.example.com/x.json" with { type: "json" }; // ~ json-module https://data.example.com/x.json
import other from "./module.js";
