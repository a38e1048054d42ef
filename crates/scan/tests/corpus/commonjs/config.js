module.exports = { base: "https://cjs.example.com" };
