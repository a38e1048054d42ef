//! The index: the same decisions, at a cost that does not grow with the number of sources.

mod hosts;
mod paths;
mod schemes;
mod source_list;

use alloc::boxed::Box;
use alloc::vec::Vec;

use crate::browser_profile::Rules;
use crate::check::{self, CheckResult, Governance, RESOURCE_HINT_DIRECTIVES, Readings};
use crate::csp_list::CspList;
use crate::directive::DirectiveName;
use crate::matching::{Context, Target};
use crate::origin::Origin;
use crate::policy::{Disposition, Policy};
use crate::request::Request;
pub(crate) use source_list::CompiledSourceList;

/// A [`CspList`] made ready to decide many requests of one origin under one set of rules.
///
/// A decision looks up the host, and the suffixes that wildcards name, in hash tables; it allocates nothing.
/// It is equal to the plain one, which a property test holds.
///
/// ```
/// use connect_src::{Api, BrowserProfile, CspList, Disposition, Origin, Request};
/// use url::Url;
///
/// let list = CspList::from_header("connect-src 'self' *.example.com", Disposition::Enforce);
/// let page = Origin::of(&Url::parse("https://app.test/")?);
/// let compiled = list.compile(&page, BrowserProfile::Firefox);
///
/// let request = Request::connect(Api::Fetch, Url::parse("https://api.example.com/v1")?);
/// assert!(compiled.should_request_be_blocked(&request).is_allowed());
/// # Ok::<(), url::ParseError>(())
/// ```
#[derive(Debug)]
pub struct CompiledCspList {
    rules: Rules,
    self_origin: Origin,
    policies: Vec<CompiledPolicy>,
}

impl CspList {
    /// Compiles the list for the pages of one origin.
    pub fn compile(&self, self_origin: &Origin, rules: impl Into<Rules>) -> CompiledCspList {
        let rules = rules.into();
        let self_origin = self.read_self_origin(self_origin, rules);
        let compile = |policy| CompiledPolicy::of(policy, self_origin, rules);
        CompiledCspList {
            rules,
            self_origin: self_origin.clone(),
            policies: self.policies().iter().map(compile).collect(),
        }
    }
}

impl CompiledCspList {
    /// Should the request be blocked? The same as [`CspList::should_request_be_blocked`].
    pub fn should_request_be_blocked(&self, request: &Request) -> CheckResult {
        let is_enforced = |policy: &CompiledPolicy| policy.disposition == Disposition::Enforce;
        let question = Question::of(request, self);
        let is_blocked = request.hops().any(|hop| {
            let target = Target::new(hop.url, request.mode, self.rules);
            let mut enforced = self.policies.iter().filter(|policy| is_enforced(policy));
            enforced.any(|policy| question.violates(policy, hop.redirect_count > 0, &target))
        });
        CheckResult::allowed_if(!is_blocked)
    }

    /// The indices of the policies of both dispositions that the request violates.
    pub fn violated_policies<'a>(
        &'a self,
        request: &'a Request,
    ) -> impl Iterator<Item = usize> + use<'a> {
        let question = Question::of(request, self);
        let policies = self.policies.iter().enumerate();
        policies.filter_map(move |(index, policy)| {
            let is_violated = request.hops().any(|hop| {
                let target = Target::new(hop.url, request.mode, self.rules);
                question.violates(policy, hop.redirect_count > 0, &target)
            });
            is_violated.then_some(index)
        })
    }

    /// Whether a request like this one, but for another URL, is allowed at one hop. For lists that are read in
    /// [one way](Self::is_read_in_one_way).
    pub(crate) fn allows_hop(
        &self,
        request: &Request,
        target: &Target<'_>,
        is_redirected: bool,
    ) -> bool {
        let question = Question::of(request, self);
        let mut enforced = self.policies.iter();
        !enforced.any(|policy| {
            policy.disposition == Disposition::Enforce
                && question.violates(policy, is_redirected, target)
        })
    }

    /// Whether no policy is read otherwise for some requests.
    pub(crate) fn is_read_in_one_way(&self) -> bool {
        let mut policies = self.policies.iter();
        policies.all(|policy| policy.reserialized.is_none())
    }

    /// Whose rules it was compiled for.
    pub fn rules(&self) -> Rules {
        self.rules
    }

    /// The origin it was compiled for.
    pub fn self_origin(&self) -> &Origin {
        &self.self_origin
    }
}

/// What is the same for all policies and hops of one request.
#[derive(Clone, Copy)]
struct Question<'a> {
    list: &'a CompiledCspList,
    request: &'a Request,
    governance: Governance,
}

impl<'a> Question<'a> {
    fn of(request: &'a Request, list: &'a CompiledCspList) -> Self {
        let governance = Governance::of(request, list.rules);
        Self {
            list,
            request,
            governance,
        }
    }

    fn violates(&self, policy: &CompiledPolicy, is_redirected: bool, target: &Target<'_>) -> bool {
        let context = Context {
            self_origin: &self.list.self_origin,
            is_redirected,
            rules: self.list.rules,
        };
        let is_violated = |lists: &Lists| self.violates_lists(lists, target, context);
        let Some(reserialized) = &policy.reserialized else {
            return policy.as_written.iter().any(is_violated);
        };
        let readings = Readings::of(self.request, &self.list.self_origin);
        (readings.has_written() && policy.as_written.iter().any(is_violated))
            || (readings.has_reserialized() && is_violated(reserialized))
    }

    fn violates_lists(&self, lists: &Lists, target: &Target<'_>, context: Context<'_>) -> bool {
        match self.governance {
            Governance::None => false,
            Governance::Directives(names) => names.iter().any(|effective| {
                lists.governing(*effective).is_some_and(|list| {
                    let names = (*effective, list.directive);
                    let request = self.request;
                    check::fetch_directive_check(request, target, names, list, context).is_blocked()
                })
            }),
            Governance::ResourceHint => lists.refuse_resource_hint(target, context),
        }
    }
}

/// One policy, in the readings that its browser makes of it.
#[derive(Debug)]
struct CompiledPolicy {
    disposition: Disposition,
    /// Several where commas divide the policy. All must allow.
    as_written: Vec<Lists>,
    /// Where it could differ: see [`Readings`].
    reserialized: Option<Box<Lists>>,
}

impl CompiledPolicy {
    fn of(policy: &Policy, self_origin: &Origin, rules: Rules) -> Self {
        let written = policy
            .comma_reading(rules)
            .unwrap_or(core::slice::from_ref(policy));
        let reserialized = check::may_be_reread(policy, rules)
            .then(|| check::reserialize(policy, self_origin, rules))
            .map(|policy| Box::new(Lists::of(&policy, rules)));
        Self {
            disposition: policy.disposition(),
            as_written: written
                .iter()
                .map(|policy| Lists::of(policy, rules))
                .collect(),
            reserialized,
        }
    }
}

/// The source lists of the fetch directives that count.
#[derive(Debug)]
struct Lists {
    lists: Vec<CompiledSourceList>,
    /// For each effective directive the index of the list that decides.
    governing: [Option<u8>; DirectiveName::ALL.len()],
}

impl Lists {
    fn of(policy: &Policy, rules: Rules) -> Self {
        let names = DirectiveName::ALL
            .iter()
            .filter(|name| name.is_fetch_directive());
        let directives = names.filter_map(|name| policy.directive(*name, rules));
        let lists: Vec<_> = directives
            .map(|directive| CompiledSourceList::of(directive.source_list(), rules))
            .collect();
        let mut governing = [None; DirectiveName::ALL.len()];
        for effective in DirectiveName::ALL {
            let name = policy
                .governing_directive(*effective, rules)
                .and_then(crate::policy::Directive::known_name);
            let index = lists.iter().position(|list| Some(list.directive) == name);
            governing[*effective as usize] = index.map(|index| index as u8);
        }
        Self { lists, governing }
    }

    fn governing(&self, effective: DirectiveName) -> Option<&CompiledSourceList> {
        self.governing[effective as usize].map(|index| &self.lists[usize::from(index)])
    }

    /// <https://w3c.github.io/webappsec-csp/#does-resource-hint-violate-policy>
    fn refuse_resource_hint(&self, target: &Target<'_>, context: Context<'_>) -> bool {
        use crate::check::Sources as _;
        let mut admitting = self.lists.iter().filter(|list| {
            RESOURCE_HINT_DIRECTIVES.contains(&list.directive)
                && list.matches_target(target, context)
        });
        self.governing(DirectiveName::DefaultSrc).is_some() && admitting.next().is_none()
    }
}
