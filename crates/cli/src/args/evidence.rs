//! What the commands about evidence are asked.

use connect_src::BrowserProfile;
use connect_src_generate::Environment;
use connect_src_generate::forms::Form;
use url::Url;

use super::{FailOn, Format, PolicyArgument};
use crate::input::Input;
use crate::input::evidence::Context;

/// Where the evidence is.
#[derive(Clone, Debug, Default)]
pub(crate) struct Sources {
    pub(crate) inputs: Vec<Input>,
    /// The page of connections that name none.
    pub(crate) page: Option<Url>,
    /// The server that wrote access logs without a host.
    pub(crate) server: Option<Url>,
}

impl Sources {
    pub(crate) fn context(&self) -> Context<'_> {
        Context {
            page: self.page.as_ref(),
            server: self.server.as_ref(),
        }
    }
}

/// Which policy to write, and how.
#[derive(Debug)]
pub(crate) struct Generate {
    pub(crate) sources: Sources,
    /// The policy to extend.
    pub(crate) base: Option<PolicyArgument>,
    pub(crate) wildcards: Wildcards,
    pub(crate) environment: Environment,
    /// Origins that are not to be allowed.
    pub(crate) without: Vec<String>,
    /// The form to print alone.
    pub(crate) form: Option<Form>,
    pub(crate) is_report_only: bool,
    pub(crate) has_allowlist: bool,
    pub(crate) format: Format,
}

/// When hosts become a wildcard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wildcards {
    /// Not, and nobody wants to hear of it.
    Never,
    /// Not, but it is said where they could.
    Ask,
    /// Where so many are next to each other.
    From(usize),
}

/// Which policies to hold against the evidence.
#[derive(Debug)]
pub(crate) struct Simulate {
    pub(crate) old: PolicyArgument,
    pub(crate) new: PolicyArgument,
    pub(crate) sources: Sources,
    pub(crate) profiles: Vec<BrowserProfile>,
    pub(crate) fail_on: FailOn,
    pub(crate) format: Format,
}

/// Which services to tell about.
#[derive(Debug)]
pub(crate) struct Vendors {
    /// A part of the name.
    pub(crate) name: Option<String>,
    pub(crate) policy: Option<PolicyArgument>,
    /// The traffic to find services in.
    pub(crate) sources: Sources,
    pub(crate) format: Format,
}
