//! A running server with an application behind it, and a client.

use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use axum::Router;
use axum::response::Html;
use axum::routing::get;
use bytes::Bytes;
use connect_src_server::Config;
use connect_src_server::events::Event;
use connect_src_server::server::{Reloader, Server};
use http::header::{AUTHORIZATION, CONTENT_TYPE, HOST};
use http::{HeaderMap, Method, Request, StatusCode};
use http_body_util::{BodyExt as _, Full};
use hyper_util::client::legacy::Client as HyperClient;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use serde_json::Value;
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::sync::broadcast::Receiver;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

/// A server that runs until it is dropped.
pub(crate) struct Running {
    pub(crate) public: SocketAddr,
    pub(crate) admin: SocketAddr,
    pub(crate) token: String,
    pub(crate) folder: TempDir,
    pub(crate) reloader: Reloader,
    events: Receiver<Event>,
    client: HyperClient<HttpConnector, Full<Bytes>>,
    stop: Option<oneshot::Sender<()>>,
    task: JoinHandle<()>,
}

/// An answer, read to its end.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|error| panic!("{error}: {:?}", String::from_utf8_lossy(&self.body)))
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub(crate) fn header(&self, name: &str) -> String {
        let values = self.headers.get_all(name).iter();
        let values: Vec<_> = values.map(|value| value.to_str().unwrap()).collect();
        values.join(" | ")
    }
}

impl Running {
    /// In front of an application, with what the text says beside it.
    pub(crate) async fn start(config: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self::start_in(folder, config).await
    }

    /// The same with a folder that may have a database already.
    pub(crate) async fn start_in(folder: TempDir, config: &str) -> Self {
        let upstream = application().await;
        let text = format!("upstream = 'http://{upstream}'\n{config}");
        Self::start_with(folder, &text).await
    }

    /// A collector without an application.
    pub(crate) async fn collector(config: &str) -> Self {
        Self::start_with(tempfile::tempdir().unwrap(), config).await
    }

    async fn start_with(folder: TempDir, text: &str) -> Self {
        let config = parse(text, folder.path());
        let server = Server::start(config).await.unwrap();
        let (stop, stopped) = oneshot::channel();
        let token = server.first_token().unwrap_or_default().to_owned();
        let (public, admin) = (
            server.public_address().unwrap(),
            server.admin_address().unwrap(),
        );
        let (reloader, events) = (server.reloader(), server.events());
        let task = tokio::spawn(server.run(async {
            let _ = stopped.await;
        }));
        Self {
            public,
            admin,
            token,
            folder,
            reloader,
            events,
            client: HyperClient::builder(TokioExecutor::new()).build_http(),
            stop: Some(stop),
            task,
        }
    }

    /// What happens from now on.
    pub(crate) fn events(&self) -> Receiver<Event> {
        self.events.resubscribe()
    }

    /// Stops it, and gives back what it kept.
    pub(crate) async fn stop(mut self) -> TempDir {
        drop(self.stop.take());
        self.task.await.unwrap();
        self.folder
    }

    pub(crate) async fn send(&self, request: Request<Full<Bytes>>) -> Answer {
        let response = self.client.request(request).await.unwrap();
        let (head, body) = response.into_parts();
        Answer {
            status: head.status,
            headers: head.headers,
            body: body.collect().await.unwrap().to_bytes(),
        }
    }

    /// A page, as a browser asks for it.
    pub(crate) async fn page(&self, host: &str, path: &str) -> Answer {
        self.page_with(host, path, "").await
    }

    pub(crate) async fn page_with(&self, host: &str, path: &str, cookie: &str) -> Answer {
        let request = Request::get(format!("http://{}{path}", self.public))
            .header(HOST, host)
            .header("cookie", cookie)
            .header("accept", "text/html");
        self.send(request.body(Full::default()).unwrap()).await
    }

    /// A post to the public address.
    pub(crate) async fn post(
        &self,
        path: &str,
        media_type: &str,
        body: impl Into<Bytes>,
    ) -> Answer {
        let request = Request::post(format!("http://{}{path}", self.public))
            .header(CONTENT_TYPE, media_type)
            .header("user-agent", FIREFOX);
        self.send(request.body(Full::new(body.into())).unwrap())
            .await
    }

    /// The API's answer to a request with the first token.
    pub(crate) async fn api(&self, method: Method, path: &str, body: Option<Value>) -> Answer {
        self.api_as(&self.token, method, path, body).await
    }

    pub(crate) async fn api_as(
        &self,
        token: &str,
        method: Method,
        path: &str,
        body: Option<Value>,
    ) -> Answer {
        let body = body.map(|body| Bytes::from(body.to_string()));
        let request = Request::builder()
            .method(method)
            .uri(format!("http://{}{path}", self.admin))
            .header(AUTHORIZATION, format!("Bearer {token}"))
            .body(Full::new(body.unwrap_or_default()))
            .unwrap();
        self.send(request).await
    }

    pub(crate) async fn get(&self, path: &str) -> Value {
        let answer = self.api(Method::GET, path, None).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.text());
        answer.json()
    }

    pub(crate) async fn post_api(&self, path: &str, body: Value) -> Answer {
        self.api(Method::POST, path, Some(body)).await
    }

    /// What the API says once it fits.
    pub(crate) async fn eventually(&self, path: &str, fits: impl Fn(&Value) -> bool) -> Value {
        for _ in 0..100 {
            let value = self.get(path).await;
            if fits(&value) {
                return value;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("{path} does not fit: {}", self.get(path).await);
    }

    /// Posts a report as Firefox would, to where the policy of a page says.
    pub(crate) async fn report(&self, policy: &str, blocked: &str) -> Answer {
        let body = report("https://app.example/cart?token=secret", policy, blocked);
        let path = report_path(policy);
        self.post(&path, "application/csp-report", body.to_string())
            .await
    }
}

/// The configuration of a test: everything on free ports of loopback.
pub(crate) fn parse(text: &str, folder: &Path) -> Config {
    let (top, tables) = match text.find('[') {
        // Arrays of a key's value begin with the same bracket.
        Some(_) => text
            .split_once("\n[")
            .map_or((text.to_owned(), String::new()), |(top, tables)| {
                (top.to_owned(), format!("[{tables}"))
            }),
        None => (text.to_owned(), String::new()),
    };
    let admin = if tables.contains("[admin]") {
        ""
    } else {
        "[admin]\nlisten = '127.0.0.1:0'\n"
    };
    let text = format!("listen = '127.0.0.1:0'\n{top}\n{admin}{tables}");
    Config::parse(&text, &folder.join("connect-src.toml"))
        .unwrap_or_else(|errors| panic!("{errors}\n{text}"))
}

/// Where the policy of a page says that reports go.
pub(crate) fn report_path(policy: &str) -> String {
    let (_, rest) = policy.split_once("report-uri ").unwrap();
    let end = rest.find([';', ' ']).unwrap_or(rest.len());
    rest[..end].to_owned()
}

pub(crate) fn report(document: &str, policy: &str, blocked: &str) -> Value {
    serde_json::json!({"csp-report": {
        "document-uri": document,
        "referrer": "",
        "violated-directive": "connect-src",
        "effective-directive": "connect-src",
        "original-policy": policy,
        "disposition": "report",
        "blocked-uri": blocked,
        "status-code": 200,
        "source-file": "https://app.example/app.js",
        "line-number": 3,
        "column-number": 7,
    }})
}

/// An application with a page, a page below `/admin`, and something that is no page.
async fn application() -> SocketAddr {
    let router = Router::new()
        .route("/", get(|| async { Html("<title>home</title>") }))
        .route(
            "/admin/users",
            get(|| async { Html("<title>users</title>") }),
        )
        .route("/data.json", get(|| async { "{}" }));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, router).await });
    address
}

pub(crate) const FIREFOX: &str =
    "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";
