//! An answer in one piece: one JSON value, or several, each of which is a chunk.

use crate::answer::{Answer, Desk, Failure, Reading, cut_error};
use crate::body_values::{BodyValues, close};
use crate::chunk::read_document;
use crate::error::{Code, Error};
use crate::event::Kind;
use crate::json::{Raw, Reader};
use crate::unread_error::UnreadError;

impl Answer {
    /// One JSON value is the answer or an error; of several, be they in a list, each is a chunk.
    pub(super) fn on_json(&mut self, mut body: Vec<u8>, desk: &mut Desk<'_>) -> Reading {
        // Its texts and what is said at the end, at once.
        desk.out.text.reserve_exact(body.len() + body.len() / 16 + 1024);
        let mut values = BodyValues::new(&body);
        let mut count = 0;
        let (start, malformed) = loop {
            let value = match values.next() {
                None => return self.end_of_json(count, values.is_done),
                Some(Ok(value)) => value,
                Some(Err(malformed)) => break (values.at, malformed),
            };
            count += if value.is_array() { 1 } else { 2 };
            if let Err(failure) = self.take(value, desk) {
                return Reading::Failed(failure);
            }
        };
        // Nothing says how long it should have been: a body that ends in the middle of a value was cut.
        if malformed.at < body.trim_ascii_end().len() {
            let message = ["the JSON answer is malformed at byte ", &(malformed.at as u64).to_string()].concat();
            return Reading::Failed(Error::new(Code::BadResponse, message).into());
        }
        body.drain(..start);
        close(&mut body);
        let failure = Reader::document(&body).ok().and_then(|value| self.take(value, desk).err());
        Reading::Failed(failure.unwrap_or_else(|| cut_error().into()))
    }

    fn end_of_json(&self, count: u32, is_done: bool) -> Reading {
        match count {
            // One answer, or the lists that it came in.
            _ if count < 3 || is_done || self.assembler.is_finished() => Reading::Whole,
            _ => Reading::Failed(cut_error().into()),
        }
    }

    fn take(&mut self, value: Raw<'_>, desk: &mut Desk<'_>) -> Result<(), Failure> {
        if desk.settings.raw_events {
            desk.out.push(Kind::RawData, 0, |text| text.push_str(&value.text()));
        }
        let mut result = Ok(());
        let mut apply = |value| {
            if result.is_ok()
                && let Some(chunk) = read_document(value)
            {
                if self.shapes.is_sample(value.bytes(), &chunk) {
                    desk.out.push(Kind::Sample, 0, |text| text.push_str(&value.text()));
                }
                result = self.assembler.apply(&chunk, desk.out).map_or(Ok(()), |error| Err(UnreadError::chunk(error).into()));
            }
        };
        value.each(&mut apply);
        result
    }
}
