use alloc::string::String;

use super::relatives::name;
use crate::origin::{Origin, TupleOrigin};

/// What is asked of two lists about one of their words, without the first label of its host: whatever that label is, the answer
/// is the same. So a list with many hosts of one domain is asked once.
pub(super) fn pattern(
    directive: &str,
    word: &str,
    lists: [&[&str]; 2],
    pages: &[Origin],
) -> String {
    let host = name(word).map(|(host, _)| host);
    let labels = host.as_deref().and_then(|host| host.split_once('.'));
    let labels = labels.filter(|(label, _)| is_ordinary(label) && !is_page(host.as_deref(), pages));
    let mut pattern = String::from(directive);
    for list in lists {
        pattern.push('\n');
        for word in list {
            pattern.push(' ');
            match labels.zip(host.as_deref()) {
                Some(((_, domain), host)) => push_without(&mut pattern, word, host, domain),
                None => pattern.push_str(word),
            }
        }
    }
    pattern
}

/// The word, in which a sign that no word has stands for the first label of the host.
fn push_without(pattern: &mut String, word: &str, host: &str, domain: &str) {
    match word.split_once(host) {
        Some((before, after)) => {
            pattern.push_str(before);
            pattern.push_str("\0.");
            pattern.push_str(domain);
            pattern.push_str(after);
        }
        None => pattern.push_str(word),
    }
}

/// Whether a label makes no host an address, nor anything else that is not just a name.
fn is_ordinary(label: &str) -> bool {
    label.len() < LONGEST_LABEL
        && label.starts_with(|first: char| first.is_ascii_lowercase())
        && !label.starts_with("xn--")
        && label
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
}

/// Whether `'self'` may stand for the host.
fn is_page(host: Option<&str>, pages: &[Origin]) -> bool {
    let mut pages = pages.iter().filter_map(Origin::as_tuple);
    pages.any(|page| Some(TupleOrigin::host(page)) == host)
}

/// Those of DNS are shorter.
const LONGEST_LABEL: usize = 64;

#[cfg(test)]
mod tests {
    use url::Url;

    use super::*;

    fn asked(word: &str) -> String {
        let page = Origin::of(&Url::parse("https://app.a.test/").unwrap());
        let lists: [&[&str]; 2] = [&["https://*.a.test", word], &["https://*.a.test"]];
        pattern("connect-src", word, lists, &[page])
    }

    #[test]
    fn hosts_of_a_domain_ask_the_same_but_for_what_more_there_is_to_them() {
        let first = asked("https://one.a.test");
        assert_eq!(asked("https://two.a.test"), first);
        for other in [
            "https://one.b.test",
            "https://two.one.a.test",
            "http://one.a.test",
            "https://one.a.test:8443",
            "https://one.a.test/one.a.test/",
            "https://ONE.a.test",
            "https://1.a.test",
            "https://xn--one.a.test",
            "https://app.a.test",
        ] {
            assert_ne!(asked(other), first, "{other}");
        }
    }
}
