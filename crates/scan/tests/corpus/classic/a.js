var ROOT = "https://classic.example.com";
function call(path) { return fetch(ROOT + path); }
