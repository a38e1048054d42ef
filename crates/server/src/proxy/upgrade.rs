//! WebSocket: once both sides have agreed, bytes go back and forth as they are.

use http::{Request, Response, StatusCode};
use hyper::body::Incoming;
use hyper::upgrade::OnUpgrade;
use hyper_util::rt::TokioIo;
use tokio::io::copy_bidirectional;

use super::failure::Failure;
use super::headers;
use super::listener::Permit;
use super::pool::Lease;
use super::request_body::RequestBody;

/// Forwards a request for WebSocket on a connection that is its own from then on. If the upstream agrees, a
/// tunnel is dug behind the response; if it does not, its answer is one like others.
pub(super) async fn forward(
    lease: Lease,
    mut request: Request<RequestBody>,
) -> Result<Response<Incoming>, Failure> {
    let client = request.extensions_mut().remove::<OnUpgrade>();
    let permit = request.extensions_mut().remove::<Permit>();
    headers::insert_websocket(request.headers_mut());
    let (mut sender, connection) = lease.into_parts();
    tokio::spawn(connection.with_upgrades());
    let sent = sender.send_request(request).await;
    let mut response = sent.map_err(|error| Failure::of(&error))?;
    if response.status() != StatusCode::SWITCHING_PROTOCOLS {
        return Ok(response);
    }
    let server = response.extensions_mut().remove::<OnUpgrade>();
    let (Some(client), Some(server)) = (client, server) else {
        return Err(Failure::Broken);
    };
    if !headers::is_websocket(response.headers()) {
        return Err(Failure::Broken);
    }
    tokio::spawn(async move {
        let _permit = permit;
        tunnel(client, server).await;
    });
    Ok(response)
}

/// Ends when both sides have ended, or one has failed.
async fn tunnel(client: OnUpgrade, server: OnUpgrade) {
    let Ok((client, server)) = tokio::try_join!(client, server) else {
        return;
    };
    let (mut client, mut server) = (TokioIo::new(client), TokioIo::new(server));
    if let Err(error) = copy_bidirectional(&mut client, &mut server).await {
        tracing::debug!(%error, "a WebSocket broke off");
    }
}
