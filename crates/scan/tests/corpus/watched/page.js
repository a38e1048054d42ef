import { user } from "./user.js";
fetch("/watched/" + user); // ~ fetch /watched/{user}
const request = new XMLHttpRequest();
request.open("GET", "/watched/too"); // ~ xhr /watched/too
