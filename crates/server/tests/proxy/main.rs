//! The proxy between real clients and real servers, on loopback.
#![expect(clippy::unwrap_used, reason = "in a test, a panic is the answer")]

mod failures;
mod framing;
mod headers;
mod http2;
mod limits;
mod policy;
mod reuse;
mod shutdown;
mod streaming;
mod support;
mod tls;
mod websocket;
