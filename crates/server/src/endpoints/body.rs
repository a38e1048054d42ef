//! Reads a body with a bound, inflated if need be.

use std::io::Read as _;

use bytes::{Bytes, BytesMut};
use flate2::read::MultiGzDecoder;
use http::StatusCode;
use http::header::{CONTENT_ENCODING, CONTENT_LENGTH, HeaderMap};
use http_body::Body;
use http_body_util::BodyExt as _;

use super::receiving::Held;
use crate::config::Collector;

/// Why a body is not read: the status to answer with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unread {
    /// It is too large, as received or inflated.
    TooLarge,
    /// It has a coding that we do not know.
    Coding,
    /// It breaks off, or is not what its coding says.
    Broken,
    /// Others send so much that there is no room for it.
    NoRoom,
}

impl Unread {
    pub(super) fn status(self) -> StatusCode {
        match self {
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Coding => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::Broken => StatusCode::BAD_REQUEST,
            Self::NoRoom => StatusCode::NO_CONTENT,
        }
    }
}

/// Reads a body within the collector's bounds.
pub(super) async fn read<B>(
    headers: &HeaderMap,
    body: B,
    bounds: &Collector,
    held: &mut Held<'_>,
) -> Result<Bytes, Unread>
where
    B: Body<Data = Bytes> + Unpin,
{
    let is_compressed = is_compressed(headers)?;
    let announced = headers
        .get(CONTENT_LENGTH)
        .and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
    if announced.is_some_and(|length| length > bounds.max_body as u64) {
        return Err(Unread::TooLarge);
    }
    let received = receive(body, bounds.max_body, held).await?;
    if is_compressed {
        inflate(&received, bounds.max_inflated)
    } else {
        Ok(received)
    }
}

async fn receive<B>(mut body: B, most: usize, held: &mut Held<'_>) -> Result<Bytes, Unread>
where
    B: Body<Data = Bytes> + Unpin,
{
    let mut pieces = Pieces::default();
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|_| Unread::Broken)?;
        if let Ok(data) = frame.into_data() {
            if !held.add(data.len()) {
                return Err(Unread::NoRoom);
            }
            pieces.push(data, most)?;
        }
    }
    Ok(pieces.whole())
}

/// What was received so far. Most posts come in one piece, which need not be copied.
#[derive(Default)]
struct Pieces {
    first: Bytes,
    all: BytesMut,
}

impl Pieces {
    fn push(&mut self, data: Bytes, most: usize) -> Result<(), Unread> {
        if self.first.len().max(self.all.len()) + data.len() > most {
            return Err(Unread::TooLarge);
        }
        if self.first.is_empty() {
            self.first = data;
            return Ok(());
        }
        if self.all.is_empty() {
            self.all.extend_from_slice(&self.first);
        }
        self.all.extend_from_slice(&data);
        Ok(())
    }

    fn whole(self) -> Bytes {
        if self.all.is_empty() {
            self.first
        } else {
            self.all.freeze()
        }
    }
}

/// Browsers send no coding; relays may send gzip.
fn is_compressed(headers: &HeaderMap) -> Result<bool, Unread> {
    let mut codings = headers.get_all(CONTENT_ENCODING).iter();
    let (coding, None) = (codings.next(), codings.next()) else {
        return Err(Unread::Coding);
    };
    let Some(coding) = coding else {
        return Ok(false);
    };
    let coding = coding.as_bytes().trim_ascii();
    if coding.eq_ignore_ascii_case(b"identity") {
        Ok(false)
    } else if coding.eq_ignore_ascii_case(b"gzip") || coding.eq_ignore_ascii_case(b"x-gzip") {
        Ok(true)
    } else {
        Err(Unread::Coding)
    }
}

/// Never holds more than `most` bytes and one, whatever the compressed ones promise.
fn inflate(compressed: &[u8], most: usize) -> Result<Bytes, Unread> {
    let mut inflated = Vec::new();
    let limit = (most as u64).saturating_add(1);
    #[expect(clippy::disallowed_methods, reason = "the read is capped by `take`")]
    MultiGzDecoder::new(compressed)
        .take(limit)
        .read_to_end(&mut inflated)
        .map_err(|_| Unread::Broken)?;
    if inflated.len() > most {
        return Err(Unread::TooLarge);
    }
    Ok(inflated.into())
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use flate2::Compression;
    use flate2::write::GzEncoder;
    use http::HeaderValue;

    use super::*;

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn a_bomb_is_not_inflated() {
        let bomb = gzip(&vec![0; 10 << 20]);
        assert!(bomb.len() < 20_000);
        assert_eq!(inflate(&bomb, 1 << 20), Err(Unread::TooLarge));
        let just = gzip(&vec![0; 1 << 20]);
        assert_eq!(inflate(&just, 1 << 20).unwrap().len(), 1 << 20);
    }

    #[test]
    fn pieces_become_the_whole_within_the_bound() {
        let mut pieces = Pieces::default();
        for piece in ["ab", "", "cd", "e"] {
            pieces.push(Bytes::from(piece), 5).unwrap();
        }
        assert_eq!(pieces.push(Bytes::from("f"), 5), Err(Unread::TooLarge));
        assert_eq!(pieces.whole(), "abcde");
        let mut pieces = Pieces::default();
        assert_eq!(pieces.push(Bytes::from("123456"), 5), Err(Unread::TooLarge));
    }

    #[test]
    fn what_is_no_gzip_is_broken() {
        assert_eq!(inflate(b"{}", 100), Err(Unread::Broken));
        let whole = gzip(b"0123456789");
        assert_eq!(inflate(&whole[..whole.len() - 4], 100), Err(Unread::Broken));
    }

    #[test]
    fn codings_are_compared_as_http_says() {
        let of = |values: &[&'static str]| {
            let mut headers = HeaderMap::new();
            for value in values {
                headers.append(CONTENT_ENCODING, HeaderValue::from_static(value));
            }
            is_compressed(&headers)
        };
        assert_eq!(of(&[]), Ok(false));
        assert_eq!(of(&["Identity"]), Ok(false));
        assert_eq!(of(&["GZIP"]), Ok(true));
        for unknown in [&["br"][..], &["gzip, gzip"], &["gzip", "gzip"], &[""]] {
            assert_eq!(of(unknown), Err(Unread::Coding), "{unknown:?}");
        }
    }
}
