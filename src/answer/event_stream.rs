//! An answer that comes as events: each is a chunk, the end, an error or a sign of life.

use crate::answer::{Answer, Body, Desk, Failure, Reading, cut_error};
use crate::assemble::Assembler;
use crate::body_values::{BodyValues, is_done};
use crate::chunk::{read_chunk, read_document};
use crate::error::{Code, Error};
use crate::event::{Batch, Kind};
use crate::json::Malformed;
use crate::record::Writes;
use crate::shapes::Shapes;
use crate::sse::{self, Decoder, Item};
use crate::unread_error::UnreadError;

impl Answer {
    pub(super) fn on_events(&mut self, now: f64, bytes: &[u8], desk: &mut Desk<'_>) -> Reading {
        let Body::Events(decoder) = &mut self.body else { return Reading::More };
        if self.body_bytes > desk.settings.limits.max_body_bytes {
            return Reading::Failed(Error::new(Code::Limit, "the answer is larger than limits.maxBodyBytes").into());
        }
        let (assembler, shapes) = (&mut self.assembler, &mut self.shapes);
        let (clocks, out, raw_events) = (&mut *desk.clocks, &mut *desk.out, desk.settings.raw_events);
        let mut end: Option<Result<(), Failure>> = None;
        let (told, mut is_billed) = (&mut self.told, false);
        let tells_comments = desk.settings.processing_events;
        let fed = decoder.feed(bytes, &mut |item| {
            if told.is_some() {
                is_billed = hear_bill(assembler, item);
                return !is_billed;
            }
            let data = match item {
                Item::Data(data) => data,
                Item::Comment(text) => {
                    if tells_comments {
                        write_comment(out, text);
                    }
                    return true;
                }
                Item::Error(data) => {
                    end = Some(Err(UnreadError::event(data).into()));
                    &[]
                }
            };
            clocks.on_data(now);
            if end.is_none() && (raw_events || !shapes.apply(assembler, data, out)) {
                end = apply_event(assembler, shapes, out, data, raw_events);
            }
            // Its bill may stand behind an error. Where nothing is sent again anyway, nobody waits for it.
            if !assembler.has_output() && !assembler.is_billed() {
                match end.take() {
                    Some(Err(Failure::Unread(error))) => *told = Some(error),
                    other => end = other,
                }
            }
            end.is_none() && !assembler.is_over_limit()
        });
        if assembler.has_output() {
            clocks.on_output();
        }
        if let Err(limit) = fed {
            let name = match limit {
                sse::LimitExceeded::Line => "a line of the answer is longer than limits.maxLineBytes",
                sse::LimitExceeded::Event => "an event of the answer is larger than limits.maxEventBytes",
            };
            return Reading::Failed(Error::new(Code::Limit, name).into());
        }
        if self.told.is_some() {
            clocks.on_goodbye(now);
        }
        match end.or_else(|| self.told.take_if(|_| is_billed).map(|error| Err(Failure::Unread(error)))) {
            None => Reading::More,
            Some(Ok(())) => Reading::Whole,
            Some(Err(error)) => Reading::Failed(error),
        }
    }

    /// The stream may end inside an event: what is whole of it counts.
    pub(super) fn on_last_event(&mut self, mut decoder: Decoder, desk: &mut Desk<'_>) -> Reading {
        let mut end = None;
        let (assembler, shapes) = (&mut self.assembler, &mut self.shapes);
        if let Some(error) = self.told.take() {
            let _ = decoder.end(&mut |item| !hear_bill(assembler, item));
            return Reading::Failed(Failure::Unread(error));
        }
        let raw_events = desk.settings.raw_events;
        // Past a limit it is no whole one.
        let _ = decoder.end(&mut |item| {
            end = match item {
                Item::Data(data) => match apply_event(assembler, shapes, desk.out, data, raw_events) {
                    Some(Err(Failure::Known(error))) if error.code == Code::BadResponse => None,
                    end => end,
                },
                Item::Error(data) => Some(Err(UnreadError::event(data).into())),
                _ => None,
            };
            true
        });
        match end {
            Some(Err(error)) => Reading::Failed(error),
            None if !self.assembler.is_finished() => Reading::Failed(cut_error().into()),
            _ => Reading::Whole,
        }
    }
}

openrouter_wire::record! {
    /// A sign of life.
    pub struct Processing<'a>: writes "processing" {
        /// The comment.
        text: &'a str,
    }
}

/// A sign of life, as it is written.
#[cold]
pub(super) fn write_comment(out: &mut Batch, text: &[u8]) {
    let text = String::from_utf8_lossy(text);
    out.push(Kind::Json, 0, |json| Processing { text: text.trim_ascii() }.write(json));
}

/// An event behind the one that told the answer's error: only what it says of the bill counts. Whether that is known now, or never will be.
#[cold]
fn hear_bill(assembler: &mut Assembler, item: Item<'_>) -> bool {
    let Item::Data(data) = item else { return false };
    if let Ok(Some(chunk)) = read_chunk(data) {
        assembler.apply_head(&chunk);
    }
    is_done(data) || assembler.is_billed()
}

/// One event of the stream. `None`: go on; `Some`: the end, good or bad.
#[inline(never)]
fn apply_event(
    assembler: &mut Assembler,
    shapes: &mut Shapes,
    out: &mut Batch,
    data: &[u8],
    raw_events: bool,
) -> Option<Result<(), Failure>> {
    if is_done(data) {
        return Some(Ok(()));
    }
    if raw_events {
        out.push(Kind::RawData, 0, |text| text.push_str(&String::from_utf8_lossy(data)));
    }
    match read_chunk(data) {
        Ok(Some(chunk)) => {
            if shapes.is_sample(data, &chunk) {
                out.push(Kind::Sample, 0, |text| text.push_str(&String::from_utf8_lossy(data)));
            }
            let applied = assembler.apply(&chunk, out);
            shapes.learn(data, &chunk, assembler);
            applied.map(|error| Err(UnreadError::chunk(error).into()))
        }
        Ok(None) if data.trim_ascii_start().starts_with(b"[") => apply_values(assembler, out, data).unwrap_or_default(),
        Ok(None) => None,
        // Somebody has framed it twice.
        Err(malformed) if is_noise(data, malformed) => {
            let inner = data.trim_ascii_start().strip_prefix(b"data:")?;
            apply_event(assembler, shapes, out, inner, false)
        }
        Err(malformed) => apply_values(assembler, out, data).unwrap_or_else(|| {
            let message = [
                "an event of the answer is no JSON (byte ",
                &(malformed.at as u64).to_string(),
                " of ",
                &(data.len() as u64).to_string(),
                ")",
            ];
            Some(Err(Error::new(Code::BadResponse, message.concat()).into()))
        }),
    }
}

/// Several values in one event: somebody has left out the lines between them. `None`: there are not several.
#[cold]
fn apply_values(assembler: &mut Assembler, out: &mut Batch, data: &[u8]) -> Option<Option<Result<(), Failure>>> {
    let mut values = BodyValues::new(data);
    let count = values.by_ref().take_while(Result::is_ok).count();
    // A list alone is a list of chunks.
    if count == 0 || (count == 1 && values.is_whole && !values.is_done && !data.trim_ascii_start().starts_with(b"[")) {
        return None;
    }
    let mut failure = None;
    for value in BodyValues::new(data).take(count).flatten() {
        let mut apply = |value| {
            if failure.is_none()
                && let Some(chunk) = read_document(value)
            {
                failure = assembler.apply(&chunk, out);
            }
        };
        value.each(&mut apply);
    }
    if let Some(error) = failure {
        return Some(Some(Err(UnreadError::chunk(error).into())));
    }
    values.is_whole.then(|| values.is_done.then_some(Ok(())))
}

/// Whether data is no JSON at all, as a keep-alive that a proxy wrapped: what breaks off in the middle is.
fn is_noise(data: &[u8], malformed: Malformed) -> bool {
    match data.trim_ascii_start().first() {
        Some(b'{') => false,
        Some(b'[' | b'"') => malformed.at < data.trim_ascii_end().len(),
        _ => true,
    }
}
