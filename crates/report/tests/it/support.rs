//! The recorded posts, and a judge's context for them.

use connect_src::Origin;
use connect_src_report::Record;
use serde_json::Value;
use url::Url;

/// A recorded post.
pub(crate) struct Post {
    pub(crate) browser: &'static str,
    pub(crate) content_type: String,
    pub(crate) user_agent: String,
    pub(crate) body: String,
}

impl Post {
    pub(crate) fn records(&self) -> Vec<Record> {
        let parsed =
            connect_src_report::parse(&self.content_type, self.body.as_bytes()).expect("a report");
        assert_eq!(parsed.unreadable, [], "{}", self.body);
        assert_eq!(parsed.others, [], "{}", self.body);
        let records = parsed.records.into_iter();
        records
            .map(|record| record.with_user_agent(&self.user_agent))
            .collect()
    }
}

pub(crate) fn posts() -> Vec<Post> {
    let files = [
        ("chromium", include_str!("../recorded/chromium.jsonl")),
        ("firefox", include_str!("../recorded/firefox.jsonl")),
        ("webkit", include_str!("../recorded/webkit.jsonl")),
    ];
    let lines = files
        .iter()
        .flat_map(|(browser, file)| file.lines().map(|line| (*browser, line)));
    lines.map(|(browser, line)| post(browser, line)).collect()
}

fn post(browser: &'static str, line: &str) -> Post {
    let post: Value = serde_json::from_str(line).expect("JSON");
    let text = |name: &str| post[name].as_str().expect("a text").to_owned();
    Post {
        browser,
        content_type: text("content_type"),
        user_agent: text("user_agent"),
        body: text("body"),
    }
}

/// The policy that was sent when the posts were recorded.
pub(crate) fn sent_policy(tld: &str, report: &str) -> String {
    format!(
        "connect-src 'self' ok.{tld}:18443 wss://ok.{tld}:18443/a; img-src 'self'; script-src 'self' \
         'report-sample'; style-src 'self' 'report-sample'; frame-src 'self'; default-src 'self' \
         blob:; foo-bar x; {report}"
    )
}

pub(crate) fn origin(url: &str) -> Origin {
    Origin::of(&Url::parse(url).expect("a URL"))
}
