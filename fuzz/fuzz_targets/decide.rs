//! The compiled list decides as the plain one. The input is a URL, a line end, and a header.
#![no_main]

use connect_src::{Api, BrowserProfile, CspList, Disposition, Origin, Request};
use libfuzzer_sys::fuzz_target;
use url::Url;

fuzz_target!(|bytes: &[u8]| {
    let Some(end) = bytes.iter().position(|byte| *byte == b'\n') else { return };
    let Some(url) = std::str::from_utf8(&bytes[..end]).ok().and_then(|url| Url::parse(url).ok()) else {
        return;
    };
    let list = CspList::from_header(&bytes[end + 1..], Disposition::Enforce);
    let pages = [Origin::Opaque, Origin::of(&url)];
    for profile in BrowserProfile::ALL {
        for page in &pages {
            let compiled = list.compile(page, profile);
            for api in Api::ALL {
                let request = Request::connect(*api, url.clone());
                assert_eq!(
                    list.should_request_be_blocked(&request, page, profile),
                    compiled.should_request_be_blocked(&request),
                );
            }
        }
    }
});
