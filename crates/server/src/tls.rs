//! TLS: the certificate that browsers get from us, and the certificates that we accept from an upstream.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};

use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::crypto::{CryptoProvider, ring};
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::server::{ClientHello, ResolvesServerCert};
use tokio_rustls::rustls::sign::CertifiedKey;
use tokio_rustls::rustls::{self, ClientConfig, RootCertStore, ServerConfig};

use crate::capped;
use crate::config::Tls;

/// Our certificate with its key. It can be replaced while connections go on; new ones get the new one.
#[derive(Clone, Debug)]
pub struct ServerTls {
    config: Arc<ServerConfig>,
    current: Arc<Current>,
}

impl ServerTls {
    /// Reads certificate and key. Fails if a file cannot be read, holds no PEM of its kind, or if the key is
    /// not the certificate's.
    pub fn load(files: &Tls) -> Result<Self, TlsError> {
        let current = Arc::new(Current(RwLock::new(certified_key(files)?)));
        let builder = ServerConfig::builder_with_provider(provider())
            .with_safe_default_protocol_versions()?
            .with_no_client_auth();
        let mut config = builder.with_cert_resolver(Arc::clone(&current) as _);
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        Ok(Self {
            config: Arc::new(config),
            current,
        })
    }

    /// Reads them again. The old certificate stays if this fails.
    pub fn reload(&self, files: &Tls) -> Result<(), TlsError> {
        let key = certified_key(files)?;
        *self
            .current
            .0
            .write()
            .unwrap_or_else(PoisonError::into_inner) = key;
        Ok(())
    }

    pub(crate) fn acceptor(&self) -> TlsAcceptor {
        TlsAcceptor::from(Arc::clone(&self.config))
    }
}

/// Whose certificates an https upstream may have.
#[derive(Clone, Debug)]
pub struct UpstreamTls {
    config: Arc<ClientConfig>,
}

impl UpstreamTls {
    /// Those that the system trusts. Fails if the system has no roots.
    pub fn system() -> Result<Self, TlsError> {
        let found = rustls_native_certs::load_native_certs();
        let mut roots = RootCertStore::empty();
        roots.add_parsable_certificates(found.certs);
        if roots.is_empty() {
            return Err(TlsError::NoRoots);
        }
        Self::with(roots)
    }

    /// Those that lead to a certificate in this PEM file, and no others.
    pub fn with_roots_from(file: &Path) -> Result<Self, TlsError> {
        let mut roots = RootCertStore::empty();
        for certificate in certificates(file)? {
            roots.add(certificate)?;
        }
        Self::with(roots)
    }

    fn with(roots: RootCertStore) -> Result<Self, TlsError> {
        let builder = ClientConfig::builder_with_provider(provider())
            .with_safe_default_protocol_versions()?
            .with_root_certificates(roots);
        let mut config = builder.with_no_client_auth();
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(Self {
            config: Arc::new(config),
        })
    }

    pub(crate) fn connector(&self) -> tokio_rustls::TlsConnector {
        tokio_rustls::TlsConnector::from(Arc::clone(&self.config))
    }
}

/// Why TLS cannot be set up.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TlsError {
    /// A file cannot be read.
    #[error("{file}: {error}", file = .file.display())]
    File {
        /// Which one.
        file: PathBuf,
        /// Why.
        #[source]
        error: io::Error,
    },
    /// A file holds no certificate.
    #[error("{file}: expected certificates in PEM, `-----BEGIN CERTIFICATE-----`, found none", file = .0.display())]
    NoCertificate(PathBuf),
    /// A file holds no key.
    #[error("{file}: expected a private key in PEM without a passphrase, found none", file = .0.display())]
    NoKey(PathBuf),
    /// The system has no root certificates.
    #[error(
        "the system has no root certificates to check an https upstream with; install the package \
         `ca-certificates`"
    )]
    NoRoots,
    /// The key is not the certificate's, or the library does not take one of them.
    #[error("certificate and key cannot be used: {0}")]
    Unusable(#[from] rustls::Error),
}

/// The certificate for every name.
#[derive(Debug)]
struct Current(RwLock<Arc<CertifiedKey>>);

impl ResolvesServerCert for Current {
    fn resolve(&self, _hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        let current = self.0.read().unwrap_or_else(PoisonError::into_inner);
        Some(Arc::clone(&current))
    }
}

fn certified_key(files: &Tls) -> Result<Arc<CertifiedKey>, TlsError> {
    let chain = certificates(&files.certificate)?;
    let key = PrivateKeyDer::from_pem_slice(read(&files.key)?.as_bytes())
        .map_err(|_| TlsError::NoKey(files.key.clone()))?;
    Ok(Arc::new(CertifiedKey::from_der(chain, key, &provider())?))
}

fn certificates(file: &Path) -> Result<Vec<CertificateDer<'static>>, TlsError> {
    let text = read(file)?;
    let found: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(text.as_bytes()).collect();
    match found {
        Ok(certificates) if !certificates.is_empty() => Ok(certificates),
        _ => Err(TlsError::NoCertificate(file.to_owned())),
    }
}

fn read(file: &Path) -> Result<String, TlsError> {
    capped::read_text(file, MAX_PEM_BYTES).map_err(|error| TlsError::File {
        file: file.to_owned(),
        error,
    })
}

fn provider() -> Arc<CryptoProvider> {
    Arc::new(ring::default_provider())
}

const MAX_PEM_BYTES: u64 = 1024 * 1024;
