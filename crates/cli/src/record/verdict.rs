//! Whether the policy of its document would have blocked a connection that the browser was told to let through.

use connect_src::{Api, BrowserProfile, CheckResult, Origin, Request};
use url::Url;

use super::connection::Recorded;
use super::targets::Document;

/// The decision of Chromium. The browser has decided by itself where there is no document.
pub(crate) fn is_blocked(recorded: &Recorded, documents: &[Document]) -> bool {
    let Some(document) = recorded.document.and_then(|index| documents.get(index)) else {
        return false;
    };
    let Some(request) = request(recorded) else {
        return false;
    };
    let Ok(page) = Url::parse(&document.url) else {
        return false;
    };
    let origin = Origin::of(&page);
    let policies = &document.policies;
    let result = policies.should_request_be_blocked(&request, &origin, BrowserProfile::Chromium);
    result == CheckResult::Blocked
}

fn request(recorded: &Recorded) -> Option<Request> {
    let mut urls = recorded.hops.iter().map(|hop| Url::parse(&hop.url));
    let first = urls.next()?.ok()?;
    let request = Request::connect(recorded.api.unwrap_or(Api::Fetch), first);
    let request = urls.try_fold(request, |request, url| {
        url.ok().map(|url| request.redirected_to(url))
    })?;
    Some(match recorded.worker {
        Some(_) => request.from_worker(),
        None => request,
    })
}
