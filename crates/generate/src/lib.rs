//! Writes the smallest `connect-src` policy that allows the connections that a site makes.
//!
//! [`Evidence`] goes in: connections, with the pages that make them. A [`Suggestion`] comes out: a policy whose every
//! source has its evidence, that the engine holds to allow all of it in every browser, and from which nothing can
//! be left out.
//!
//! ```
//! use connect_src::Api;
//! use connect_src_generate::{Evidence, Options, suggest};
//! use url::Url;
//!
//! let page = Url::parse("https://app.example/cart")?;
//! let evidence = [
//!     Evidence::new(Api::Fetch, Url::parse("https://api.example/v1/items")?).on(page.clone()).seen(40),
//!     Evidence::new(Api::WebSocket, Url::parse("wss://api.example/live")?).on(page.clone()),
//!     Evidence::new(Api::SendBeacon, Url::parse("https://app.example/log")?).on(page),
//! ];
//! let suggestion = suggest(&evidence, &Options::default());
//! assert_eq!(suggestion.policy, "connect-src 'self' https://api.example wss://api.example");
//! assert_eq!(suggestion.sources[1].tally.count, 40);
//! # Ok::<(), url::ParseError>(())
//! ```

mod demand;
mod environment;
mod evidence;
pub mod forms;
mod generalize;
mod policy;
mod source;
mod suggest;
mod twin;
mod vendors;

pub use environment::{Environment, is_local};
pub use evidence::{Evidence, Sighting, Standing, Tally};
pub use generalize::Merge;
pub use suggest::{
    Options, SourceOrigin, SuggestedSource, Suggestion, Unresolved, WhyUnresolved, suggest,
};
pub use twin::{Twin, twin};
pub use vendors::{Drift, Dropped, Vendor, VendorList};
