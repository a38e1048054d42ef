//! Our own TLS, and that of the upstream.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use connect_src_server::config::Tls;
use connect_src_server::proxy::{Health, Upstream};
use connect_src_server::tls::{ServerTls, TlsError, UpstreamTls};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::rustls::pki_types::ServerName;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::{ClientConfig, RootCertStore, crypto, pki_types};
use tokio_rustls::{TlsConnector, client::TlsStream};
use url::Url;

use crate::support::{Running, Setup, answering, status, values};

const OK: &str = "HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: 2\r\n\r\nok";

/// A certificate for `localhost` in files of its own.
struct Certificate {
    _folder: tempfile::TempDir,
    files: Tls,
}

impl Certificate {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| -> PathBuf { folder.path().join(name) };
        let files = Tls::new(path("cert.pem"), path("key.pem"));
        write(&files);
        Self {
            _folder: folder,
            files,
        }
    }

    fn roots(&self) -> &Path {
        &self.files.certificate
    }
}

fn write(files: &Tls) {
    let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    std::fs::write(&files.certificate, made.cert.pem()).unwrap();
    std::fs::write(&files.key, made.signing_key.serialize_pem()).unwrap();
}

async fn connect(
    proxy: &Running,
    roots: &Path,
    protocols: &[&str],
) -> std::io::Result<TlsStream<TcpStream>> {
    let mut store = RootCertStore::empty();
    store
        .add(pki_types::CertificateDer::from_pem_file(roots).unwrap())
        .unwrap();
    let provider = Arc::new(crypto::ring::default_provider());
    let builder = ClientConfig::builder_with_provider(provider);
    let builder = builder.with_safe_default_protocol_versions().unwrap();
    let mut config = builder.with_root_certificates(store).with_no_client_auth();
    config.alpn_protocols = protocols.iter().map(|it| it.as_bytes().to_vec()).collect();
    let stream = TcpStream::connect(proxy.address).await.unwrap();
    let name = ServerName::try_from("localhost").unwrap();
    TlsConnector::from(Arc::new(config))
        .connect(name, stream)
        .await
}

async fn encrypted(
    certificate: &Certificate,
) -> (
    Running,
    tokio::sync::mpsc::UnboundedReceiver<String>,
    ServerTls,
) {
    let (upstream, heads) = answering(OK).await;
    let tls = ServerTls::load(&certificate.files).unwrap();
    let mut setup = Setup::for_upstream(upstream);
    setup.listening = setup.listening.with_tls(Some(tls.clone()));
    (setup.start().await, heads, tls)
}

#[tokio::test]
async fn a_browser_gets_http_2_and_an_old_client_http_1() {
    let certificate = Certificate::new();
    let (proxy, mut heads, _) = encrypted(&certificate).await;
    let stream = connect(&proxy, certificate.roots(), &["h2", "http/1.1"])
        .await
        .unwrap();
    assert_eq!(stream.get_ref().1.alpn_protocol(), Some(&b"h2"[..]));

    let mut stream = connect(&proxy, certificate.roots(), &["http/1.1"])
        .await
        .unwrap();
    assert_eq!(stream.get_ref().1.alpn_protocol(), Some(&b"http/1.1"[..]));
    stream
        .write_all(b"GET / HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n")
        .await
        .unwrap();
    let mut response = Vec::new();
    let _ = stream.read_to_end(&mut response).await;
    assert_eq!(status(std::str::from_utf8(&response).unwrap()), 200);
    let head = heads.recv().await.unwrap();
    assert_eq!(values(&head, "x-forwarded-proto"), ["https"]);
    assert_eq!(
        values(&head, "forwarded"),
        ["for=127.0.0.1;host=\"localhost\";proto=https"]
    );
}

#[tokio::test]
async fn requests_over_http_2_and_tls_are_answered() {
    let certificate = Certificate::new();
    let (proxy, _, _) = encrypted(&certificate).await;
    let stream = connect(&proxy, certificate.roots(), &["h2"]).await.unwrap();
    let executor = hyper_util::rt::TokioExecutor::new();
    let stream = hyper_util::rt::TokioIo::new(stream);
    let handshake = hyper::client::conn::http2::handshake(executor, stream).await;
    let (mut sender, connection) = handshake.unwrap();
    tokio::spawn(connection);
    let request = http::Request::get("https://localhost/");
    let request = request
        .body(http_body_util::Empty::<bytes::Bytes>::new())
        .unwrap();
    let response = sender.send_request(request).await.unwrap();
    assert_eq!(response.status(), 200);
    assert_eq!(
        response.headers()["content-security-policy"],
        "connect-src 'self'"
    );
}

#[tokio::test]
async fn a_certificate_is_replaced_without_a_restart() {
    let certificate = Certificate::new();
    let (proxy, _, tls) = encrypted(&certificate).await;
    let mut before = connect(&proxy, certificate.roots(), &["http/1.1"])
        .await
        .unwrap();
    write(&certificate.files);
    assert!(
        connect(&proxy, certificate.roots(), &[]).await.is_err(),
        "not yet"
    );
    tls.reload(&certificate.files).unwrap();
    assert!(connect(&proxy, certificate.roots(), &[]).await.is_ok());
    before
        .write_all(b"GET / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n")
        .await
        .unwrap();
    let mut response = Vec::new();
    let _ = before.read_to_end(&mut response).await;
    assert!(response.starts_with(b"HTTP/1.1 200"), "connections go on");
    std::fs::write(&certificate.files.key, "no key").unwrap();
    assert!(matches!(
        tls.reload(&certificate.files),
        Err(TlsError::NoKey(_))
    ));
    assert!(
        connect(&proxy, certificate.roots(), &[]).await.is_ok(),
        "the old one stays"
    );
}

#[tokio::test]
async fn bad_files_are_told_apart() {
    let certificate = Certificate::new();
    let other = Certificate::new();
    let files = |cert: &Path, key: &Path| ServerTls::load(&Tls::new(cert.into(), key.into()));
    let (cert, key) = (&certificate.files.certificate, &certificate.files.key);
    assert!(matches!(
        files(Path::new("/nowhere"), key),
        Err(TlsError::File { .. })
    ));
    assert!(matches!(files(key, key), Err(TlsError::NoCertificate(_))));
    assert!(matches!(files(cert, cert), Err(TlsError::NoKey(_))));
    assert!(matches!(
        files(cert, &other.files.key),
        Err(TlsError::Unusable(_))
    ));
}

#[tokio::test]
async fn an_https_upstream_is_checked() {
    let certificate = Certificate::new();
    let (backend, _, _) = encrypted(&certificate).await;
    let port = backend.address.port();
    let url = Url::parse(&format!("https://localhost:{port}")).unwrap();
    let timeout = Duration::from_secs(5);

    let trusting = UpstreamTls::with_roots_from(certificate.roots()).unwrap();
    let upstream = Upstream::new(&url, Some(&trusting), timeout).unwrap();
    let proxy = Setup::with(upstream).start().await;
    let response = proxy.get("/", "").await;
    assert_eq!(status(&response), 200);

    let stranger = Certificate::new();
    let distrusting = UpstreamTls::with_roots_from(stranger.roots()).unwrap();
    let upstream = Upstream::new(&url, Some(&distrusting), timeout).unwrap();
    let proxy = Setup::with(upstream).start().await;
    assert_eq!(status(&proxy.get("/", "").await), 502);
    match proxy.upstream.health() {
        Health::Down { reason } => assert!(reason.contains("certificate"), "{reason}"),
        health => panic!("{health:?}"),
    }
}

/// A handshake that never comes does not hold its place for ever.
#[tokio::test]
async fn a_handshake_has_its_time() {
    let certificate = Certificate::new();
    let (upstream, _) = answering(OK).await;
    let mut setup = Setup::for_upstream(upstream);
    setup.limits().header_timeout = Duration::from_millis(300);
    setup.listening = setup
        .listening
        .with_tls(Some(ServerTls::load(&certificate.files).unwrap()));
    let proxy = setup.start().await;
    assert_eq!(proxy.connect().await.rest().await, "");
    // Nothing is bound to it: the listener is the proxy's alone.
    assert!(TcpListener::bind(proxy.address).await.is_err());
}
