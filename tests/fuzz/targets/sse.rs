//! Bytes to events, beside a reader that nobody here wrote.

use std::convert::Infallible;

use futures_util::{FutureExt, StreamExt, stream};
use openrouter_wasm::sse::{Decoder, Item, LimitExceeded, SseLimits};
use sse_stream::SseByteStream;

const WIDE: SseLimits = SseLimits { max_line_bytes: 1 << 20, max_event_bytes: 1 << 20 };
const NARROW: SseLimits = SseLimits { max_line_bytes: 24, max_event_bytes: 32 };

/// One item, by its kind.
type Row = (char, Vec<u8>);

fn read(pieces: &[&[u8]], limits: SseLimits) -> (Vec<Row>, Vec<Row>, Option<LimitExceeded>) {
    let mut decoder = Decoder::new(limits);
    let (mut rows, mut rest) = (Vec::new(), Vec::new());
    let row = |item: Item<'_>| match item {
        Item::Data(data) => ('d', data.to_vec()),
        Item::Error(data) => ('e', data.to_vec()),
        Item::Comment(text) => ('c', text.to_vec()),
    };
    for piece in pieces {
        let fed = decoder.feed(piece, &mut |item| {
            rows.push(row(item));
            true
        });
        if let Err(limit) = fed {
            return (rows, rest, Some(limit));
        }
    }
    let ended = decoder.end(&mut |item| {
        rest.push(row(item));
        true
    });
    (rows, rest, ended.err())
}

/// What the other reader makes of it: data and name of each event that has data.
fn others(bytes: &[u8]) -> Option<Vec<Row>> {
    let mut events = SseByteStream::new(stream::iter([Ok::<_, Infallible>(bytes.to_vec())]).map(|item| item.map(std::io::Cursor::new)));
    let mut rows = Vec::new();
    // Everything is there already, so nothing is waited for.
    while let Some(event) = events.next().now_or_never()? {
        let event = event.ok()?;
        let is_error = event.event.is_some_and(|name| name.trim_ascii() == "error");
        if let Some(data) = event.data.filter(|data| !data.is_empty()) {
            rows.push((if is_error { 'e' } else { 'd' }, data.into_bytes()));
        }
    }
    Some(rows)
}

/// The bytes without the byte order marks that lines begin with.
fn without_marks(bytes: &[u8]) -> Vec<u8> {
    let mut bare = Vec::new();
    for whole in bytes.split_inclusive(|byte| matches!(byte, b'\n' | b'\r')) {
        let mut line = whole;
        while let Some(behind) = line.strip_prefix(b"\xef\xbb\xbf") {
            line = behind;
        }
        // With no mark between them, the two would end one line.
        let joins = line.len() < whole.len() && line == b"\n" && bare.ends_with(b"\r");
        bare.extend_from_slice(if joins { b"\r" } else { line });
    }
    bare
}

pub(crate) fn check(bytes: &[u8]) {
    let whole = read(&[bytes], WIDE);
    assert_eq!(whole.2, None, "no cap was passed");
    assert_eq!(whole, read(&bytes.chunks(1).collect::<Vec<_>>(), WIDE), "byte by byte");
    assert_eq!(whole, read(&crate::pieces(bytes), WIDE), "in pieces");
    // What is handed out before a cap is passed may depend on the pieces; that it is passed may not.
    let narrow = read(&[bytes], NARROW);
    assert_eq!(narrow.2, read(&bytes.chunks(1).collect::<Vec<_>>(), NARROW).2, "narrow, byte by byte");
    assert_eq!(narrow.2, read(&crate::pieces(bytes), NARROW).2, "narrow, in pieces");
    assert!(narrow.0.iter().all(|(_, data)| data.len() <= NARROW.max_event_bytes));

    // None of these is in the standard: the field `error`, a mark in front of a later line, blanks in front of a field, an object without one.
    let bare = without_marks(bytes);
    let has_own_line = bare.split(|byte| matches!(byte, b'\n' | b'\r')).any(|line| {
        let field = line.trim_ascii_start();
        let is_field = [&b"data"[..], b"event"].iter().any(|name| field.starts_with(name));
        field.starts_with(b"error:") || field.starts_with(b"{\"") || is_field && field.len() < line.len()
    });
    if let Some(expected) = others(&bare).filter(|_| !has_own_line) {
        let ours: Vec<Row> = whole.0.into_iter().filter(|(kind, _)| *kind != 'c').collect();
        assert_eq!(ours, expected, "beside sse-stream");
    }
}
