//! A [tower] layer for axum, hyper, tonic and everything else that speaks [`http`]: it sends a Content
//! Security Policy with the responses that one governs, or adds its `connect-src` sources to the policies
//! that are already there.
//!
//! ```
//! use axum::{Router, response::Html, routing::get};
//! use connect_src_tower::{ConnectSrcLayer, PolicyHeaders};
//!
//! let policy = PolicyHeaders::new()
//!     .enforce("connect-src 'self' https://api.example.com; report-to csp")?
//!     .reporting_endpoint("csp", "https://app.example.com/csp-reports")?;
//!
//! let app: Router = Router::new()
//!     .route("/", get(|| async { Html("<h1>Hello</h1>") }))
//!     .layer(ConnectSrcLayer::new(policy));
//! # Ok::<(), connect_src_tower::Error>(())
//! ```
//!
//! * **Which responses**: HTML, XHTML, SVG and other XML, and the scripts of workers, whose request says
//!   `Sec-Fetch-Dest: worker` and the like. See [`Governed`]. Only headers of the response are edited, never
//!   its body, and never the request.
//! * **Policies that are already there** are kept, extended or replaced: see [`Merge`].
//! * **Routes**: apply a layer to a route or to a nested router. The layer closest to the handler decides.
//! * **One request, one response**: [`PolicyChange`], as an extension of either, adds sources or replaces the
//!   policy.
//! * **Everything else**: [`PolicyForResponse`] chooses what each response gets.
//!
//! Nothing is sent that was not asked for: [`PolicyHeaders::new`] is empty.
//!
//! # Deployment caveats
//!
//! * **Each policy must allow.** With [`Merge::Keep`] a policy of ours can only forbid more. A policy in the
//!   page's own `<meta>` element is one that no header can loosen.
//! * **A cached page keeps its policy.** A 304 has no headers of ours, because browsers would put them in the
//!   place of all policies that the page in their cache has. Send documents with `Cache-Control: no-store`,
//!   or change their `ETag`, while a policy changes.
//! * **Workers need `Sec-Fetch-Dest`**, which browsers send over https and to loopback. Over plain http only
//!   service workers are told apart from other scripts, by `Service-Worker: script`. If a shared cache stands
//!   in front, send `Vary: Sec-Fetch-Dest` with worker scripts.
//! * **`report-to` wants absolute or relative URLs of a secure origin**, and browsers that know it ignore
//!   `report-uri`. Name both for browsers that do not.
//! * **Order of layers**: put this layer outside of those that set `Content-Type` or policies, and outside of
//!   those that answer in the handler's place, such as a layer that catches panics.
//! * **Compression does not matter**: bodies are not looked at.
//!
//! [tower]: https://docs.rs/tower

mod change;
mod choose;
mod error;
mod governed;
mod headers;
mod layer;
pub mod merge;
mod service;

pub use change::PolicyChange;
pub use choose::{Always, PendingPolicy, PolicyForResponse, RequestHead, ResponseHead};
pub use error::{Error, ErrorKind};
pub use governed::Governed;
pub use headers::PolicyHeaders;
pub use layer::ConnectSrcLayer;
pub use merge::{Merge, Sources};
pub use service::{ConnectSrc, ResponseFuture};
