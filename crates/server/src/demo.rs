//! The demo: a small application whose page connects in every way, and the hosts that it connects to.
//!
//! All of them are names of this machine. Each answers every page, so that nothing but a policy decides.

mod endpoints;

use std::io;
use std::net::Ipv4Addr;
use std::sync::Arc;

use axum::Router;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use url::Url;

use endpoints::{Log, Signal};

/// The demo application and its hosts. They end when it is dropped.
///
/// ```no_run
/// # async fn start() -> std::io::Result<()> {
/// use connect_src_server::demo::Demo;
///
/// let demo = Demo::start().await?;
/// println!("connect-src serve {}", demo.upstream());
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct Demo {
    hosts: Hosts,
    log: Arc<Log>,
    _servers: JoinSet<()>,
}

/// Where the application and the hosts are.
#[derive(Clone, Debug)]
struct Hosts {
    upstream: Url,
    api: String,
    live: String,
    intruder: String,
}

impl Demo {
    /// Starts all of them on free ports of loopback.
    pub async fn start() -> io::Result<Self> {
        let [app, friends, intruder] = [8082, 8083, 8084].map(listener);
        let (app, friends, intruder) = (app.await?, friends.await?, intruder.await?);
        let hosts = Hosts::new(port(&app)?, port(&friends)?, port(&intruder)?);
        let log = Arc::new(Log::new());
        let mut servers = JoinSet::new();
        let endpoints = endpoints::router(Arc::clone(&log));
        for (listener, router) in [
            (app, hosts.pages().merge(endpoints.clone())),
            (friends, endpoints.clone()),
            (intruder, endpoints),
        ] {
            servers.spawn(async move {
                // It ends only with the task.
                let _ = axum::serve(listener, router).await;
            });
        }
        Ok(Self {
            hosts,
            log,
            _servers: servers,
        })
    }

    /// The application.
    pub fn upstream(&self) -> &Url {
        &self.hosts.upstream
    }

    /// The host that the application has no business with. What goes there should not be allowed.
    pub fn intruder(&self) -> &str {
        &self.hosts.intruder
    }

    /// Lets every open page load itself anew.
    pub fn reload_pages(&self) {
        self.log.tell(Signal::Reload);
    }
}

impl Hosts {
    fn new(app: u16, friends: u16, intruder: u16) -> Self {
        let upstream = format!("http://127.0.0.1:{app}/");
        Self {
            upstream: Url::parse(&upstream).expect("an address and a port make a URL"),
            api: format!("http://api.localhost:{friends}"),
            live: format!("ws://live.localhost:{friends}"),
            intruder: format!("http://intruder.localhost:{intruder}"),
        }
    }

    /// The page, its style and its script.
    fn pages(&self) -> Router {
        let page = include_str!("demo/page.html")
            .replace("{{api}}", &self.api)
            .replace("{{live}}", &self.live)
            .replace("{{intruder}}", &self.intruder);
        let page = move || async move { asset("text/html; charset=utf-8", page) };
        let style = || async { asset("text/css", include_str!("demo/page.css")) };
        let script = || async { asset("text/javascript", include_str!("demo/page.js")) };
        Router::new()
            .route("/", get(page))
            .route("/demo.css", get(style))
            .route("/demo.js", get(script))
    }
}

/// Never from a cache: a page in a cache keeps the policy that it came with.
fn asset(content_type: &'static str, body: impl IntoResponse) -> Response {
    let headers = [(CONTENT_TYPE, content_type), (CACHE_CONTROL, "no-store")];
    (headers, body).into_response()
}

/// A listener on this port, or on any other if something else has it.
async fn listener(port: u16) -> io::Result<TcpListener> {
    match TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await {
        Err(error) if error.kind() == io::ErrorKind::AddrInUse => {
            TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await
        }
        other => other,
    }
}

fn port(listener: &TcpListener) -> io::Result<u16> {
    Ok(listener.local_addr()?.port())
}
