//! The decision about one connection, by every browser that is asked.

use connect_src::{
    BrowserProfile, CheckResult, CspList, Departure, Edit, Explanation, NoEdit, Origin,
    PolicyExplanation, Request, Rules, smallest_edit,
};

use super::Question;
use crate::input::target::Target;

/// What becomes of a connection.
#[derive(Debug)]
pub(crate) struct Decision<'q> {
    pub(crate) target: Target,
    pub(crate) request: Request,
    /// What each browser says, in the order in which they are asked.
    pub(crate) views: Vec<View<'q>>,
    /// What the standard's own text says, unless it is one of the views.
    pub(crate) standard: Option<Explanation<'q>>,
    /// How each policy that is violated somewhere could allow the connection everywhere.
    pub(crate) fixes: Vec<Fix>,
}

/// What one browser says.
#[derive(Debug)]
pub(crate) struct View<'q> {
    pub(crate) profile: BrowserProfile,
    pub(crate) explanation: Explanation<'q>,
    /// Where the result is another than the standard's: the one departure that makes it so, if it is one.
    pub(crate) departure: Option<&'static Departure>,
}

/// A change of one policy, for all browsers that are asked.
#[derive(Debug)]
pub(crate) struct Fix {
    /// Its place in the list.
    pub(crate) policy: usize,
    pub(crate) edit: Result<Edit, NoEdit>,
}

/// Browsers that decide alike, for the same reason.
#[derive(Debug)]
pub(crate) struct Group<'d, 'q> {
    pub(crate) profiles: Vec<BrowserProfile>,
    pub(crate) explanation: &'d Explanation<'q>,
}

impl<'q> Decision<'q> {
    pub(crate) fn of(question: &'q Question, target: Target) -> Self {
        let request = target.request();
        let list = &question.policies.list;
        let standard = Explanation::of(list, &request, &question.origin, BrowserProfile::Standard);
        let views: Vec<_> = question
            .profiles
            .iter()
            .map(|profile| View::of(question, &request, *profile, standard.result))
            .collect();
        let is_asked = question.profiles.contains(&BrowserProfile::Standard);
        Self {
            fixes: fixes(question, &request, &views),
            standard: Some(standard).filter(|_| !is_asked),
            target,
            request,
            views,
        }
    }

    /// Whether some browser blocks the connection.
    pub(crate) fn is_blocked(&self) -> bool {
        self.views
            .iter()
            .any(|view| view.explanation.result.is_blocked())
    }

    /// The browsers with this result.
    pub(crate) fn profiles_with(&self, result: CheckResult) -> Vec<BrowserProfile> {
        let views = self.views.iter();
        views
            .filter(|view| view.explanation.result == result)
            .map(|view| view.profile)
            .collect()
    }

    /// The browsers that decide alike, together.
    pub(crate) fn groups(&self) -> Vec<Group<'_, 'q>> {
        let mut groups: Vec<Group<'_, 'q>> = Vec::new();
        for View {
            profile,
            explanation,
            ..
        } in &self.views
        {
            match groups
                .iter_mut()
                .find(|group| is_alike(group.explanation, explanation))
            {
                Some(group) => group.profiles.push(*profile),
                None => groups.push(Group {
                    profiles: vec![*profile],
                    explanation,
                }),
            }
        }
        groups
    }
}

impl<'q> View<'q> {
    fn of(
        question: &'q Question,
        request: &Request,
        profile: BrowserProfile,
        standard: CheckResult,
    ) -> Self {
        let (list, origin) = (&question.policies.list, &question.origin);
        let explanation = Explanation::of(list, request, origin, profile);
        let departs = explanation.result != standard;
        Self {
            profile,
            departure: departs
                .then(|| departure(list, request, origin, profile))
                .flatten(),
            explanation,
        }
    }
}

/// The departure without which the browser would decide otherwise.
fn departure(
    list: &CspList,
    request: &Request,
    origin: &Origin,
    profile: BrowserProfile,
) -> Option<&'static Departure> {
    let rules = Rules::from(profile);
    let decide = |rules| list.should_request_be_blocked(request, origin, rules);
    let result = decide(rules);
    profile
        .departures()
        .iter()
        .filter(|departure| rules.has(departure.quirk))
        .find(|departure| decide(rules.without(departure.quirk)) != result)
}

fn fixes(question: &Question, request: &Request, views: &[View<'_>]) -> Vec<Fix> {
    let rules: Vec<Rules> = question.profiles.iter().copied().map(Rules::from).collect();
    let is_violated = |index: &usize| {
        let mut policies = views.iter().map(|view| &view.explanation.policies[*index]);
        policies.any(|policy| policy.result.is_blocked())
    };
    let policies = question.policies.list.policies();
    let fix = |index| Fix {
        policy: index,
        edit: smallest_edit(&policies[index], request, &question.origin, &rules),
    };
    (0..policies.len()).filter(is_violated).map(fix).collect()
}

fn is_alike(one: &Explanation<'_>, other: &Explanation<'_>) -> bool {
    one.result == other.result
        && one.effective_directive == other.effective_directive
        && one.policies.len() == other.policies.len()
        && one
            .policies
            .iter()
            .zip(&other.policies)
            .all(|(one, other)| is_same_reason(one, other))
}

fn is_same_reason(one: &PolicyExplanation<'_>, other: &PolicyExplanation<'_>) -> bool {
    let directive =
        |policy: &PolicyExplanation<'_>| policy.directive.map(connect_src::Directive::name_span);
    one.result == other.result
        && one.reason == other.reason
        && one.redirect_count == other.redirect_count
        && directive(one) == directive(other)
        && one.nearest_miss == other.nearest_miss
}
