//! What a scan finds.

use std::borrow::Cow;

use connect_src::Api;
use serde::{Deserialize, Serialize};

use crate::place::Place;
use crate::target::Target;

/// A connection that the code makes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Connection {
    /// How the page connects.
    #[serde(with = "by_name")]
    pub api: Api,
    /// Where to.
    pub target: Target,
    /// Where in the code. In a bundle with a source map, the place in the original source.
    pub place: Place,
    /// Where in the bundle, if `place` is in the original source.
    pub generated: Option<Place>,
    /// How sure it is that the page makes this connection.
    pub confidence: Confidence,
    /// How the URL is known, from the call to the constants.
    pub reasoning: Vec<Step>,
    /// The library that connects for the page, such as `axios`.
    pub client: Option<String>,
}

impl Connection {
    /// What connections are sorted by: files, places, APIs.
    pub(crate) fn order(&self) -> (&Place, Api, String) {
        (&self.place, self.api, self.target.to_string())
    }
}

/// How sure it is that the page makes a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Confidence {
    /// It may be something else that looks like one.
    Low,
    /// The API or the URL was taken over from what such code usually does.
    Medium,
    /// The code says so.
    High,
}

/// One step of the reasoning, as a sentence without a full stop.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// Such as ``"`base` is `https://api.example.com`"``.
    pub text: String,
    /// Where that stands.
    pub place: Option<Place>,
}

/// A hint by which a page prepares a connection, such as `<link rel=preconnect>`. No policy judges it, but it says
/// where the page is going to connect.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Hint {
    /// The type of the link.
    pub rel: Cow<'static, str>,
    /// Where to, as it is written.
    pub url: String,
    /// Where in the code.
    pub place: Place,
}

/// A policy that a document has in a `<meta>` element.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct MetaPolicy {
    /// The policy.
    pub text: String,
    /// Where in the code.
    pub place: Place,
}

/// An API by its name.
mod by_name {
    use std::borrow::Cow;

    use connect_src::Api;
    use serde::de::Error as _;
    use serde::{Deserialize as _, Deserializer, Serialize as _, Serializer};

    #[expect(
        clippy::trivially_copy_pass_by_ref,
        reason = "serde calls it with a reference"
    )]
    pub(super) fn serialize<S: Serializer>(api: &Api, serializer: S) -> Result<S::Ok, S::Error> {
        api.name().serialize(serializer)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Api, D::Error> {
        let name = Cow::<str>::deserialize(deserializer)?;
        Api::parse(&name).ok_or_else(|| D::Error::custom("expected the name of an API"))
    }
}
