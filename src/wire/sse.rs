//! Server-sent events: bytes in, the data of whole events out.
//!
//! The decoder keeps bytes, not characters, so a character cut between two network chunks needs no care. It follows the WHATWG
//! rules where they matter for this endpoint (three line endings, comments, data of several lines, an unfinished last
//! event is dropped), takes a BOM for nothing in front of any line, and leaves out `id` and `retry`, which OpenRouter does not send on `/chat/completions`. Of `event` it knows `error`,
//! and the field `error`, which is in no standard: servers write both beside a bare body.

use memchr::memchr2;

const LF: u8 = b'\n';
const CR: u8 = b'\r';
const BOM: &[u8] = b"\xef\xbb\xbf";

/// Caps on what the decoder keeps.
#[derive(Debug, Clone, Copy)]
pub struct SseLimits {
    /// Bytes of one line.
    pub max_line_bytes: usize,
    /// Bytes of the data of one event.
    pub max_event_bytes: usize,
}

/// Which cap was passed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LimitExceeded {
    /// A line longer than `max_line_bytes`.
    Line,
    /// Event data longer than `max_event_bytes`.
    Event,
}

/// What the decoder hands out, in the order of arrival.
#[derive(Debug, PartialEq, Eq)]
pub enum Item<'a> {
    /// The data of one event; several `data:` lines are joined by LF. Never empty.
    Data(&'a [u8]),
    /// The same of an event called `error`, or of a field of that name. Never empty.
    Error(&'a [u8]),
    /// A comment, for instance `: OPENROUTER PROCESSING`, without its colon: a sign of life, not of progress.
    Comment(&'a [u8]),
}

/// The state between two network chunks.
#[derive(Debug)]
pub struct Decoder {
    limits: SseLimits,
    /// An unfinished line.
    line: Vec<u8>,
    /// The finished `data:` lines of an unfinished event.
    data: Vec<u8>,
    has_data: bool,
    /// The unfinished event is one of an error: by its name, of which the last counts, or by a field.
    is_error: (bool, bool),
    /// A CR ended the last line: one LF that follows belongs to it.
    skip_next_line_feed: bool,
}

impl Decoder {
    /// A decoder at the start of a body.
    pub fn new(limits: SseLimits) -> Self {
        Self { limits, line: Vec::new(), data: Vec::new(), has_data: false, is_error: (false, false), skip_next_line_feed: false }
    }

    /// Takes one network chunk and gives `sink` what it completes. `sink` returns false to stop; the rest of the chunk is dropped.
    pub fn feed(&mut self, chunk: &[u8], sink: &mut dyn FnMut(Item<'_>) -> bool) -> Result<(), LimitExceeded> {
        let mut rest = chunk;
        // The data of an event that lies in this chunk whole, so that nothing is copied.
        let mut lone: Option<&[u8]> = None;
        if self.skip_next_line_feed && !rest.is_empty() {
            self.skip_next_line_feed = false;
            if rest[0] == LF {
                rest = &rest[1..];
            }
        }
        while let Some(end) = memchr2(LF, CR, rest) {
            if self.line.len() + end > self.limits.max_line_bytes {
                return Err(LimitExceeded::Line);
            }
            let ending = rest[end];
            let line = &rest[..end];
            rest = &rest[end + 1..];
            if ending == CR {
                match rest.first() {
                    Some(&LF) => rest = &rest[1..],
                    Some(_) => {}
                    None => self.skip_next_line_feed = true,
                }
            }
            let goes_on = if self.line.is_empty() {
                self.take_line(line, &mut lone, sink)?
            } else {
                self.line.extend_from_slice(line);
                let whole = core::mem::take(&mut self.line);
                let mut unborrowed = None;
                let goes_on = self.take_line(&whole, &mut unborrowed, sink)?;
                if let Some(data) = unborrowed {
                    self.keep(data)?;
                }
                self.line = whole;
                self.line.clear();
                goes_on
            };
            if !goes_on {
                return Ok(());
            }
        }
        if let Some(data) = lone {
            self.keep(data)?;
        }
        if self.line.len() + rest.len() > self.limits.max_line_bytes {
            return Err(LimitExceeded::Line);
        }
        self.line.extend_from_slice(rest);
        Ok(())
    }

    /// The body ended: gives `sink` the event that it ended inside of, which may be half of one. The standard drops it; whoever takes it
    /// has to see by itself whether it is whole, or would hide a cut.
    pub fn end(&mut self, sink: &mut dyn FnMut(Item<'_>) -> bool) -> Result<(), LimitExceeded> {
        let (line, mut lone) = (core::mem::take(&mut self.line), None);
        if self.take_line(&line, &mut lone, sink)? && !line.is_empty() {
            self.dispatch(&mut lone, sink);
        }
        Ok(())
    }

    fn take_line<'a>(
        &mut self,
        line: &'a [u8],
        lone: &mut Option<&'a [u8]>,
        sink: &mut dyn FnMut(Item<'_>) -> bool,
    ) -> Result<bool, LimitExceeded> {
        // Also in front of a later one: somebody has put streams together.
        let mut line = line;
        while let Some(behind) = line.strip_prefix(BOM) {
            line = behind;
        }
        if line.is_empty() {
            return Ok(self.dispatch(lone, sink));
        }
        if line[0] == b':' {
            return Ok(sink(Item::Comment(line.get(1..).unwrap_or_default())));
        }
        if let Some(data) = data_of(line).or_else(|| self.odd_data_of(line)) {
            if self.has_data || lone.is_some() {
                if let Some(first) = lone.take() {
                    self.keep(first)?;
                }
                self.keep(data)?;
            } else if data.len() > self.limits.max_event_bytes {
                return Err(LimitExceeded::Event);
            } else {
                *lone = Some(data);
            }
        }
        Ok(true)
    }

    /// Data behind blanks or without its field, as a proxy puts its own error behind what it has passed on; and what marks an event as an
    /// error's, with the data that may stand beside the mark.
    #[cold]
    fn odd_data_of<'a>(&mut self, line: &'a [u8]) -> Option<&'a [u8]> {
        let line = line.trim_ascii_start();
        if let Some(data) = data_of(line).or_else(|| line.starts_with(b"{\"").then_some(line)) {
            return Some(data);
        }
        let data = line.strip_prefix(b"error:");
        if let Some(name) = line.strip_prefix(b"event").filter(|rest| matches!(rest.first(), None | Some(b':'))) {
            self.is_error.0 = name.strip_prefix(b":").is_some_and(|name| name.trim_ascii() == b"error");
        }
        self.is_error.1 |= data.is_some();
        data.map(|data| data.strip_prefix(b" ").unwrap_or(data))
    }

    fn dispatch(&mut self, lone: &mut Option<&[u8]>, sink: &mut dyn FnMut(Item<'_>) -> bool) -> bool {
        let mut goes_on = true;
        let is_error = core::mem::take(&mut self.is_error);
        let item = if is_error.0 || is_error.1 { Item::Error } else { Item::Data };
        if let Some(data) = lone.take() {
            if !data.is_empty() {
                goes_on = sink(item(data));
            }
        } else if self.has_data {
            self.has_data = false;
            if !self.data.is_empty() {
                goes_on = sink(item(&self.data));
            }
            self.data.clear();
        }
        goes_on
    }

    fn keep(&mut self, data: &[u8]) -> Result<(), LimitExceeded> {
        if self.data.len() + data.len() + 1 > self.limits.max_event_bytes {
            return Err(LimitExceeded::Event);
        }
        if self.has_data {
            self.data.push(LF);
        }
        self.has_data = true;
        self.data.extend_from_slice(data);
        Ok(())
    }
}

/// The value of a `data` line, its one leading space removed.
fn data_of(line: &[u8]) -> Option<&[u8]> {
    let rest = line.strip_prefix(b"data")?;
    if rest.is_empty() {
        return Some(rest);
    }
    let value = rest.strip_prefix(b":")?;
    Some(value.strip_prefix(b" ").unwrap_or(value))
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITS: SseLimits = SseLimits { max_line_bytes: 1 << 20, max_event_bytes: 1 << 20 };

    fn decode(chunks: &[&[u8]], limits: SseLimits) -> Result<Vec<String>, LimitExceeded> {
        let mut decoder = Decoder::new(limits);
        let mut out = Vec::new();
        for chunk in chunks {
            decoder.feed(chunk, &mut |item| {
                out.push(match item {
                    Item::Data(data) => String::from_utf8_lossy(data).into_owned(),
                    Item::Comment(text) => [":", &String::from_utf8_lossy(text)].concat(),
                    Item::Error(data) => ["!", &String::from_utf8_lossy(data)].concat(),
                });
                true
            })?;
        }
        Ok(out)
    }

    const CASES: &[(&str, &[&str])] = &[
        ("data: a\n\n", &["a"]),
        ("data: a\r\n\r\n", &["a"]),
        ("data: a\r\rdata: b\r\r", &["a", "b"]),
        ("data:a\n\n", &["a"]),
        ("data:  a\n\n", &[" a"]),
        ("\u{feff}data: a\n\n", &["a"]),
        ("\u{feff}\u{feff}data: a\n\n", &["a"]),
        ("data: a\n\n\u{feff}data: b\n\u{feff}\n\u{feff}: c\n", &["a", "b", ": c"]),
        ("data: a\ndata: b\n\n", &["a\nb"]),
        ("data: a\r\ndata: b\r\ndata: c\r\n\r\n", &["a\nb\nc"]),
        ("data\n\n", &[]),
        ("data:\n\n", &[]),
        ("data: \n\n", &[]),
        ("data:\ndata: x\n\n", &["\nx"]),
        (": OPENROUTER PROCESSING\n\ndata: a\n\n", &[": OPENROUTER PROCESSING", "a"]),
        (": \n:\n\n\n\n: x\n\n", &[": ", ":", ": x"]),
        ("data: a\n: in between\ndata: b\n\n", &[": in between", "a\nb"]),
        ("event: x\nid: 1\nretry: 5\ndata: a\n\n", &["a"]),
        ("datax: a\ndat: b\n\n", &[]),
        ("data: a\n\n{\"b\":1}\n\n{b}\n\n", &["a", "{\"b\":1}"]),
        ("  data: a\n\tdata:b\n\n event: error\n data: c\n\n", &["a\nb", "!c"]),
        ("event: error\ndata: a\n\ndata: b\n\n", &["!a", "b"]),
        ("data: a\nevent:error \n\n", &["!a"]),
        ("error: a\n\ndata: b\n\n", &["!a", "b"]),
        ("error:a\r\nerror: b\r\n\r\n", &["!a\nb"]),
        ("event: error\n\ndata: b\n\n", &["b"]),
        ("event: errors\ndata: a\n\nerrors: b\n\n", &["a"]),
        ("event: error\nevent: x\ndata: a\n\nevent: x\nevent: error\ndata: b\n\n", &["a", "!b"]),
        ("event: error\nevent\ndata: a\n\nevent: error\nevents: x\ndata: b\n\n", &["a", "!b"]),
        ("error: a\nevent: x\n\n", &["!a"]),
        ("data: {\"t\":\"é😀\"}\n\n", &["{\"t\":\"é😀\"}"]),
        ("data: a\n\ndata: unfinished", &["a"]),
        ("data: a\n\ndata: unfinished\n", &["a"]),
        ("data: a\r\n\ndata: b\n\r\n", &["a", "b"]),
    ];

    #[test]
    fn a_stream_cut_at_every_byte_gives_the_same_items() {
        for (text, expected) in CASES {
            let bytes = text.as_bytes();
            assert_eq!(&decode(&[bytes], LIMITS).unwrap(), expected, "{text:?} whole");
            for cut in 0..=bytes.len() {
                assert_eq!(&decode(&[&bytes[..cut], &bytes[cut..]], LIMITS).unwrap(), expected, "{text:?} cut at {cut}");
            }
            let single: Vec<&[u8]> = bytes.chunks(1).collect();
            assert_eq!(&decode(&single, LIMITS).unwrap(), expected, "{text:?} byte by byte");
        }
    }

    #[test]
    fn a_line_and_an_event_over_their_limit_are_refused_however_they_are_cut() {
        let limits = SseLimits { max_line_bytes: 20, max_event_bytes: 30 };
        let long_line = "data: 0123456789012345678901234\n\n";
        let long_event = "data: 0123456789\ndata: 0123456789\ndata: 0123456789\n\n";
        for (text, expected) in [(long_line, LimitExceeded::Line), (long_event, LimitExceeded::Event)] {
            for size in [1, 2, 7, 1000] {
                let chunks: Vec<&[u8]> = text.as_bytes().chunks(size).collect();
                assert_eq!(decode(&chunks, limits), Err(expected), "{text:?} by {size}");
            }
        }
        assert_eq!(decode(&[b"data: 01234567890123"], limits), Ok(vec![]));
        assert_eq!(decode(&[b"data: 012345678901234"], limits), Err(LimitExceeded::Line), "a line that never ends");
    }

    #[test]
    fn the_event_that_a_body_ends_inside_of_is_given_at_the_end() {
        for (text, expected) in [
            ("data: [DONE]", "[DONE]"),
            ("data: [DONE] \r", "[DONE] "),
            ("data:[DONE]\n", "[DONE]"),
            ("data: [DON", "[DON"),
            ("data: a\n\ndata: b\ndata: c", "b\nc"),
            ("error: a", "!a"),
            ("event: error\ndata: a\n", "!a"),
            ("data: a\n\n", ""),
            ("data: a\n\r\n", ""),
            ("\u{feff}data: a", "a"),
            ("", ""),
        ] {
            let mut decoder = Decoder::new(LIMITS);
            decoder.feed(text.as_bytes(), &mut |_| true).unwrap();
            let mut rest = String::new();
            decoder
                .end(&mut |item| {
                    match item {
                        Item::Data(data) => rest.push_str(&String::from_utf8_lossy(data)),
                        Item::Error(data) => rest.push_str(&["!", &String::from_utf8_lossy(data)].concat()),
                        Item::Comment(_) => {}
                    }
                    true
                })
                .unwrap();
            assert_eq!(rest, expected, "{text:?}");
        }
    }
}
