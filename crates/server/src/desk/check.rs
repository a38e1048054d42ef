//! What policies do with one connection, in every browser, and why.

use connect_src::{
    Api, BrowserProfile, CspList, DirectiveName, Disposition, Explanation, MatchResult, Mismatch,
    PolicyExplanation, Reason, SourceExplanation, Span, smallest_edit,
};
use serde::Serialize;
use url::Url;
use utoipa::ToSchema;

use super::question::Question;
use crate::policy_text::PolicyText;

/// What policies do with a connection.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct CheckView {
    /// The URL that is connected to.
    pub url: String,
    /// What `'self'` stands for.
    pub page: String,
    /// What the profiles say, the standard first.
    pub profiles: Vec<ProfileView>,
    /// The smallest change that every browser would need; `null` where nothing is to be changed, or no change
    /// helps (the reason is in [`no_edit`](Self::no_edit)).
    pub edit: Option<EditView>,
    /// Why there is no `edit`, as a sentence; `null` where there is one.
    pub no_edit: Option<String>,
}

/// What one browser does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct ProfileView {
    /// Whose rules: `standard`, `chromium`, `firefox` or `webkit`.
    #[schema(value_type = String)]
    pub profile: BrowserProfile,
    /// Whether it blocks the connection: some policy that is enforced is violated.
    pub is_blocked: bool,
    /// What each policy says, in their order.
    pub policies: Vec<PolicyView>,
}

/// What one policy says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct PolicyView {
    /// The policy. It may come from a report: escape it.
    pub text: String,
    /// Whether the connection violates it.
    pub is_violated: bool,
    /// The directive that decides; `null` if none does.
    pub directive: Option<String>,
    /// Whether the directive only stands in for `connect-src`.
    pub is_fallback: bool,
    /// Why.
    pub why: WhyView,
    /// The same, as a sentence.
    pub sentence: String,
    /// What became of each source of the directive.
    pub sources: Vec<SourceView>,
    /// The source that came closest, if one came close.
    pub nearest_miss: Option<NearestMissView>,
}

/// Why a policy allows or blocks a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum WhyView {
    /// The browser does not govern such connections by a policy.
    NotGoverned,
    /// The policy has no directive for connections.
    NoDirective,
    /// A source matches.
    Matched,
    /// No source matches.
    NothingMatched,
    /// The list is empty or `'none'`.
    ClosedList,
    /// Something other than the URL decides.
    NotByUrl,
    /// The browser reads another text than the one that was written.
    Reread,
}

/// A part of a policy's text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Where {
    /// Where it starts, in bytes.
    pub start: usize,
    /// Where it ends.
    pub end: usize,
}

/// A source of the directive that decides.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct SourceView {
    /// Where it stands in the policy's text.
    pub place: Where,
    /// As it was written. It may come from a report: escape it.
    pub text: String,
    /// What failed first, as one word; `null` if it matches.
    pub failed: Option<&'static str>,
}

/// The source that came closest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct NearestMissView {
    /// Where it stands in the policy's text.
    pub place: Where,
    /// As it was written.
    pub text: String,
    /// What fits and what does not, in a few words.
    pub words: String,
    /// Which parts fit.
    pub fits: FitView,
}

/// Which parts of a source fit a URL.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct FitView {
    /// The scheme.
    pub scheme: bool,
    /// The host.
    pub host: bool,
    /// The port.
    pub port: bool,
    /// The path.
    pub path: bool,
}

/// A change of a policy that makes it allow a connection in every browser.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct EditView {
    /// The source that is added.
    pub source: String,
    /// The directive that gets it.
    pub directive: String,
    /// Whether nothing but this URL is admitted.
    pub is_exact: bool,
    /// The whole policy afterwards.
    pub policy: String,
}

/// Asks all profiles what policies, as a header line has them, do with a connection.
///
/// `page` is the URL of the page, `api` what makes the connection; what the URL's scheme implies without it.
pub fn check(policies: &str, page: &Url, url: &Url, api: Option<Api>) -> CheckView {
    let question = Question::asked(Some(page), url.clone(), api);
    let list = CspList::from_header(policies, Disposition::Enforce);
    explain(&list, &question, &BrowserProfile::ALL)
}

/// Asks these profiles what policies do.
pub(super) fn explain(
    list: &CspList,
    question: &Question,
    profiles: &[BrowserProfile],
) -> CheckView {
    let (edit, no_edit) = edit(list, question, profiles);
    let view = |profile: &BrowserProfile| {
        let explanation = Explanation::of(list, &question.request, &question.page, *profile);
        ProfileView {
            profile: *profile,
            is_blocked: explanation.result.is_blocked(),
            policies: explanation.policies.iter().map(PolicyView::of).collect(),
        }
    };
    CheckView {
        url: question.request.url().to_string(),
        page: question.page.to_string(),
        profiles: profiles.iter().map(view).collect(),
        edit,
        no_edit,
    }
}

/// The change of the first policy that is in the way; all policies must allow, so one at a time.
fn edit(
    list: &CspList,
    question: &Question,
    profiles: &[BrowserProfile],
) -> (Option<EditView>, Option<String>) {
    let rules: Vec<_> = profiles.iter().map(|profile| (*profile).into()).collect();
    let mut reason = connect_src::NoEdit::NotNeeded;
    for policy in list.policies() {
        match smallest_edit(policy, &question.request, &question.page, &rules) {
            Ok(edit) => return (Some(EditView::of(edit)), None),
            Err(connect_src::NoEdit::NotNeeded) => {}
            Err(other) => reason = other,
        }
    }
    (None, Some(reason.to_string()))
}

impl EditView {
    pub(super) fn of(edit: connect_src::Edit) -> Self {
        Self {
            source: edit.source,
            directive: edit.directive.to_string(),
            is_exact: edit.is_exact,
            policy: edit.policy,
        }
    }
}

impl PolicyView {
    fn of(explained: &PolicyExplanation<'_>) -> Self {
        let text = explained.policy.text();
        let directive = explained.directive.map(|it| it.name().to_owned());
        Self {
            is_violated: explained.result.is_blocked(),
            is_fallback: directive.is_some() && explained.is_fallback,
            why: why(&explained.reason),
            sentence: sentence(explained, directive.as_deref()),
            sources: explained
                .sources
                .iter()
                .map(|it| SourceView::of(it, text))
                .collect(),
            nearest_miss: explained.nearest_miss.as_ref().map(|miss| NearestMissView {
                place: Where::of(miss.span),
                text: part(text, miss.span),
                words: miss.to_string(),
                fits: FitView {
                    scheme: miss.parts.scheme,
                    host: miss.parts.host,
                    port: miss.parts.port,
                    path: miss.parts.path,
                },
            }),
            directive,
            text: text.to_owned(),
        }
    }
}

impl SourceView {
    fn of(source: &SourceExplanation<'_>, policy: &str) -> Self {
        Self {
            place: Where::of(source.span),
            text: part(policy, source.span),
            failed: match source.result {
                MatchResult::Matches => None,
                MatchResult::DoesNotMatch(mismatch) => Some(failed(mismatch)),
            },
        }
    }
}

impl Where {
    fn of(span: Span) -> Self {
        let range = span.range();
        Self {
            start: range.start,
            end: range.end,
        }
    }
}

fn part(text: &str, span: Span) -> String {
    text.get(span.range()).unwrap_or_default().to_owned()
}

fn why(reason: &Reason) -> WhyView {
    match reason {
        Reason::NotGoverned => WhyView::NotGoverned,
        Reason::NoDirective => WhyView::NoDirective,
        Reason::Matched(_) => WhyView::Matched,
        Reason::NothingMatched => WhyView::NothingMatched,
        Reason::ClosedList => WhyView::ClosedList,
        Reason::BlockedAsReread(_) | Reason::AllowedAsReread(_) => WhyView::Reread,
        _ => WhyView::NotByUrl,
    }
}

fn sentence(explained: &PolicyExplanation<'_>, directive: Option<&str>) -> String {
    let name = directive.unwrap_or(DirectiveName::ConnectSrc.as_str());
    match &explained.reason {
        Reason::NotGoverned => "no directive governs such connections in this browser".to_owned(),
        Reason::NoDirective => {
            "the policy has neither `connect-src` nor `default-src`, so it allows every connection"
                .to_owned()
        }
        Reason::Matched(_) => match explained.matched_source() {
            Some(source) => {
                let text = part(explained.policy.text(), source.span);
                format!("`{text}` in `{name}` allows it")
            }
            None => format!("a source of `{name}` allows it"),
        },
        Reason::ClosedList => format!("`{name}` allows no connection at all"),
        Reason::NothingMatched => match &explained.nearest_miss {
            Some(miss) => {
                let text = part(explained.policy.text(), miss.span);
                format!("no source of `{name}` allows it; nearest is `{text}`: {miss}")
            }
            None => format!("no source of `{name}` allows it, and none comes close"),
        },
        Reason::BlockedAsReread(text) | Reason::AllowedAsReread(text) => {
            format!("the browser does not decide by the policy as written, but by `{text}`")
        }
        _ => "a nonce, a digest or `'strict-dynamic'` decides here, not the URL".to_owned(),
    }
}

fn failed(mismatch: Mismatch) -> &'static str {
    match mismatch {
        Mismatch::Scheme => "scheme",
        Mismatch::Host => "host",
        Mismatch::Port => "port",
        Mismatch::Path => "path",
        Mismatch::NotForUrls => "not-for-urls",
        Mismatch::Unrecognized => "unrecognized",
        Mismatch::Silenced => "silenced",
        _ => "other",
    }
}

/// The same for a policy of ours.
pub(super) fn explain_text(text: &PolicyText, question: &Question) -> CheckView {
    let list = super::question::enforced(text);
    explain(&list, question, &BrowserProfile::BROWSERS)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(policy: &str, url: &str) -> CheckView {
        let page = Url::parse("https://app.example/").unwrap();
        check(policy, &page, &Url::parse(url).unwrap(), None)
    }

    #[test]
    fn a_blocked_connection_is_explained_with_its_nearest_miss_and_edit() {
        let view = asked(
            "connect-src 'self' https://api.example/v1/",
            "wss://api.example/live",
        );
        assert_eq!(view.profiles.len(), 4);
        let chromium = &view.profiles[1];
        assert!(chromium.is_blocked);
        let policy = &chromium.policies[0];
        assert_eq!(policy.why, WhyView::NothingMatched);
        let miss = policy.nearest_miss.as_ref().unwrap();
        assert_eq!(miss.text, "https://api.example/v1/");
        assert!(miss.fits.host && !miss.fits.scheme, "{miss:?}");
        let edit = view.edit.unwrap();
        assert_eq!(edit.source, "wss://api.example/live");
        let after = asked(&edit.policy, "wss://api.example/live");
        assert!(after.profiles.iter().all(|profile| !profile.is_blocked));
        assert!(after.edit.is_none() && after.no_edit.is_some());
    }

    #[test]
    fn an_allowed_connection_names_its_source() {
        let view = asked("default-src https:", "https://x.example/");
        let policy = &view.profiles[2].policies[0];
        assert!(!policy.is_violated && policy.is_fallback);
        assert_eq!(policy.sentence, "`https:` in `default-src` allows it");
        assert_eq!(policy.sources[0].failed, None);
    }

    #[test]
    fn hostile_policies_are_read_to_their_end() {
        for policy in [
            "",
            ",,,;;;",
            "connect-src \u{0}<script>",
            "é; connect-src ü",
        ] {
            let view = asked(policy, "https://x.example/");
            assert_eq!(view.profiles.len(), 4, "{policy:?}");
        }
    }
}
