//! What a scan finds.

use connect_src::Api;
use serde::Serialize;

use crate::place::Place;
use crate::target::Target;

/// A connection that the code makes.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Connection {
    /// How the page connects.
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
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
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
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Step {
    /// Such as ``"`base` is `https://api.example.com`"``.
    pub text: String,
    /// Where that stands.
    pub place: Option<Place>,
}
