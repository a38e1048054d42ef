const base = "https://api.example.com";
const version = 2;
let path = "/users";
fetch(base + "/v1" + path); // ~ fetch https://api.example.com/v1/users
fetch(`${base}/v${version}/${id}`); // ~ fetch https://api.example.com/v2/{id}
fetch("".concat(base, "/c", path)); // ~ fetch https://api.example.com/c/users
fetch(new URL("/x?y=1", base)); // ~ fetch https://api.example.com/x?y=1
fetch(new URL("list", base + "/dir/").href); // ~ fetch https://api.example.com/dir/list
fetch([base, "a", "b"].join("/")); // ~ fetch https://api.example.com/a/b
const hosts = { eu: "https://eu.example.com", us: "https://us.example.com" };
fetch(hosts.eu); // ~ fetch https://eu.example.com
// ~ fetch https://eu.example.com/x
// ~ fetch https://us.example.com/x
fetch(hosts[region] + "/x");
const { us, other = "/default" } = hosts;
fetch(us); // ~ fetch https://us.example.com
fetch(other); // ~ fetch /default
// ~ fetch /one
// ~ fetch /two
fetch(flag ? "/one" : "/two");
// ~ fetch {config.url}
// ~ fetch /fallback
fetch(config.url || "/fallback");
const frozen = Object.freeze({ api: { root: "/root" } });
fetch(frozen.api.root + "?" + new URLSearchParams({ a: 1 })); // ~ fetch /root?{URLSearchParams#}
// ~ fetch /p
// ~ fetch /q
for (const each of ["/p", "/q"]) fetch(each);
let grown = "/grown";
grown += "/more";
fetch(grown); // ~ fetch /grown/more
fetch(base.replace("https", "http")); // ~ fetch http://api.example.com
fetch("https://x.example.com/".replace(/\/$/, "") + "/y"); // ~ fetch https://x.example.com/y
fetch(void 0 ?? "/void"); // ~ fetch /void
fetch("/q?a=" + encodeURIComponent("a b")); // ~ fetch /q?a=a+b
fetch(unknown); // ~ fetch {unknown}
fetch(user.url(1)); // ~ fetch {user.url()}
const merged = { ...hosts, extra: "/extra" };
fetch(merged.us + merged.extra); // ~ fetch https://us.example.com/extra
function url(name) { return base + "/" + name; }
fetch(url("called")); // ~ fetch https://api.example.com/called
