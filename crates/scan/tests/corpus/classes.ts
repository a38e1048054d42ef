enum Path { Users = "/users", Orders = "/orders" }
class Api {
  private readonly root = "https://field.example.com";
  static origin = "https://static.example.com";
  #secret = "https://private.example.com";
  constructor(private base: string, name = "n") {
    this.named = name;
  }
  get(path: string): Promise<Response> { return fetch(this.base + path); }
  fixed() { return fetch(this.root + Path.Users); } // ~ fetch https://field.example.com/users
  hidden() { return fetch(this.#secret); } // ~ fetch https://private.example.com
  get url() { return `${this.base}/getter`; }
  // ~ fetch https://api.example.com/getter
  // ~ fetch https://users.example.com/getter
  viaGetter() { return fetch(this.url); }
}
const api = new Api("https://api.example.com");
api.get(Path.Orders); // ~ fetch https://api.example.com/orders
api.viaGetter();
fetch(Api.origin as string); // ~ fetch https://static.example.com
class Users extends Api {
  constructor() { super("https://users.example.com"); }
  list() { return this.get("/list"); } // ~ fetch https://users.example.com/list
}
new Users().list();
function Old(base) { this.base = base; }
Old.prototype.get = function (path) { return fetch(this.base + path); };
new Old("https://old.example.com").get("/x"); // ~ fetch https://old.example.com/x
const literal = { base: "https://literal.example.com", get(path) { return fetch(this.base + path); } };
literal.get("/y"); // ~ fetch https://literal.example.com/y
class Shared {
  constructor(private base: string) {}
  private ask(path: string) {
    return fetch(this.base + path);
  }
  read(id: string) {
    return this.ask("/one/" + id); // ~ fetch /shared/one/{id}
  }
  other(key: string) {
    return this.ask("/one/" + key); // ~ fetch /shared/one/{key}
  }
}
new Shared("/shared");
