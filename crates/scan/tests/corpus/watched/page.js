
fetch("/watched/" + id); // ~ fetch /watched/{id}
const request = new XMLHttpRequest();
request.open("GET", "/watched/too"); // ~ xhr /watched/too
