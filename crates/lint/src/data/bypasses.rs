//! Hosts that serve scripts by which an injected script runs, though the host is trusted.

/// Such a host.
#[derive(Debug)]
pub(crate) struct Bypass {
    pub(crate) host: &'static str,
    /// Where the script lies; empty where every path will do.
    pub(crate) path: &'static str,
    /// Completes "the host serves".
    pub(crate) what: &'static str,
    /// It runs texts, so it needs `'unsafe-eval'` too.
    pub(crate) needs_eval: bool,
    /// Where it is described.
    #[expect(dead_code, reason = "kept for whoever checks the entry")]
    pub(crate) source: &'static str,
}

/// The entry for a host, or, for a wildcard, one among its hosts.
pub(crate) fn find(name: &str, is_wildcard: bool, path: &str) -> Option<&'static Bypass> {
    BYPASSES.iter().find(|one| {
        let is_host = if is_wildcard {
            one.host
                .strip_suffix(name)
                .is_some_and(|rest| rest.ends_with('.'))
        } else {
            one.host.eq_ignore_ascii_case(name)
        };
        let is_below = |folder: &str| path.ends_with('/') && folder.starts_with(path);
        is_host && (path.len() < 2 || one.path.is_empty() || one.path == path || is_below(one.path))
    })
}

const JSONP: &str = "scripts that call what a parameter names";
const ANGULAR: &str = "old Angular versions, which run expressions out of the markup";
const PACKAGES: &str = "whatever anyone publishes as a package";
const FILES: &str = "files that anyone puts there";
const LOADER: &str = "a loader that runs what an account says";

const BYPASS_LIST: &str = "https://github.com/renniepak/CSPBypass";
const EVALUATOR: &str = "https://github.com/google/csp-evaluator/tree/master/allowlist_bypasses";

const fn bypass(
    host: &'static str,
    path: &'static str,
    what: &'static str,
    source: &'static str,
) -> Bypass {
    Bypass {
        host,
        path,
        what,
        needs_eval: false,
        source,
    }
}

const fn with_eval(host: &'static str, what: &'static str, source: &'static str) -> Bypass {
    Bypass {
        host,
        path: "",
        what,
        needs_eval: true,
        source,
    }
}

// The two lists were read on 23 November 2026: csp-evaluator as of 14 May 2026, CSPBypass as of 5 May 2026.
#[rustfmt::skip]
static BYPASSES: &[Bypass] = &[
    bypass("cdn.jsdelivr.net", "", PACKAGES, "https://www.jsdelivr.com/documentation"),
    bypass("unpkg.com", "", PACKAGES, "https://unpkg.com/"),
    bypass("esm.sh", "", PACKAGES, "https://esm.sh/"),
    bypass("cdn.skypack.dev", "", PACKAGES, "https://docs.skypack.dev/"),
    bypass("raw.githack.com", "", FILES, "https://raw.githack.com/"),
    bypass("cdn.statically.io", "", FILES, "https://statically.io/docs/"),
    bypass("storage.googleapis.com", "", FILES, "https://cloud.google.com/storage/docs/request-endpoints"),
    bypass("s3.amazonaws.com", "", FILES, "https://docs.aws.amazon.com/AmazonS3/latest/userguide/VirtualHosting.html"),
    bypass("cdnjs.cloudflare.com", "/ajax/libs/angular.js/", ANGULAR, EVALUATOR),
    bypass("ajax.googleapis.com", "/ajax/libs/angularjs/", ANGULAR, EVALUATOR),
    bypass("code.angularjs.org", "", ANGULAR, EVALUATOR),
    bypass("accounts.google.com", "/o/oauth2/revoke", JSONP, EVALUATOR),
    bypass("www.google.com", "/complete/search", JSONP, BYPASS_LIST),
    bypass("clients1.google.com", "/complete/search", JSONP, EVALUATOR),
    bypass("maps.googleapis.com", "/maps/api/js", JSONP, EVALUATOR),
    bypass("translate.googleapis.com", "/$discovery/rest", JSONP, BYPASS_LIST),
    bypass("translate.googleapis.com", "/translate_a/l", JSONP, EVALUATOR),
    bypass("www.googleapis.com", "/books/v1/volumes", JSONP, BYPASS_LIST),
    bypass("www.youtube.com", "/oembed", JSONP, BYPASS_LIST),
    bypass("api.mixpanel.com", "/track", JSONP, EVALUATOR),
    bypass("vimeo.com", "/api/oembed.json", JSONP, EVALUATOR),
    bypass("api.github.com", "/users", JSONP, "https://docs.github.com/rest"),
    bypass("graph.facebook.com", "/", JSONP, BYPASS_LIST),
    bypass("api.instagram.com", "/v1/tags/", JSONP, EVALUATOR),
    bypass("widgets.pinterest.com", "/v3/pidgets/boards/", JSONP, EVALUATOR),
    bypass("api.pinterest.com", "/v1/urls/count.json", JSONP, BYPASS_LIST),
    bypass("cdn.syndication.twimg.com", "/widgets/timelines/", JSONP, EVALUATOR),
    bypass("dev.virtualearth.net", "/REST/v1/", JSONP, BYPASS_LIST),
    bypass("www.bing.com", "/api/maps/mapcontrol", JSONP, BYPASS_LIST),
    bypass("www.blogger.com", "/feeds/", JSONP, EVALUATOR),
    bypass("app.link", "/_r", JSONP, BYPASS_LIST),
    bypass("yandex.st", "/angularjs/", ANGULAR, EVALUATOR),
    bypass("yastatic.net", "/angularjs/", ANGULAR, EVALUATOR),
    bypass("mc.yandex.ru", "/watch/", JSONP, EVALUATOR),
    bypass("cse.google.com", "/api/", JSONP, EVALUATOR),
    bypass("www.gstatic.com", "/fsn/angular_js-bundle1.js", ANGULAR, EVALUATOR),
    bypass("js.hcaptcha.com", "/1/api.js", JSONP, BYPASS_LIST),
    bypass("www.recaptcha.net", "/recaptcha/api.js", JSONP, BYPASS_LIST),
    bypass("client.crisp.chat", "", LOADER, BYPASS_LIST),
    with_eval("www.googletagmanager.com", LOADER, EVALUATOR),
    with_eval("googletagmanager.com", LOADER, EVALUATOR),
    with_eval("www.google-analytics.com", JSONP, EVALUATOR),
    with_eval("ssl.google-analytics.com", JSONP, EVALUATOR),
    with_eval("google-analytics.com", JSONP, EVALUATOR),
    with_eval("www.googleadservices.com", JSONP, EVALUATOR),
];
