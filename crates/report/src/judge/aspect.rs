use std::hash::{Hash, Hasher};

use url::{Position, Url};

use crate::record::Record;

/// What of a report its judgement and its [group](crate::GroupKey) depend on, to be hashed: reports that agree in it
/// are judged alike under the same [`JudgeContext`](crate::JudgeContext), but for the time that
/// [`Reason::AllowedNow`](crate::Reason::AllowedNow) tells.
///
/// Paths and queries of the document and of the script are no part of it, nor are line, column and age. So it is
/// the same for what many pages of a site do.
///
/// ```
/// use std::hash::{BuildHasher, RandomState};
/// use connect_src_report::{Aspect, parse};
/// use url::Url;
///
/// let hasher = RandomState::new();
/// let hash = |page: &str, blocked: &str| {
///     let body = format!(r#"{{"csp-report":{{"document-uri":"{page}","blocked-uri":"{blocked}"}}}}"#);
///     let record = parse("", body.as_bytes()).unwrap().records.remove(0);
///     let document = Url::parse(page).ok();
///     hasher.hash_one(Aspect::of(&record, document.as_ref(), None))
/// };
/// let first = hash("https://app.example/a", "https://api.example/");
/// assert_eq!(first, hash("https://app.example/b", "https://api.example/"));
/// assert_ne!(first, hash("https://app.example/a", "https://cdn.example/"));
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Aspect<'r> {
    record: &'r Record,
    document: Option<&'r Url>,
    source: Option<&'r Url>,
}

impl<'r> Aspect<'r> {
    /// Of a record whose [`url`](Record::url) and [`source_file`](Record::source_file) were parsed; `None` for what is
    /// no URL.
    pub fn of(record: &'r Record, document: Option<&'r Url>, source: Option<&'r Url>) -> Self {
        Self {
            record,
            document: document.filter(|url| url.has_host()),
            source: source.filter(|url| url.has_host()),
        }
    }

    /// Whether the script may be the document itself.
    fn has_same_path(&self) -> bool {
        matches!((self.document, self.source), (Some(a), Some(b)) if a.path() == b.path())
    }
}

impl Hash for Aspect<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        let record = self.record;
        origin(self.document, record.url.as_deref(), state);
        origin(self.source, record.source_file.as_deref(), state);
        let has_line = record.line_number.is_some_and(|line| line > 0);
        (self.has_same_path(), has_line).hash(state);
        record.blocked.hash(state);
        record.effective_directive.hash(state);
        record.original_policy.hash(state);
        record.disposition.hash(state);
        record.user_agent.hash(state);
        record.sample.hash(state);
    }
}

/// Scheme, host and port; the whole text where there is no host.
fn origin<H: Hasher>(url: Option<&Url>, text: Option<&str>, state: &mut H) {
    match url {
        Some(url) => {
            let authority = &url[Position::BeforeHost..Position::AfterPort];
            (true, url.scheme(), authority).hash(state);
        }
        None => (false, text).hash(state),
    }
}

#[cfg(test)]
mod tests {
    use std::hash::{BuildHasher as _, RandomState};

    use super::*;
    use crate::record::Blocked;

    fn record() -> Record {
        Record {
            url: Some("https://app.example/page".to_owned()),
            source_file: Some("https://app.example/app.js".to_owned()),
            line_number: Some(7),
            blocked: Some(Blocked::Url("https://api.example/".to_owned())),
            ..Record::default()
        }
    }

    fn hash(hasher: &RandomState, change: impl FnOnce(&mut Record)) -> u64 {
        let mut record = record();
        change(&mut record);
        let url = |text: &Option<String>| text.as_deref().and_then(|text| Url::parse(text).ok());
        let (document, source) = (url(&record.url), url(&record.source_file));
        hasher.hash_one(Aspect::of(&record, document.as_ref(), source.as_ref()))
    }

    #[test]
    fn what_no_judgement_looks_at_is_left_out() {
        let hasher = RandomState::new();
        let plain = hash(&hasher, |_| {});
        let changes: [fn(&mut Record); 6] = [
            |it| it.url = Some("https://user@app.example:443/other?q#f".to_owned()),
            |it| it.source_file = Some("https://app.example/other.js".to_owned()),
            |it| it.line_number = Some(8),
            |it| it.column_number = Some(1),
            |it| it.age = Some(1),
            |it| it.raw = "{}".to_owned(),
        ];
        for change in changes {
            assert_eq!(hash(&hasher, change), plain);
        }
    }

    #[test]
    fn whatever_a_judgement_looks_at_is_part_of_it() {
        let hasher = RandomState::new();
        let changes: [fn(&mut Record); 14] = [
            |_| {},
            |it| it.url = None,
            |it| it.url = Some("about:srcdoc".to_owned()),
            |it| it.url = Some("https://app.example:8443/page".to_owned()),
            // The script is the document, or has no line.
            |it| it.url = Some("https://app.example/app.js".to_owned()),
            |it| it.line_number = None,
            |it| it.source_file = Some("chrome-extension".to_owned()),
            |it| it.source_file = Some("http://app.example/app.js".to_owned()),
            |it| it.blocked = Some(Blocked::Origin("https://api.example/".to_owned())),
            |it| it.effective_directive = Some("connect-src".to_owned()),
            |it| it.original_policy = Some("connect-src 'none'".to_owned()),
            |it| it.disposition = Some(connect_src::Disposition::Report),
            |it| it.user_agent = Some("Firefox/153.0".to_owned()),
            |it| it.sample = Some("x".to_owned()),
        ];
        let mut found: Vec<u64> = changes.iter().map(|it| hash(&hasher, it)).collect();
        found.sort_unstable();
        found.dedup();
        assert_eq!(found.len(), changes.len());
    }
}
