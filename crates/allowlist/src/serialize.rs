//! The header's text, from what it is to allow.

use sfv::{KeyRef, ListSerializer, StringRef, TokenRef};

/// An endpoint that a header lets a page connect to.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Endpoint {
    /// The origin of the response that carries the header.
    ResponseOrigin,
    /// The URLs of a `URLPattern`, such as `https://*.example.com`.
    Pattern(String),
}

/// Writes the value of a header that allows these endpoints; without any, it blocks every connection.
///
/// Fails for a pattern that no structured field can hold: one with a character outside of visible ASCII. Whether it is
/// a pattern at all is what [`Allowlist::parse`](crate::Allowlist::parse) tells.
///
/// ```
/// use connection_allowlist::{Endpoint, serialize};
///
/// let endpoints = [Endpoint::ResponseOrigin, Endpoint::Pattern("https://api.example.com".to_owned())];
/// assert_eq!(serialize(&endpoints, None)?, r#"(response-origin "https://api.example.com")"#);
/// assert_eq!(serialize(&[], Some("main"))?, "();report-to=main");
/// # Ok::<(), connection_allowlist::NotAField>(())
/// ```
///
/// <https://www.rfc-editor.org/rfc/rfc9651.html#ser-list>
pub fn serialize(endpoints: &[Endpoint], report_to: Option<&str>) -> Result<String, NotAField> {
    let mut list = ListSerializer::new();
    let mut inner = list.inner_list();
    for endpoint in endpoints {
        match endpoint {
            Endpoint::ResponseOrigin => {
                let _ = inner.bare_item(TokenRef::constant("response-origin"));
            }
            Endpoint::Pattern(pattern) => {
                let text = StringRef::from_str(pattern).map_err(|_| NotAField::of(pattern))?;
                let _ = inner.bare_item(text);
            }
        }
    }
    let parameters = inner.finish();
    if let Some(name) = report_to {
        let token = TokenRef::from_str(name).map_err(|_| NotAField::of(name))?;
        let _ = parameters.parameter(KeyRef::constant("report-to"), token);
    }
    Ok(list.finish().unwrap_or_default())
}

/// A text that no structured field can hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotAField {
    text: String,
}

impl NotAField {
    fn of(text: &str) -> Self {
        Self {
            text: text.to_owned(),
        }
    }
}

impl std::fmt::Display for NotAField {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            formatter,
            "expected visible ASCII, found {:?}; write other characters as percent-encoding or punycode",
            self.text
        )
    }
}

impl std::error::Error for NotAField {}

#[cfg(test)]
mod tests {
    use url::Url;

    use super::*;
    use crate::{Allowlist, Disposition};

    #[test]
    fn what_is_written_is_read_again() {
        let page = Url::parse("https://app.example/").unwrap();
        let endpoints = [
            Endpoint::ResponseOrigin,
            Endpoint::Pattern("https://*.cdn.example".to_owned()),
            Endpoint::Pattern(r#"https://a.example/"\x"#.to_owned()),
        ];
        let header = serialize(&endpoints, Some("main")).unwrap();
        let parsed = Allowlist::parse(&header, &page, Disposition::Enforce);
        let list = parsed.allowlist.unwrap();
        let texts: Vec<_> = list
            .patterns()
            .iter()
            .map(|one| one.text().to_owned())
            .collect();
        assert_eq!(texts[..2], ["https://app.example", "https://*.cdn.example"]);
        assert_eq!(list.reporting_endpoint(), Some("main"));
    }

    #[test]
    fn what_no_field_can_hold_is_refused() {
        for text in ["https://é.example", "https://a.example/\n"] {
            let error = serialize(&[Endpoint::Pattern(text.to_owned())], None).unwrap_err();
            assert!(
                error.to_string().starts_with("expected visible ASCII"),
                "{error}"
            );
        }
        assert!(serialize(&[], Some("no token")).is_err());
    }
}
