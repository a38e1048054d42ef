use http::StatusCode;
use http::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};

/// What of a response a policy governs; responses that are neither get no policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Governed {
    /// Something that browsers show as a page: HTML, XHTML, SVG or other XML.
    Document,
    /// The script of a worker, which has a policy of its own.
    Worker,
}

/// What a request says that its response is for, as far as policies are concerned.
///
/// <https://w3c.github.io/webappsec-fetch-metadata/#sec-fetch-dest-header>
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Purpose {
    Worker,
    /// A page or a frame.
    Page,
    /// Something else, or nothing is said.
    Other,
}

impl Purpose {
    pub(crate) fn of(request: &HeaderMap) -> Self {
        match request.get(SEC_FETCH_DEST).map(HeaderValue::as_bytes) {
            Some(b"worker" | b"sharedworker" | b"serviceworker") => Self::Worker,
            Some(b"document" | b"iframe" | b"frame" | b"fencedframe" | b"embed" | b"object") => {
                Self::Page
            }
            // Without `Sec-Fetch-Dest`, which plain http has on loopback only.
            None if request.contains_key(SERVICE_WORKER) => Self::Worker,
            _ => Self::Other,
        }
    }
}

impl Governed {
    /// What a policy governs of the response to this request, if anything.
    ///
    /// ```
    /// use connect_src_tower::Governed;
    /// use http::{HeaderMap, HeaderValue, StatusCode};
    ///
    /// let (mut request, mut response) = (HeaderMap::new(), HeaderMap::new());
    /// let governed = |request: &_, response: &_| Governed::of(request, StatusCode::OK, response);
    ///
    /// response.insert("content-type", HeaderValue::from_static("text/html; charset=utf-8"));
    /// assert_eq!(governed(&request, &response), Some(Governed::Document));
    ///
    /// response.insert("content-type", HeaderValue::from_static("text/javascript"));
    /// assert_eq!(governed(&request, &response), None);
    /// request.insert("sec-fetch-dest", HeaderValue::from_static("worker"));
    /// assert_eq!(governed(&request, &response), Some(Governed::Worker));
    /// ```
    pub fn of(request: &HeaderMap, status: StatusCode, response: &HeaderMap) -> Option<Self> {
        Self::for_purpose(Purpose::of(request), status, response)
    }

    pub(crate) fn for_purpose(
        purpose: Purpose,
        status: StatusCode,
        response: &HeaderMap,
    ) -> Option<Self> {
        if !has_content(status) {
            return None;
        }
        if purpose == Purpose::Worker {
            return Some(Self::Worker);
        }
        let is_document = match response.get(CONTENT_TYPE) {
            Some(value) => is_document_type(value.as_bytes()),
            // Browsers may find out that it is HTML.
            None => purpose == Purpose::Page,
        };
        is_document.then_some(Self::Document)
    }
}

/// Whether browsers use what comes with such a response as a page or a script.
fn has_content(status: StatusCode) -> bool {
    let is_empty = status == StatusCode::NO_CONTENT || status == StatusCode::RESET_CONTENT;
    !(status.is_informational() || status.is_redirection() || is_empty)
}

/// Whether a media type is HTML or an XML MIME type.
///
/// <https://mimesniff.spec.whatwg.org/#xml-mime-type>
fn is_document_type(content_type: &[u8]) -> bool {
    let essence = content_type.split(|byte| *byte == b';').next();
    let essence = essence.unwrap_or_default().trim_ascii();
    let is = |name: &str| essence.eq_ignore_ascii_case(name.as_bytes());
    let suffix = essence.last_chunk::<4>();
    is("text/html")
        || is("text/xml")
        || is("application/xml")
        || suffix.is_some_and(|suffix| suffix.eq_ignore_ascii_case(b"+xml"))
}

const SEC_FETCH_DEST: HeaderName = HeaderName::from_static("sec-fetch-dest");
const SERVICE_WORKER: HeaderName = HeaderName::from_static("service-worker");

#[cfg(test)]
mod tests {
    use super::*;

    fn governed(
        request: &[(&'static str, &'static str)],
        status: u16,
        content_type: Option<&'static str>,
    ) -> Option<Governed> {
        let pair = |(name, value): &(&'static str, &'static str)| {
            (
                HeaderName::from_static(name),
                HeaderValue::from_static(value),
            )
        };
        let request: HeaderMap = request.iter().map(pair).collect();
        let response: HeaderMap = content_type
            .map(|value| ("content-type", value))
            .iter()
            .map(pair)
            .collect();
        Governed::of(&request, StatusCode::from_u16(status).unwrap(), &response)
    }

    #[test]
    fn documents_are_told_by_their_media_type() {
        let documents = [
            "text/html",
            "TEXT/HTML;charset=utf-8",
            "text/html ; charset=utf-8",
            "application/xhtml+xml",
            "image/svg+xml",
            "text/xml",
            "application/xml",
            "application/rss+XML",
        ];
        for media_type in documents {
            assert_eq!(
                governed(&[], 200, Some(media_type)),
                Some(Governed::Document),
                "{media_type}"
            );
        }
        let others = [
            "text/plain",
            "application/json",
            "text/javascript",
            "image/png",
            "text/htmlx",
            "",
            "+xm",
        ];
        for media_type in others {
            assert_eq!(governed(&[], 200, Some(media_type)), None, "{media_type}");
        }
    }

    #[test]
    fn worker_scripts_are_told_by_the_request() {
        for destination in ["worker", "sharedworker", "serviceworker"] {
            let request = [("sec-fetch-dest", destination)];
            assert_eq!(
                governed(&request, 200, Some("text/javascript")),
                Some(Governed::Worker)
            );
        }
        for destination in ["script", "empty", "audioworklet"] {
            let request = [("sec-fetch-dest", destination)];
            assert_eq!(
                governed(&request, 200, Some("text/javascript")),
                None,
                "{destination}"
            );
        }
        let request = [("service-worker", "script")];
        assert_eq!(
            governed(&request, 200, Some("text/javascript")),
            Some(Governed::Worker)
        );
    }

    #[test]
    fn a_page_without_media_type_may_be_html() {
        assert_eq!(
            governed(&[("sec-fetch-dest", "iframe")], 200, None),
            Some(Governed::Document)
        );
        assert_eq!(governed(&[("sec-fetch-dest", "image")], 200, None), None);
        assert_eq!(governed(&[], 200, None), None);
    }

    #[test]
    fn only_responses_with_content_are_governed() {
        for status in [200, 206, 404, 500, 502] {
            assert!(
                governed(&[], status, Some("text/html")).is_some(),
                "{status}"
            );
        }
        for status in [101, 204, 205, 301, 302, 304, 307] {
            assert!(
                governed(&[], status, Some("text/html")).is_none(),
                "{status}"
            );
        }
    }
}
