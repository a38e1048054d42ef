use super::channel::By;
use super::*;

fn audit(text: &str) -> Audit {
    let list = CspList::from_header(text, connect_src::Disposition::Enforce);
    Audit::of(&Page::new(&list), &BrowserProfile::BROWSERS)
}

fn worst(audit: &Audit, channel: Channel) -> Reach {
    audit
        .rows
        .iter()
        .find(|row| row.channel == channel)
        .unwrap()
        .worst()
}

#[test]
fn the_weakest_channel_comes_first() {
    let audit = audit("default-src 'none'; img-src *");
    assert_eq!(worst(&audit, Channel::Images), Reach::Anywhere);
    assert_eq!(worst(&audit, Channel::Fetch), Reach::Closed);
    let reaches: Vec<_> = audit.rows.iter().map(Row::worst).collect();
    assert!(reaches.is_sorted_by(|one, next| one >= next));
}

#[test]
fn every_open_cell_of_a_request_has_a_proof_that_the_engine_allows() {
    for text in [
        "default-src 'self' https://a.example",
        "",
        "img-src https:",
        "default-src 'none'; script-src 'strict-dynamic' 'nonce-a'",
    ] {
        let list = CspList::from_header(text, connect_src::Disposition::Enforce);
        for row in audit(text).rows {
            let By::Request(kind) = row.channel.governed_by() else {
                continue;
            };
            for cell in row.cells.iter().filter(|cell| cell.reach > Reach::Closed) {
                let request = kind.request(cell.proof.clone().unwrap());
                let page = Page::new(&list).origin();
                assert!(
                    list.should_request_be_blocked(&request, &page, cell.profile)
                        .is_allowed(),
                    "{text} {cell:?}"
                );
            }
        }
    }
}

#[test]
fn hosts_are_told_apart_by_who_can_own_them() {
    for (source, reach) in [
        ("'none'", Reach::Closed),
        ("'self'", Reach::SelfOnly),
        ("https://api.example.com", Reach::TheseHosts),
        ("https://*.example.com", Reach::TheseHosts),
        ("https://*.github.io", Reach::AnyonesHosts),
        ("https:", Reach::Anywhere),
        ("https://*:8443", Reach::Anywhere),
        ("data:", Reach::Closed),
    ] {
        assert_eq!(
            worst(&audit(&format!("connect-src {source}")), Channel::Fetch),
            reach,
            "{source}"
        );
    }
}

#[test]
fn a_sandbox_closes_windows_and_forms() {
    let audit = audit("sandbox allow-scripts");
    assert_eq!(worst(&audit, Channel::Windows), Reach::Closed);
    assert_eq!(worst(&audit, Channel::Forms), Reach::Closed);
    assert_eq!(worst(&audit, Channel::Navigation), Reach::NotGovernable);
}

#[test]
fn the_allowlist_governs_what_the_policy_cannot_in_chromium_alone() {
    let list = CspList::from_header("default-src https:", connect_src::Disposition::Enforce);
    let url = Url::parse("https://app.example.com/").unwrap();
    let header = "(response-origin \"https://api.example.com\")";
    let allowlist = Allowlist::parse(header, &url, Disposition::Enforce)
        .allowlist
        .unwrap();
    let page = Page::new(&list).at(&url).with_allowlist(&allowlist);
    let audit = Audit::of(&page, &[BrowserProfile::Chromium, BrowserProfile::Firefox]);
    for (channel, chromium) in [
        (Channel::Navigation, Reach::TheseHosts),
        (Channel::WebRtc, Reach::Closed),
        (Channel::Fetch, Reach::TheseHosts),
    ] {
        let row = audit
            .rows
            .iter()
            .find(|row| row.channel == channel)
            .unwrap();
        assert_eq!(row.cells[0].reach, chromium, "{channel:?}");
        assert!(row.cells[1].reach >= Reach::Anywhere, "{channel:?}");
    }
}

#[test]
fn reports_also_go_where_the_name_of_an_endpoint_leads() {
    let list = CspList::from_header("report-to csp", connect_src::Disposition::Enforce);
    let url = Url::parse("https://app.example.com/").unwrap();
    for (value, expected) in [
        ("csp=\"https://reports.example.net/\"", Reach::TheseHosts),
        ("csp=\"/reports\"", Reach::SelfOnly),
        ("other=\"/reports\"", Reach::Closed),
    ] {
        let headers = ResponseHeaders::of_response([("Reporting-Endpoints", value)], &url);
        let page = Page::new(&list).at(&url).with_response_headers(&headers);
        let audit = Audit::of(&page, &[BrowserProfile::Chromium]);
        assert_eq!(worst(&audit, Channel::Reports), expected, "{value}");
    }
}

#[test]
fn the_edits_bring_the_page_to_the_level() {
    let list = CspList::from_header(
        "script-src 'self'; img-src https:",
        connect_src::Disposition::Enforce,
    );
    let page = Page::new(&list);
    let audit = Audit::of(&page, &BrowserProfile::BROWSERS);
    assert_eq!(
        audit.edits(&page, Level::Connect),
        [Edit::AddDirective {
            text: "connect-src 'self'".into()
        }]
    );
    let fetch = audit.edits(&page, Level::Fetch);
    assert!(
        fetch.contains(&Edit::AddDirective {
            text: "default-src 'self'".into()
        }),
        "{fetch:?}"
    );
    assert!(
        fetch.contains(&Edit::RemoveSource {
            directive: "img-src".into(),
            source: "https:".into()
        }),
        "{fetch:?}"
    );
    assert_eq!(fetch.len(), 2);
    let edited = CspList::from_header(
        "script-src 'self'; img-src; default-src 'self'",
        connect_src::Disposition::Enforce,
    );
    assert!(Audit::of(&Page::new(&edited), &BrowserProfile::BROWSERS).meets(Level::Fetch));
}
