#![doc = include_str!("../README.md")]
#![no_std]

/// The [registrable domain](https://url.spec.whatwg.org/#host-registrable-domain) of a host name: the part that one owner registers.
///
/// `host` is a name as the URL parser leaves it: lower case, in ASCII. `None` for a name that is a public suffix itself. A name
/// whose last label is not in the list is judged by the list's default rule, that the last label is the suffix; so is
/// an IP address, which callers tell apart before.
///
/// ```
/// use connect_src_suffix::registrable_domain;
///
/// assert_eq!(registrable_domain("a.b.example.com"), Some("example.com"));
/// assert_eq!(registrable_domain("printer.local"), Some("printer.local"));
/// assert_eq!(registrable_domain("com"), None);
/// ```
pub fn registrable_domain(host: &str) -> Option<&str> {
    psl::domain_str(host)
}

/// Whether the name is a registrable domain: one label below a public suffix, no more.
///
/// ```
/// use connect_src_suffix::is_registrable_domain;
///
/// assert!(is_registrable_domain("example.co.uk"));
/// assert!(!is_registrable_domain("www.example.co.uk"));
/// ```
pub fn is_registrable_domain(host: &str) -> bool {
    registrable_domain(host) == Some(host)
}

/// The [public suffix](https://url.spec.whatwg.org/#host-public-suffix) of a host name, and who vouches for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PublicSuffix<'h> {
    /// The suffix as it stands in the name: its last labels.
    pub text: &'h str,
    /// The part of the list whose rule says so; `None` where only the default rule does.
    pub section: Option<Section>,
}

/// The parts of the Public Suffix List.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Section {
    /// Registries: `com`, `co.uk`.
    Icann,
    /// Whoever gives names below their own to strangers: `github.io`.
    Private,
}

/// The public suffix of a host name, which is the name itself if it is one.
///
/// `host` is as for [`registrable_domain`]. `None` for the empty name, and for one whose labels are not all there (`.com`).
///
/// ```
/// use connect_src_suffix::{Section, public_suffix};
///
/// let suffix = public_suffix("user.github.io").unwrap();
/// assert_eq!((suffix.text, suffix.section), ("github.io", Some(Section::Private)));
/// assert_eq!(public_suffix("printer.local").unwrap().section, None, "the list does not know it");
/// ```
pub fn public_suffix(host: &str) -> Option<PublicSuffix<'_>> {
    let found = psl::suffix(host.as_bytes())?;
    Some(PublicSuffix {
        text: core::str::from_utf8(found.as_bytes()).ok()?,
        section: found.typ().map(|section| match section {
            psl::Type::Icann => Section::Icann,
            psl::Type::Private => Section::Private,
        }),
    })
}
