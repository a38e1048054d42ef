//! Source lists: does a URL match one of their expressions?

use core::fmt;

use url::Url;

use crate::browser_profile::{BrowserProfile, Quirk, Rules};
use crate::directive::DirectiveName;
use crate::matching::{self, Context, MatchResult, Mismatch, Target};
use crate::origin::Origin;
use crate::request::Mode;
use crate::source_expression::{Keyword, SourceExpression, listens_to_strict_dynamic};
use crate::span::Span;

/// The value of a directive as a set of source expressions.
///
/// <https://w3c.github.io/webappsec-csp/#source-lists>
#[derive(Clone, Copy)]
pub struct SourceList<'p> {
    text: &'p str,
    spans: &'p [Span],
    directive: DirectiveName,
}

impl<'p> SourceList<'p> {
    pub(crate) fn new(text: &'p str, spans: &'p [Span], directive: DirectiveName) -> Self {
        Self {
            text,
            spans,
            directive,
        }
    }

    /// How many expressions it has.
    pub fn len(self) -> usize {
        self.spans.len()
    }

    /// Whether it has none; then it matches nothing.
    pub fn is_empty(self) -> bool {
        self.spans.is_empty()
    }

    /// The directive whose value it is.
    pub fn directive_name(self) -> DirectiveName {
        self.directive
    }

    /// The expressions as they were written, with their places in the policy's text.
    pub fn texts(self) -> impl ExactSizeIterator<Item = (Span, &'p str)> + Clone {
        self.spans
            .iter()
            .map(move |span| (*span, span.of(self.text)))
    }

    /// The expressions by the standard's grammar, with their places in the policy's text.
    pub fn expressions(
        self,
    ) -> impl ExactSizeIterator<Item = (Span, SourceExpression<'p>)> + Clone {
        self.expressions_as(BrowserProfile::Standard)
    }

    /// The expressions as a browser reads them.
    pub fn expressions_as(
        self,
        rules: impl Into<Rules>,
    ) -> impl ExactSizeIterator<Item = (Span, SourceExpression<'p>)> + Clone {
        let rules = rules.into();
        let directive = self.directive;
        self.texts()
            .map(move |(span, text)| (span, SourceExpression::parse_as(text, directive, rules)))
    }

    /// Whether a keyword is in the list.
    pub fn has_keyword(self, keyword: Keyword, rules: impl Into<Rules>) -> bool {
        self.expressions_as(rules)
            .any(|(_, expression)| expression == SourceExpression::Keyword(keyword))
    }

    /// Does the URL of an ordinary fetch match the list?
    ///
    /// ```
    /// use connect_src::{BrowserProfile, DirectiveName, Disposition, Origin, Policy};
    /// use url::Url;
    ///
    /// let policy = Policy::from_header("connect-src https://api.example.com/v1/", Disposition::Enforce);
    /// let list = policy
    ///     .directive(DirectiveName::ConnectSrc, BrowserProfile::Standard)
    ///     .unwrap()
    ///     .source_list();
    /// let url = Url::parse("https://api.example.com/v2/items")?;
    /// let matches = |redirect_count| {
    ///     list.match_url(&url, &Origin::Opaque, redirect_count, BrowserProfile::Standard).is_match()
    /// };
    /// assert!(!matches(0));
    /// assert!(matches(1), "paths are not compared after a redirect");
    /// # Ok::<(), url::ParseError>(())
    /// ```
    ///
    /// <https://w3c.github.io/webappsec-csp/#match-url-to-source-list>
    pub fn match_url(
        self,
        url: &Url,
        self_origin: &Origin,
        redirect_count: usize,
        rules: impl Into<Rules>,
    ) -> MatchResult {
        let rules = rules.into();
        let target = Target::new(url, Mode::NoCors, rules);
        self.match_target(
            &target,
            Context {
                self_origin,
                is_redirected: redirect_count > 0,
                rules,
            },
        )
    }

    /// Does the target match the list? If not, the first expression's mismatch is told.
    pub(crate) fn match_target(self, target: &Target<'_>, context: Context<'_>) -> MatchResult {
        let mut first = None;
        for (_, result) in self.results(target, context) {
            match result {
                MatchResult::Matches => return MatchResult::Matches,
                MatchResult::DoesNotMatch(mismatch) => first = first.or(Some(mismatch)),
            }
        }
        MatchResult::DoesNotMatch(first.unwrap_or(Mismatch::EmptyList))
    }

    /// What becomes of each expression.
    pub(crate) fn results(
        self,
        target: &Target<'_>,
        context: Context<'_>,
    ) -> impl Iterator<Item = (SourceExpression<'p>, MatchResult)> {
        let silence = self.silence(context.rules);
        self.expressions_as(context.rules)
            .enumerate()
            .map(move |(index, (_, expression))| {
                if silence.covers(index, &expression) {
                    return (expression, MatchResult::DoesNotMatch(Mismatch::Silenced));
                }
                (
                    expression,
                    matching::expression(target, &expression, context),
                )
            })
    }

    /// What `'strict-dynamic'` switches off in this list under these rules.
    pub(crate) fn silence(self, rules: Rules) -> Silence {
        let is_heard = rules.has(Quirk::StrictDynamicSilencesList)
            && listens_to_strict_dynamic(self.directive);
        let keyword = SourceExpression::Keyword(Keyword::StrictDynamic);
        Silence {
            from: is_heard
                .then(|| {
                    self.expressions_as(rules)
                        .position(|(_, one)| one == keyword)
                })
                .flatten(),
        }
    }
}

impl fmt::Debug for SourceList<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_list()
            .entries(self.texts().map(|(_, text)| text))
            .finish()
    }
}

/// WebKit's `'strict-dynamic'`: it switches off `'self'` anywhere in the list and every later expression
/// but `*`.
#[derive(Clone, Copy)]
pub(crate) struct Silence {
    from: Option<usize>,
}

impl Silence {
    pub(crate) fn covers(self, index: usize, expression: &SourceExpression<'_>) -> bool {
        let Some(from) = self.from else { return false };
        let is_self = *expression == SourceExpression::Keyword(Keyword::SelfOrigin);
        is_self || (index > from && !expression.is_star())
    }
}
