use url::Url;

use crate::browser_profile::Rules;
use crate::check::Governance;
use crate::request::{Api, Destination, Initiator, Mode, Request};

/// A kind of request: what makes it, or what it loads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RequestKind {
    /// A connection that an API makes.
    Connect(Api),
    /// What an element or a style sheet loads.
    Load(Destination),
}

impl RequestKind {
    /// Every API, and one destination for each further fetch directive.
    pub fn all() -> impl Iterator<Item = Self> {
        const LOADS: [Destination; 9] = [
            Destination::Script,
            Destination::Style,
            Destination::Image,
            Destination::Font,
            Destination::Video,
            Destination::Iframe,
            Destination::Object,
            Destination::Worker,
            Destination::Manifest,
        ];
        let apis = Api::ALL.iter().copied().map(Self::Connect);
        apis.chain(LOADS.into_iter().map(Self::Load))
    }

    /// The request of this kind for a URL.
    pub fn request(self, url: Url) -> Request {
        match self {
            Self::Connect(api) => Request::connect(api, url),
            Self::Load(destination) => Request::new(url, destination),
        }
    }

    pub(super) fn governance(self, rules: Rules) -> Governance {
        let initiator = match self {
            Self::Connect(api) => api.initiator(),
            Self::Load(_) => Initiator::None,
        };
        Governance::of_all(self.destination(), initiator, rules)
    }

    fn destination(self) -> Destination {
        match self {
            Self::Connect(api) => api.destination(),
            Self::Load(destination) => destination,
        }
    }

    pub(super) fn mode(self) -> Mode {
        match self {
            Self::Connect(api) => api.mode(),
            Self::Load(_) => Mode::NoCors,
        }
    }

    /// The web's schemes that such a request may have, the usual one first.
    pub(super) fn schemes(self) -> &'static [&'static str] {
        match self.mode() {
            Mode::WebSocket => &["wss", "ws"],
            Mode::WebTransport => &["https"],
            Mode::NoCors => &["https", "http"],
        }
    }

    /// Whether it may be for `data:`, `blob:` or a scheme that is not the web's.
    pub(super) fn may_have_any_scheme(self) -> bool {
        match self {
            Self::Connect(api) => matches!(
                api,
                Api::Fetch | Api::XmlHttpRequest | Api::JsonModule | Api::TextModule
            ),
            Self::Load(_) => true,
        }
    }

    pub(super) fn may_be_redirected(self) -> bool {
        self.mode() == Mode::NoCors
    }

    /// Equal for kinds that a list decides alike, if the same list governs them.
    pub(super) fn class(self) -> (Mode, bool, bool) {
        let destination = self.destination();
        let is_script = destination.is_script_like() || destination == Destination::Json;
        (self.mode(), self.may_have_any_scheme(), is_script)
    }
}
