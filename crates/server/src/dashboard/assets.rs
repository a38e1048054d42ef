//! Style, script and icon: compiled in, sent compressed, with a name that changes with them.

use std::fmt::Write as _;
use std::io::Write as _;
use std::sync::LazyLock;

use axum::extract::Path;
use axum::response::{IntoResponse as _, Response};
use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use http::header::{ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, VARY};
use http::{HeaderMap, StatusCode};
use sha2::{Digest as _, Sha256};

pub(super) static STYLE: LazyLock<Asset> =
    LazyLock::new(|| Asset::new("style", "css", "text/css", include_str!("assets/style.css")));
pub(super) static SCRIPT: LazyLock<Asset> = LazyLock::new(|| {
    Asset::new(
        "script",
        "js",
        "text/javascript",
        include_str!("assets/script.js"),
    )
});
pub(super) static ICON: LazyLock<Asset> = LazyLock::new(|| {
    Asset::new(
        "icon",
        "svg",
        "image/svg+xml",
        include_str!("assets/icon.svg"),
    )
});

/// A file that never changes under its name.
pub(super) struct Asset {
    name: String,
    media_type: &'static str,
    plain: Bytes,
    compressed: Bytes,
}

impl Asset {
    fn new(stem: &str, extension: &str, media_type: &'static str, text: &'static str) -> Self {
        let mut name = format!("{stem}-");
        for byte in &Sha256::digest(text)[..6] {
            let _ = write!(name, "{byte:02x}");
        }
        let _ = write!(name, ".{extension}");
        Self {
            name,
            media_type,
            plain: Bytes::from_static(text.as_bytes()),
            compressed: compressed(text.as_bytes()),
        }
    }

    /// Where it is.
    pub(super) fn path(&self) -> String {
        format!("/assets/{}", self.name)
    }
}

fn compressed(bytes: &[u8]) -> Bytes {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    let written = encoder.write_all(bytes).and_then(|()| encoder.finish());
    written.expect("writing to memory does not fail").into()
}

/// One of the files.
pub(super) async fn serve(Path(name): Path<String>, headers: HeaderMap) -> Response {
    let assets = [&STYLE, &SCRIPT, &ICON];
    let Some(asset) = assets.into_iter().find(|asset| asset.name == name) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let accepted = headers.get(ACCEPT_ENCODING);
    let accepted = accepted.and_then(|value| value.to_str().ok());
    let fixed = [
        (CONTENT_TYPE, asset.media_type),
        (CACHE_CONTROL, "public, max-age=31536000, immutable"),
        (VARY, "accept-encoding"),
    ];
    if accepted.is_some_and(|value| value.contains("gzip")) {
        let encoding = [(CONTENT_ENCODING, "gzip")];
        return (fixed, encoding, asset.compressed.clone()).into_response();
    }
    (fixed, asset.plain.clone()).into_response()
}
