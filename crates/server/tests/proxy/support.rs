//! Servers and clients that say exactly what a test wants to be said.

use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use connect_src_server::config::ProxyLimits;
use connect_src_server::proxy::{ForwardOptions, Listening, Proxy, Target, Upstream, listen};
use connect_src_tower::{ConnectSrcLayer, PolicyHeaders};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tower::Layer as _;
use url::Url;

/// A proxy that runs until it is dropped or stopped.
pub(crate) struct Running {
    pub(crate) address: SocketAddr,
    pub(crate) upstream: Arc<Upstream>,
    stop: Option<oneshot::Sender<()>>,
    task: JoinHandle<()>,
}

impl Running {
    pub(crate) async fn connect(&self) -> Client {
        Client::new(TcpStream::connect(self.address).await.unwrap())
    }

    /// Sends a request on a connection of its own, and reads the response until the connection ends.
    pub(crate) async fn exchange(&self, request: &str) -> String {
        let mut client = self.connect().await;
        client.send(request).await;
        client.rest().await
    }

    /// The same for a GET with these headers, each with its line end.
    pub(crate) async fn get(&self, path: &str, headers: &str) -> String {
        let host = self.address;
        let request =
            format!("GET {path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n{headers}\r\n");
        self.exchange(&request).await
    }

    /// Tells it to stop, and waits until it has.
    pub(crate) fn stop(mut self) -> JoinHandle<()> {
        let _ = self.stop.take().unwrap().send(());
        self.task
    }
}

/// What a test may want otherwise.
pub(crate) struct Setup {
    pub(crate) target: Target,
    pub(crate) listening: Listening,
    pub(crate) policy: PolicyHeaders,
}

impl Setup {
    pub(crate) fn for_upstream(upstream: SocketAddr) -> Self {
        Self::for_url(&format!("http://{upstream}"))
    }

    pub(crate) fn for_url(url: &str) -> Self {
        let url = Url::parse(url).unwrap();
        Self::with(Upstream::new(&url, None, Duration::from_secs(2)).unwrap())
    }

    pub(crate) fn with(upstream: Upstream) -> Self {
        let target = Target::new(Arc::new(upstream), Arc::new(ForwardOptions::default()));
        let policy = PolicyHeaders::new().enforce(POLICY).unwrap();
        Self {
            target,
            listening: Listening::new(ProxyLimits::default()),
            policy,
        }
    }

    pub(crate) fn options(&mut self) -> &mut ForwardOptions {
        Arc::make_mut(&mut self.target.options)
    }

    pub(crate) fn limits(&mut self) -> &mut ProxyLimits {
        &mut self.listening.limits
    }

    pub(crate) async fn start(self) -> Running {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let upstream = Arc::clone(&self.target.upstream);
        let service = ConnectSrcLayer::new(self.policy).layer(Proxy::to(self.target));
        let (stop, stopped) = oneshot::channel::<()>();
        let stopped = async move {
            let _ = stopped.await;
        };
        let task = tokio::spawn(listen(listener, service, self.listening, stopped));
        Running {
            address,
            upstream,
            stop: Some(stop),
            task,
        }
    }
}

/// The policy that every proxy of these tests sends.
pub(crate) const POLICY: &str = "connect-src 'self'";

/// A proxy in front of this upstream, with everything as by default.
pub(crate) async fn proxy(upstream: SocketAddr) -> Running {
    Setup::for_upstream(upstream).start().await
}

/// A server that is a function of each connection. Tells how many connections there were.
pub(crate) async fn server<F>(
    serve: impl Fn(Client) -> F + Send + 'static,
) -> (SocketAddr, Arc<AtomicUsize>)
where
    F: Future<Output = ()> + Send + 'static,
{
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let connections = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&connections);
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            counter.fetch_add(1, Ordering::SeqCst);
            tokio::spawn(serve(Client::new(stream)));
        }
    });
    (address, connections)
}

/// A server that answers every request of a connection with the same bytes, and tells the heads that it got.
pub(crate) async fn answering(
    response: &'static str,
) -> (SocketAddr, tokio::sync::mpsc::UnboundedReceiver<String>) {
    let (heads, received) = tokio::sync::mpsc::unbounded_channel();
    let (address, _) = server(move |mut client| {
        let heads = heads.clone();
        async move {
            while let Some(head) = client.head().await {
                let _ = heads.send(head);
                client.send(response).await;
            }
        }
    })
    .await;
    (address, received)
}

/// An axum application as upstream.
pub(crate) async fn application(router: axum::Router) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, router).await });
    address
}

/// A connection that bytes are written to and read from.
pub(crate) struct Client {
    pub(crate) stream: TcpStream,
    read: Vec<u8>,
}

impl Client {
    fn new(stream: TcpStream) -> Self {
        Self {
            stream,
            read: Vec::new(),
        }
    }

    pub(crate) async fn send(&mut self, text: impl AsRef<[u8]>) {
        let _ = self.stream.write_all(text.as_ref()).await;
    }

    /// The head of a message; `None` if the connection ends before one.
    pub(crate) async fn head(&mut self) -> Option<String> {
        self.until("\r\n\r\n").await
    }

    /// What comes up to this text and with it; `None` if the connection ends before.
    pub(crate) async fn until(&mut self, end: &str) -> Option<String> {
        loop {
            let found = self
                .read
                .windows(end.len())
                .position(|it| it == end.as_bytes());
            if let Some(at) = found {
                let rest = self.read.split_off(at + end.len());
                let text = std::mem::replace(&mut self.read, rest);
                return Some(String::from_utf8(text).unwrap());
            }
            if !self.more().await {
                return None;
            }
        }
    }

    /// So many bytes.
    pub(crate) async fn bytes(&mut self, count: usize) -> Vec<u8> {
        while self.read.len() < count {
            assert!(
                self.more().await,
                "the connection ended after {} bytes",
                self.read.len()
            );
        }
        let rest = self.read.split_off(count);
        std::mem::replace(&mut self.read, rest)
    }

    /// Everything until the connection ends.
    pub(crate) async fn rest(&mut self) -> String {
        while self.more().await {}
        String::from_utf8(std::mem::take(&mut self.read)).unwrap()
    }

    async fn more(&mut self) -> bool {
        let read = tokio::time::timeout(PATIENCE, self.stream.read_buf(&mut self.read)).await;
        matches!(read.expect("something comes in time"), Ok(count) if count > 0)
    }
}

/// How long a test waits for what must come.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

/// The status line's code.
pub(crate) fn status(response: &str) -> u16 {
    let code = response.split(' ').nth(1).unwrap_or_default();
    code.parse()
        .unwrap_or_else(|_| panic!("no status in {response:?}"))
}

/// The values of a header in a head.
pub(crate) fn values<'h>(head: &'h str, name: &str) -> Vec<&'h str> {
    let head = head.split("\r\n\r\n").next().unwrap_or_default();
    let lines = head
        .split("\r\n")
        .skip(1)
        .filter_map(|line| line.split_once(':'));
    lines
        .filter(|(found, _)| found.eq_ignore_ascii_case(name))
        .map(|(_, value)| value.trim())
        .collect()
}

/// What follows the head.
pub(crate) fn body(response: &str) -> &str {
    response.split_once("\r\n\r\n").map_or("", |(_, body)| body)
}

/// Sends a request on this connection, and reads until it ends.
pub(crate) async fn converse(stream: TcpStream, request: &str) -> String {
    let mut client = Client::new(stream);
    client.send(request).await;
    client.rest().await
}
