//! Why a server does not start, or does not take a configuration.

use std::io;
use std::net::SocketAddr;

use crate::config::ConfigErrors;
use crate::proxy::UpstreamError;
use crate::rollout::RolloutError;
use crate::store::StoreError;
use crate::tls::TlsError;

/// Why a server does not start, or does not take a configuration.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ServeError {
    /// The configuration is wrong.
    #[error(transparent)]
    Config(#[from] ConfigErrors),
    /// There is no application to stand in front of.
    #[error("expected an `upstream`, found none; add one, or run `connect-src collect`")]
    NoUpstream,
    /// An address is not to be had.
    #[error("{address}: cannot listen: {error}; stop what listens there, or give another address")]
    Bind {
        /// The address.
        address: SocketAddr,
        /// Why not.
        error: io::Error,
    },
    /// The token would travel in plain HTTP.
    #[error(
        "{0}: expected a loopback address for the admin listener; add a certificate, or allow plain HTTP"
    )]
    Unguarded(SocketAddr),
    /// The database is not to be had.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The rollouts cannot be set up.
    #[error(transparent)]
    Rollout(#[from] RolloutError),
    /// A certificate or a key is wrong.
    #[error(transparent)]
    Tls(#[from] TlsError),
    /// An upstream cannot be used.
    #[error(transparent)]
    Upstream(#[from] UpstreamError),
    /// The system gives no thread or no runtime.
    #[error("the system does not give what the server needs: {0}")]
    System(#[from] io::Error),
    /// The start was interrupted.
    #[error("the start was interrupted")]
    Interrupted,
}
