//! An explanation says what is decided, and the edit that it suggests allows the request. The input is a URL, a
//! line end, and a header.
#![no_main]

use connect_src::{Api, BrowserProfile, CspList, Disposition, Explanation, Origin, Request, smallest_edit};
use libfuzzer_sys::fuzz_target;
use url::Url;

fuzz_target!(|bytes: &[u8]| {
    let Some(end) = bytes.iter().position(|byte| *byte == b'\n') else { return };
    let Some(url) = std::str::from_utf8(&bytes[..end]).ok().and_then(|url| Url::parse(url).ok()) else {
        return;
    };
    let list = CspList::from_header(&bytes[end + 1..], Disposition::Enforce);
    let page = Origin::of(&Url::parse("https://app.example.com/").expect("a URL"));
    for profile in BrowserProfile::ALL {
        let request = Request::connect(Api::implied_by(&url), url.clone());
        let explanation = Explanation::of(&list, &request, &page, profile);
        assert_eq!(explanation.result, list.should_request_be_blocked(&request, &page, profile));
        for policy in &explanation.policies {
            if let Ok(edit) = smallest_edit(policy.policy, &request, &page, &[profile.into()]) {
                let edited = CspList::from_header(&edit.policy, Disposition::Enforce);
                assert!(edited.should_request_be_blocked(&request, &page, profile).is_allowed());
            }
        }
    }
});
