//! Live pages: what a server delivers with a document.

use std::time::Duration;

use ureq::http::Response;
use ureq::{Agent, Body, ResponseExt as _};
use url::Url;

use super::capped;
use super::delivered::{Delivered, Delivery};
use super::policy_text::{self, PolicyText};
use super::sent_headers::SentHeaders;
use crate::error::Error;
use crate::output::sanitize::sanitize;
use crate::output::{code, prose::prose};

/// A fetched page.
#[derive(Debug)]
pub(crate) struct Page {
    /// Its URL, after redirects.
    pub(crate) url: Url,
    pub(crate) text: PolicyText,
}

/// Fetches a page as a browser would navigate to it: redirects are followed, certificates are verified.
pub(crate) fn fetch(url: &Url) -> Result<Page, Error> {
    if !matches!(url.scheme(), "http" | "https") {
        let message =
            "only http and https pages can be fetched; give the policy before the targets";
        return Err(failed(url, message));
    }
    let mut without_fragment = url.clone();
    without_fragment.set_fragment(None);
    let response = agent()
        .get(without_fragment.as_str())
        .header("accept", "text/html,application/xhtml+xml,*/*;q=0.8")
        .call()
        .map_err(|error| failed(url, &said(&error)))?;
    read(url, response)
}

fn agent() -> Agent {
    Agent::config_builder()
        .http_status_as_error(false)
        .max_redirects(MAX_REDIRECTS)
        .timeout_connect(Some(CONNECT_TIMEOUT))
        .timeout_global(Some(TIMEOUT))
        .user_agent(concat!(
            "connect-src/",
            env!("CARGO_PKG_VERSION"),
            " (+",
            env!("CARGO_PKG_REPOSITORY"),
            ")"
        ))
        .build()
        .new_agent()
}

fn read(asked: &Url, response: Response<Body>) -> Result<Page, Error> {
    let url = Url::parse(&response.get_uri().to_string())
        .map_err(|_| failed(asked, "it redirects to something that is no URL"))?;
    let mut text = PolicyText {
        policies: of_headers(&response),
        headers: sent(&response),
        looked_at: "its headers and the <meta> elements in its head",
        ..PolicyText::default()
    };
    if !response.status().is_success() {
        let status = response.status().as_u16();
        text.notes
            .push(prose![format!("the page answers with status {status}")]);
    }
    if is_html(&response) {
        let body = capped::read(response.into_body().into_reader(), MAX_BODY)
            .map_err(|error| failed(asked, &format!("the document broke off: {error}")))?;
        text.add(policy_text::of_document(super::html::read(&body.bytes)));
    }
    if url.as_str() != asked.as_str() && url.origin() != asked.origin() {
        text.notes.push(prose![
            "redirects lead from ",
            code(asked),
            " to ",
            code(&url)
        ]);
    }
    Ok(Page { url, text })
}

fn of_headers(response: &Response<Body>) -> Vec<Delivered> {
    let delivered = |(name, value): (&ureq::http::HeaderName, &ureq::http::HeaderValue)| {
        Some(Delivered {
            value: value.as_bytes().to_vec(),
            by: Delivery::by_header(name.as_str().as_bytes())?,
            line: None,
        })
    };
    response.headers().iter().filter_map(delivered).collect()
}

fn sent(response: &Response<Body>) -> SentHeaders {
    let lines = response.headers().iter();
    SentHeaders::of_response(
        lines.map(|(name, value)| (name.as_str().as_bytes(), value.as_bytes())),
    )
}

/// Whether the response is a document: by its type, which if missing is guessed to be HTML.
fn is_html(response: &Response<Body>) -> bool {
    let content_type = response.headers().get("content-type");
    let essence = content_type
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.split(';').next())
        .map(str::trim_ascii);
    essence.is_none_or(|essence| {
        essence.eq_ignore_ascii_case("text/html")
            || essence.eq_ignore_ascii_case("application/xhtml+xml")
    })
}

fn failed(url: &Url, message: &str) -> Error {
    let url = sanitize(url.as_str()).into_owned();
    Error::new(format!("{url}: cannot fetch the page: {message}"))
}

/// What went wrong, and where it helps, what to do.
fn said(error: &ureq::Error) -> String {
    match error {
        ureq::Error::HostNotFound => UNKNOWN_HOST.to_owned(),
        // The standard library has no kind for it.
        ureq::Error::Io(error) if error.to_string().starts_with("failed to lookup") => {
            UNKNOWN_HOST.to_owned()
        }
        ureq::Error::Timeout(_) => {
            format!("no answer within {} seconds", TIMEOUT.as_secs())
        }
        ureq::Error::TooManyRedirects => format!("more than {MAX_REDIRECTS} redirects"),
        ureq::Error::Io(error) if error.kind() == std::io::ErrorKind::ConnectionRefused => {
            "the connection is refused; is the server running?".to_owned()
        }
        ureq::Error::Io(error) if error.kind() == std::io::ErrorKind::InvalidData => {
            format!("no secure connection: {error}")
        }
        ureq::Error::Protocol(error) => format!("the answer is no HTTP: {error}"),
        ureq::Error::Rustls(error) => format!("no secure connection: {error}"),
        other => sanitize(&other.to_string()).into_owned(),
    }
}

const UNKNOWN_HOST: &str = "its host name is not known; is it spelled right?";
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
const TIMEOUT: Duration = Duration::from_secs(30);
const MAX_REDIRECTS: u32 = 10;
/// Policies stand in the head; what comes after this many bytes is not read.
const MAX_BODY: u64 = 4 << 20;
