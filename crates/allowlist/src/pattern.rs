use std::marker::PhantomData;
use std::ops::Range;
use std::sync::Arc;

use url::Url;
use urlpattern::regexp::RegExp;
use urlpattern::{UrlPattern, UrlPatternInit, UrlPatternMatchInput, UrlPatternOptions};

use crate::NoteKind;

/// One entry of a list: a URL pattern, or the origin of the response.
#[derive(Clone, Debug)]
pub struct Pattern {
    text: String,
    span: Range<usize>,
    is_response_origin: bool,
    // A pattern cannot be cloned; whoever clones the list shares it.
    pattern: Arc<UrlPattern>,
    host: Option<Arc<UrlPattern>>,
}

impl Pattern {
    pub(crate) fn parse(
        text: &str,
        span: Range<usize>,
        is_response_origin: bool,
    ) -> Result<Self, NoteKind> {
        let problem = |error: urlpattern::Error| NoteKind::NoPattern {
            problem: error.to_string(),
        };
        let pattern = build(text).map_err(problem)?;
        if pattern.has_regexp_groups() {
            return Err(NoteKind::RegularExpression);
        }
        let host = UrlPatternInit {
            hostname: Some(pattern.hostname().to_owned()),
            ..UrlPatternInit::default()
        };
        let host = UrlPattern::parse(host, UrlPatternOptions::default()).ok();
        Ok(Self {
            text: text.to_owned(),
            span,
            is_response_origin,
            pattern: pattern.into(),
            host: host.map(Into::into),
        })
    }

    /// The pattern; of `response-origin`, what that stands for.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Where it stands in the header's value.
    pub fn span(&self) -> Range<usize> {
        self.span.clone()
    }

    /// Whether it was written as `response-origin`.
    pub fn is_response_origin(&self) -> bool {
        self.is_response_origin
    }

    /// Does the pattern match the URL?
    ///
    /// <https://urlpattern.spec.whatwg.org/#url-pattern-match>
    pub fn matches(&self, url: &Url) -> bool {
        let input = UrlPatternMatchInput::Url(url.clone());
        self.pattern.test(input).unwrap_or(false)
    }

    /// Could the pattern match some URL of this host?
    ///
    /// <https://wicg.github.io/connection-allowlists/#abstract-opdef-match-a-host-to-a-connection-allowlist>
    pub fn matches_host(&self, host: &str) -> bool {
        let url = Url::parse(&format!("https://{host}"));
        let test = |url| {
            self.host
                .as_ref()?
                .test(UrlPatternMatchInput::Url(url))
                .ok()
        };
        url.ok().and_then(test).unwrap_or(false)
    }
}

/// Reads a pattern that is relative to nothing.
///
/// <https://urlpattern.spec.whatwg.org/#build-a-url-pattern-from-an-http-structured-field-value>
fn build(text: &str) -> Result<UrlPattern, urlpattern::Error> {
    build_as(text, PhantomData::<UrlPattern>)
}

/// The parser of strings wants the regular expressions named that [`UrlPattern`] has by default.
fn build_as<R: RegExp>(
    text: &str,
    _: PhantomData<UrlPattern<R>>,
) -> Result<UrlPattern<R>, urlpattern::Error> {
    let init = UrlPatternInit::parse_constructor_string::<R>(text, None)?;
    UrlPattern::parse(init, UrlPatternOptions::default())
}
