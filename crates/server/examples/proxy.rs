//! The proxy alone, with one policy for everything: no rollout, no collector, no database. `benches/serve/proxy.sh` can
//! measure it beside the whole server.
//!
//! ```console
//! cargo run --release -p connect-src-server --example proxy -- 127.0.0.1:8080 http://127.0.0.1:3000
//! ```

use std::error::Error;
use std::sync::Arc;

use connect_src_server::config::ProxyLimits;
use connect_src_server::proxy::{
    ForwardOptions, Listening, MetaPolicy, MetaWatch, Proxy, Target, Upstream, listen,
};
use connect_src_server::tls::UpstreamTls;
use connect_src_tower::{ConnectSrcLayer, PolicyHeaders};
use tokio::net::TcpListener;
use tower::Layer as _;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let (Some(address), Some(url)) = (arguments.next(), arguments.next()) else {
        return Err(
            "usage: proxy LISTEN UPSTREAM, such as 127.0.0.1:8080 http://127.0.0.1:3000".into(),
        );
    };
    let limits = ProxyLimits::default();
    let url = url::Url::parse(&url)?;
    let tls = (url.scheme() == "https")
        .then(UpstreamTls::system)
        .transpose()?;
    let upstream = Upstream::new(&url, tls.as_ref(), limits.connect_timeout)?;
    let options = ForwardOptions::new(&limits, Vec::new());
    let mut target = Target::new(Arc::new(upstream), Arc::new(options));
    target.meta = Some(MetaWatch::new(|found: MetaPolicy| {
        tracing::warn!(?found, "a policy in <meta>");
    }));
    let policy = PolicyHeaders::new().enforce(POLICY)?;
    let service = ConnectSrcLayer::new(policy).layer(Proxy::to(target));
    let listener = TcpListener::bind(address).await?;
    let stop = async {
        let _ = tokio::signal::ctrl_c().await;
    };
    listen(listener, service, Listening::new(limits), stop).await;
    Ok(())
}

const POLICY: &str = "default-src 'self'; connect-src 'self' https://api.example.com \
    https://*.ingest.example.net wss://ws.example.com; report-uri /csp-report";
