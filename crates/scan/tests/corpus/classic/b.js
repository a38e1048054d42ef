call("/b"); // ~ fetch https://classic.example.com/b
fetch(window.ROOT + "/w"); // ~ fetch https://classic.example.com/w
