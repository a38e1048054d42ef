//! What browsers really posted is read, and judged for what it is.

use std::time::SystemTime;

use connect_src::Disposition;
use connect_src_report::{
    Blocked, Class, Container, Format, GroupKey, JudgeContext, Judgement, NoiseList, Record, Sent,
    SentPolicy, judge,
};

use crate::support::{Post, origin, posts, sent_policy};

/// Judges as the site would that sent the recorded policies.
fn judged(record: &Record) -> Judgement {
    let sent = ["test", "localhost"].map(|tld| {
        ["report-uri /legacy?rev=7", "report-to ep"]
            .map(|report| SentPolicy::new(&sent_policy(tld, report), Disposition::Report))
    });
    let sent = sent.concat();
    let site = [
        origin("https://app.test:18443"),
        origin("https://app.localhost:18443"),
    ];
    let context = JudgeContext::new(SystemTime::UNIX_EPOCH, NoiseList::builtin())
        .sent(Sent::OneOf(&sent))
        .first_party(&site);
    judge(record, &context)
}

fn recorded() -> impl Iterator<Item = (Post, Record)> {
    posts().into_iter().flat_map(|post| {
        let records = post.records();
        records.into_iter().map(move |record| {
            let post = Post {
                content_type: post.content_type.clone(),
                user_agent: post.user_agent.clone(),
                body: post.body.clone(),
                ..post
            };
            (post, record)
        })
    })
}

#[test]
fn every_report_is_read_in_full() {
    for (post, record) in recorded() {
        let what = &post.body;
        assert_eq!(record.report_type, "csp-violation", "{what}");
        assert!(record.url.is_some() && record.blocked.is_some(), "{what}");
        assert!(record.effective_directive.is_some(), "{what}");
        assert!(
            record.original_policy.is_some() && record.status_code.is_some(),
            "{what}"
        );
        assert!(
            record.user_agent.is_some() && record.wire.is_wrapped,
            "{what}"
        );
        assert_eq!(
            record.shortened,
            connect_src_report::Shortened::default(),
            "{what}"
        );
        assert!(post.body.contains(&record.raw), "{what}");
    }
}

#[test]
fn each_browser_has_its_own_way_of_writing() {
    let mut seen = Vec::new();
    for (post, record) in recorded() {
        let wire = (
            post.browser,
            record.wire.format,
            record.wire.container,
            &*post.content_type,
        );
        let has_age = record.age.is_some();
        seen.push(format!(
            "{wire:?} age:{has_age} disposition:{}",
            record.disposition.is_some()
        ));
    }
    seen.sort();
    seen.dedup();
    assert_eq!(
        seen,
        [
            r#"("chromium", ReportTo, Array, "application/reports+json") age:true disposition:true"#,
            r#"("chromium", ReportUri, Object, "application/csp-report") age:false disposition:true"#,
            r#"("firefox", ReportTo, Array, "application/reports+json") age:true disposition:true"#,
            r#"("firefox", ReportUri, Object, "application/csp-report") age:false disposition:true"#,
            r#"("webkit", ReportTo, Object, "application/csp-report") age:false disposition:true"#,
            r#"("webkit", ReportUri, Object, "application/csp-report") age:false disposition:false"#,
        ]
    );
    assert_eq!(Container::default(), Container::Object);
    assert_eq!(Format::default(), Format::ReportUri);
}

#[test]
fn every_report_is_judged_for_what_it_is() {
    for (post, record) in recorded() {
        let judgement = judged(&record);
        let (class, code) = expected(&post, &record);
        assert_eq!(
            (judgement.class, judgement.reason.code()),
            (class, code),
            "{}: {:#?}",
            judgement.reason,
            record
        );
        assert_eq!(
            judgement.disposition,
            Some(Disposition::Report),
            "{}",
            post.body
        );
    }
}

fn expected(post: &Post, record: &Record) -> (Class, &'static str) {
    let blocked = record.blocked.as_ref().map_or("", Blocked::as_str);
    if blocked.contains("/redir?sync") && post.browser == "webkit" {
        return (Class::ForeignPolicy, "other-document");
    }
    if blocked.contains("/redir?sync") && post.browser == "chromium" {
        return (Class::Inconsistent, "allowed-with-script");
    }
    match &record.blocked {
        Some(Blocked::Url(url)) if url.contains("/redir?") => (Class::Genuine, "redirected"),
        _ if blocked.contains("-extension") => (Class::Extension, "noise"),
        Some(Blocked::Keyword(_)) => (Class::Genuine, "decided-in-the-page"),
        _ => (Class::Genuine, "blocked"),
    }
}

#[test]
fn the_sent_policy_is_known_again_however_the_browser_prints_it() {
    for (post, mut record) in recorded() {
        let printed = record.original_policy.take().unwrap();
        record.original_policy = Some(printed.replace("blob:", "blob: https://added.test"));
        let is_changed = record.effective_directive.as_deref() == Some("default-src");
        let is_foreign = judged(&record).reason.code() == "other-policy";
        assert_eq!(is_foreign, is_changed, "{}", post.body);

        record.original_policy = Some(printed.replace("'self'", "'self' https://added.test"));
        assert_eq!(
            judged(&record).reason.code(),
            "other-policy",
            "{}",
            post.body
        );
    }
}

#[test]
fn one_connection_that_is_reported_twice_is_one_group() {
    for browser in ["firefox", "webkit"] {
        let of_socket = recorded().filter(|(post, record)| {
            let is_socket = |blocked: &Blocked| blocked.as_str().starts_with("wss://blocked");
            post.browser == browser && record.blocked.as_ref().is_some_and(is_socket)
        });
        let mut keys: Vec<GroupKey> = of_socket
            .map(|(_, record)| GroupKey::of(&record, &judged(&record)))
            .collect();
        assert!(keys.len() >= 2);
        keys.dedup();
        assert_eq!(keys.len(), 1, "{keys:#?}");
    }
}

#[test]
fn the_same_records_come_back_from_json() {
    for (_, record) in recorded() {
        let json = serde_json::to_string(&record).unwrap();
        assert_eq!(serde_json::from_str::<Record>(&json).unwrap(), record);
    }
}
