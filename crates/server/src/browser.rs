//! The name and major version of a browser: all that is kept of a `User-Agent`.

use connect_src::BrowserProfile;

/// Such as `Firefox 140`; `other` for what is no browser that we know.
///
/// Everything in the answer is a word of ours or a number of at most four digits.
pub(crate) fn name(user_agent: &str) -> String {
    let found = NAMES.iter().find_map(|(mark, name)| {
        let start = user_agent.find(mark)? + mark.len();
        Some((name, major(&user_agent[start..])))
    });
    match found {
        Some((name, Some(major))) => format!("{name} {major}"),
        Some((name, None)) => (*name).to_owned(),
        None => "other".to_owned(),
    }
}

/// Whose rules the browser of a [`name`] follows; `None` for what is no browser that we know.
pub(crate) fn profile(name: &str) -> Option<BrowserProfile> {
    let family = name.trim_end_matches(|it: char| it.is_ascii_digit());
    match family.trim_ascii_end() {
        "Firefox" => Some(BrowserProfile::Firefox),
        // All browsers of iOS stand on its WebKit.
        "Safari" | "WebKit" | "Firefox for iOS" | "Chrome for iOS" | "Edge for iOS" => {
            Some(BrowserProfile::WebKit)
        }
        "other" | "" => None,
        _ if NAMES
            .iter()
            .any(|(_, known)| *known == family.trim_ascii_end()) =>
        {
            Some(BrowserProfile::Chromium)
        }
        _ => None,
    }
}

/// The more special mark comes first: nearly every name holds `Chrome/` and `Safari/`.
const NAMES: &[(&str, &str)] = &[
    ("FxiOS/", "Firefox for iOS"),
    ("CriOS/", "Chrome for iOS"),
    ("EdgiOS/", "Edge for iOS"),
    ("EdgA/", "Edge"),
    ("Edg/", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("YaBrowser/", "Yandex Browser"),
    ("Vivaldi/", "Vivaldi"),
    ("Firefox/", "Firefox"),
    ("HeadlessChrome/", "Chrome"),
    ("Chromium/", "Chromium"),
    ("Chrome/", "Chrome"),
    ("Version/", "Safari"),
    ("AppleWebKit/", "WebKit"),
];

fn major(rest: &str) -> Option<&str> {
    let end = rest.find(|it: char| !it.is_ascii_digit());
    let digits = &rest[..end.unwrap_or(rest.len())];
    (1..=4).contains(&digits.len()).then_some(digits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_browser_is_known_by_its_own_mark() {
        let table = [
            (
                "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 \
                 Safari/537.36",
                "Chrome 156",
            ),
            (
                "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 \
                 Safari/537.36 Edg/140.0.0.0",
                "Edge 140",
            ),
            (
                "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
                "Firefox 140",
            ),
            (
                "Mozilla/5.0 (Macintosh) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.4 Safari/605.1.15",
                "Safari 17",
            ),
            ("curl/8.5.0", "other"),
            ("", "other"),
        ];
        for (user_agent, expected) in table {
            assert_eq!(name(user_agent), expected, "{user_agent}");
        }
    }

    #[test]
    fn a_name_tells_whose_rules_the_browser_follows() {
        let table = [
            ("Firefox 140", Some(BrowserProfile::Firefox)),
            ("Firefox", Some(BrowserProfile::Firefox)),
            ("Firefox for iOS 140", Some(BrowserProfile::WebKit)),
            ("Safari 17", Some(BrowserProfile::WebKit)),
            ("Edge 140", Some(BrowserProfile::Chromium)),
            ("Samsung Internet 25", Some(BrowserProfile::Chromium)),
            ("other", None),
            ("", None),
            ("Netscape 4", None),
        ];
        for (name, expected) in table {
            assert_eq!(profile(name), expected, "{name}");
        }
    }

    #[test]
    fn nothing_of_a_hostile_name_is_kept() {
        for hostile in [
            "Firefox/<script>",
            "Firefox/99999",
            "Firefox/",
            "Firefox/\u{0}1",
        ] {
            assert_eq!(name(hostile), "Firefox", "{hostile:?}");
        }
        assert_eq!(name("Firefox/140<b>\r\n"), "Firefox 140");
    }
}
