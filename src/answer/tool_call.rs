//! Tool calls from their deltas: which call a delta belongs to, and whether a call came out whole.

mod delta;
mod unfinished;

use std::cell::RefCell;
use std::rc::Rc;

use crate::event::{Batch, Kind};
use crate::finished_call::{FinishedCall, meant, with_escapes};
use crate::json::{Raw, Reader};
use crate::json_string::{RawString, flush_surrogate};
use crate::limits::ToolCallLimits;
use crate::partial_json::{PartialJson, quote_unsafe_integers};
use crate::places::{Places, hash_of};
use crate::record::Writes;
use crate::text::tail;
use delta::{Arguments, Delta};
pub use delta::{is_signature, wrapped_signature};
pub use unfinished::{UnfinishedCall, UnfinishedCalls};

/// A cap was passed while tool calls were read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LimitExceeded {
    /// One call's arguments.
    Arguments,
    /// The number of calls.
    Calls,
}

#[derive(Debug, Default)]
struct Call {
    /// The id that deltas name; empty until one comes.
    wire_id: String,
    /// The id under which the call was announced.
    id: String,
    name: String,
    arguments: String,
    partial: PartialJson,
    surrogate: Option<u16>,
    /// `extra_content` as JSON: Gemini's thought signature, without which the next request is refused.
    extra: String,
    started: bool,
    deltas: u32,
}

/// How many deltas a call without an id waits before it is announced under one of ours: some providers send the id late.
const DELTAS_TO_WAIT_FOR_AN_ID: u32 = 2;

/// The calls of one message, in the order they began.
#[derive(Debug)]
pub struct ToolCalls {
    limits: ToolCallLimits,
    /// The names that may be called.
    offered: Rc<Vec<String>>,
    calls: Vec<Call>,
    /// Which call the deltas of a wire index go to.
    by_index: Places,
    /// The last call of an id of the wire, or the first one without id and index of a name and what it says.
    by_id: Places,
    /// The ids of the transcript and of the run's calls so far.
    taken: Rc<RefCell<Places>>,
    /// How many there were before the list at hand.
    before: usize,
    /// Of the arguments of all calls.
    bytes: usize,
    /// The call of the last array, where the same array with other arguments goes to the same one.
    repeats: Option<usize>,
}

impl ToolCalls {
    /// How long the arguments of all calls are.
    pub fn argument_bytes(&self) -> usize {
        self.bytes
    }

    /// No calls yet; of these tools, under ids that are not taken.
    pub fn new(limits: ToolCallLimits, offered: &Rc<Vec<String>>, taken: &Rc<RefCell<Places>>) -> Self {
        let (offered, taken) = (offered.clone(), taken.clone());
        let [by_index, by_id] = Default::default();
        Self { limits, offered, calls: Vec::new(), by_index, by_id, taken, before: 0, bytes: 0, repeats: None }
    }

    /// Whether no call was begun.
    pub fn is_empty(&self) -> bool {
        self.calls.is_empty()
    }

    /// Takes one `tool_calls` array. In a `whole` message the place in the array is the index, which such messages leave out.
    pub fn add(&mut self, deltas: Raw<'_>, whole: bool, out: &mut Batch) -> Result<(), LimitExceeded> {
        let mut result = Ok(());
        let mut place = 0;
        self.repeats = None;
        self.before = self.calls.len();
        // One alone comes without its list.
        deltas.each(|delta: Raw<'_>| {
            if result.is_ok() && delta.is_object() {
                result = self.add_delta(delta, whole.then_some(place), out);
                place += 1;
            }
        });
        if place != 1 || whole {
            self.repeats = None;
        }
        result
    }

    /// The arguments in `deltas`, the array that was added last, if [`ToolCalls::go_on`] can take the place of adding it again with
    /// others.
    pub fn repeatable<'a>(&self, deltas: Raw<'a>) -> Option<RawString<'a>> {
        self.repeats?;
        let mut arguments = None;
        deltas
            .each_item(|delta| arguments = delta.field("function").and_then(|function| function.field("arguments")).and_then(Raw::string));
        arguments
    }

    /// Adds the last array once more, with these arguments.
    pub fn go_on(&mut self, arguments: RawString<'_>, out: &mut Batch) -> Result<(), LimitExceeded> {
        let Some(place) = self.repeats else { return Ok(()) };
        self.extend(place, Delta { arguments: Some(Arguments::Piece(arguments)), ..Delta::default() }, out)
    }

    fn add_delta(&mut self, delta: Raw<'_>, place: Option<usize>, out: &mut Batch) -> Result<(), LimitExceeded> {
        let mut read = Delta::read(delta);
        if place.is_none() && read.index.is_none() && read.id.is_empty() && !read.has_function {
            return Ok(());
        }
        // A name may begin another call, which the full reading alone decides.
        let may_repeat = read.index.is_some() && read.name.is_empty() && read.extra.is_none() && read.signature.is_none();
        if self.is_told(&read, place.is_some()) {
            return Ok(());
        }
        let place = match place {
            Some(place) => self.place_in_message(place, &mut read)?,
            None => {
                let place = self.place_of(&read)?;
                if self.begins_another(place, &read) { self.open_at(read.index)? } else { place }
            }
        };
        self.extend(place, read, out)?;
        // By an index the next one finds the same call, whatever became of it. Before it is announced every delta may be the one.
        self.repeats = (may_repeat && self.calls[place].started).then_some(place);
        Ok(())
    }

    /// In a whole message the order tells, which may go on with what came in deltas or in the message before: `read` keeps what is new.
    fn place_in_message(&mut self, place: usize, read: &mut Delta<'_>) -> Result<usize, LimitExceeded> {
        let place = match self.calls.get(place) {
            None => self.open()?,
            Some(Call { wire_id, .. }) if read.id.is_empty() || wire_id.is_empty() || *wire_id == read.id => place,
            _ => match self.place_of_id(&read.id) {
                Some(place) => place,
                None => self.open()?,
            },
        };
        read.arguments = read.arguments.take().map(|arguments| {
            let rest = arguments.text().strip_prefix(&*self.calls[place].arguments).unwrap_or_default().to_owned();
            Arguments::Rest(rest)
        });
        Ok(place)
    }

    /// Index first. A known index whose call has another id begins a new call (or goes on with the one of that id): providers have
    /// sent two calls under one index. An unknown index begins a call when the delta names one; without id and name it goes on with
    /// the latest. Without an index the id decides, and without both a name begins a call once the latest is whole.
    fn place_of(&mut self, delta: &Delta<'_>) -> Result<usize, LimitExceeded> {
        let Delta { index, id, name, .. } = delta;
        let of_id = self.place_of_id(id);
        let latest = self.calls.len().checked_sub(1);
        let Some(index) = *index else {
            return match (of_id, latest) {
                (Some(place), _) => Ok(place),
                // An id may come late, too: for the one that has none yet.
                (None, Some(latest)) if id.is_empty() || self.calls[latest].wire_id.is_empty() => {
                    let call = &self.calls[latest];
                    let begins = !name.is_empty() && !call.name.is_empty() && call.is_whole();
                    if begins { self.open() } else { Ok(latest) }
                }
                _ => self.open(),
            };
        };
        let key = index.to_le_bytes();
        let known = self.by_index.get(&key);
        if let Some(place) = known {
            let Call { wire_id, name: held, .. } = &self.calls[place];
            // Some servers give every piece of a call an id of its own.
            let is_piece = of_id.is_none() && name.is_empty() && !held.is_empty() && delta.has_function;
            if id.is_empty() || wire_id.is_empty() || wire_id == id || is_piece {
                return Ok(place);
            }
        }
        let place = match (of_id, latest) {
            (Some(place), _) if known.is_some() || name.is_empty() => place,
            (None, Some(latest)) if known.is_none() && id.is_empty() && name.is_empty() => latest,
            _ => self.open()?,
        };
        self.by_index.set(&key, place);
        Ok(place)
    }

    fn place_of_id(&self, id: &str) -> Option<usize> {
        self.by_id.get(id.as_bytes()).filter(|place| self.calls[*place].wire_id == *id)
    }

    /// Whether a delta is a whole call that came before: some servers send what they have streamed once more. One that neither an id nor an index tells
    /// apart is the one of an earlier list that says the same; in one list, and in a message, the place does.
    fn is_told(&mut self, delta: &Delta<'_>, is_in_message: bool) -> bool {
        let Some(arguments) = delta.arguments.as_ref().filter(|_| !delta.name.is_empty()) else { return false };
        let meant = |arguments: &str| Reader::document(arguments.as_bytes()).ok().map(meaning);
        let Some(said) = meant(&arguments.text()) else { return false };
        let place = match delta.index {
            Some(index) if delta.id.is_empty() => self.by_index.get(&index.to_le_bytes()),
            None if delta.id.is_empty() && !is_in_message => {
                let key = [delta.name.as_bytes(), &said.to_le_bytes()].concat();
                let known = self.by_id.get(&key);
                if known.is_none() {
                    self.by_id.set(&key, self.calls.len());
                }
                known.filter(|place| *place < self.before)
            }
            _ => self.place_of_id(&delta.id),
        };
        let Some(call) = place.map(|place| &self.calls[place]) else { return false };
        delta.id == call.wire_id && delta.name == call.name && call.is_whole() && meant(&call.arguments) == Some(said)
    }

    /// Whether this is the beginning of an offered name, and none itself.
    fn is_part_of_name(&self, name: &str) -> bool {
        !name.is_empty() && !self.offered.iter().any(|tool| tool == name) && self.offered.iter().any(|tool| tool.starts_with(name))
    }

    /// Whether a delta that names the place of a whole call begins the next one there: some providers give every call of a message the
    /// same index or the same id. A delta that only repeats the name is none.
    fn begins_another(&self, place: usize, delta: &Delta<'_>) -> bool {
        let call = &self.calls[place];
        if delta.name.is_empty() || call.name.is_empty() || !call.is_whole() {
            return false;
        }
        let brings_arguments = delta.arguments.as_ref().is_some_and(|arguments| !arguments.text().trim_ascii().is_empty());
        delta.name != call.name || brings_arguments
    }

    /// A new call, to which the deltas of a wire index go from now on.
    fn open_at(&mut self, index: Option<u32>) -> Result<usize, LimitExceeded> {
        let place = self.open()?;
        if let Some(index) = index {
            self.by_index.set(&index.to_le_bytes(), place);
        }
        Ok(place)
    }

    fn open(&mut self) -> Result<usize, LimitExceeded> {
        if self.calls.len() == self.limits.max_calls {
            return Err(LimitExceeded::Calls);
        }
        self.calls.push(Call::default());
        Ok(self.calls.len() - 1)
    }

    fn extend(&mut self, place: usize, delta: Delta<'_>, out: &mut Batch) -> Result<(), LimitExceeded> {
        if !self.calls[place].started && !delta.name.is_empty() {
            let held = core::mem::take(&mut self.calls[place].name);
            let joined = [&held, &*delta.name].concat();
            // Some servers send a name in pieces, and others send all of it again.
            let is_piece = self.is_part_of_name(&held) && self.offered.iter().any(|tool| tool.starts_with(&joined));
            self.calls[place].name = if is_piece { joined } else { delta.name };
        }
        let call = &mut self.calls[place];
        call.deltas += 1;
        if call.wire_id.is_empty() && !delta.id.is_empty() {
            self.by_id.set(delta.id.as_bytes(), place);
            call.wire_id = delta.id;
        }
        if let Some(extra) = delta.extra {
            call.extra = extra.json().into_owned();
        } else if let Some(signature) = delta.signature {
            // Some leave the wrapping out.
            call.extra = wrapped_signature(signature);
        }
        let from = call.arguments.len();
        if let Some(arguments) = delta.arguments {
            match arguments {
                Arguments::Piece(piece) => piece.decode_into(&mut call.arguments, &mut call.surrogate),
                other => call.arguments.push_str(&other.text()),
            }
        }
        self.bytes += call.arguments.len() - from;
        if call.arguments.len() > self.limits.max_argument_bytes {
            return Err(LimitExceeded::Arguments);
        }
        if call.started {
            call.offer(place, from, out);
        } else if !call.name.is_empty()
            && (!call.wire_id.is_empty() || call.deltas > DELTAS_TO_WAIT_FOR_AN_ID)
            && !self.is_part_of_name(&self.calls[place].name)
        {
            self.start(place, out);
        }
        Ok(())
    }

    /// Announces a call and offers what it has so far. From here on its id and name stay.
    fn start(&mut self, place: usize, out: &mut Batch) {
        let mut taken = self.taken.borrow_mut();
        let mut number = taken.len() as u64;
        let call = &mut self.calls[place];
        let mut id = call.wire_id.clone();
        // Kimi has sent one id for two calls, and some servers count anew in every answer: their results could not be told apart. The core has no
        // randomness.
        while id.is_empty() || taken.set(id.as_bytes(), place).is_some() {
            let base = if call.wire_id.is_empty() { "call" } else { &call.wire_id };
            id = [base, "_", &number.to_string()].concat();
            number += 1;
        }
        let start = ToolCallStart { id: &id, name: &call.name, index: place as u64 };
        out.push(Kind::Json, 0, |text| start.write(text));
        call.id = id;
        call.started = true;
        call.offer(place, 0, out);
    }

    /// The calls of a message that has not ended, none of which may run; nothing where there is none.
    pub fn unfinished(&self) -> Option<UnfinishedCalls<'_>> {
        if self.calls.is_empty() { None } else { Some(UnfinishedCalls(&self.calls)) }
    }

    /// Every call, at the end. `hit_limit`: the message hit its length limit; a call without arguments had then not begun them.
    /// `cut_last`: it did so while the last call was being written, so however whole that looks it is not handed out. `strict` refuses
    /// empty arguments always, which otherwise mean `{}`.
    pub fn finish(&mut self, hit_limit: bool, cut_last: bool, strict: bool, out: &mut Batch) -> Vec<FinishedCall<'_>> {
        let last = self.calls.len().wrapping_sub(1);
        for place in 0..self.calls.len() {
            let call = &mut self.calls[place];
            // Half a character behind a whole call is nothing.
            if call.is_whole() {
                call.surrogate = None;
            }
            let from = call.arguments.len();
            flush_surrogate(&mut call.arguments, &mut call.surrogate);
            match call.started {
                true => call.offer(place, from, out),
                false => self.start(place, out),
            }
        }
        let calls = self.calls.iter().enumerate().map(|(place, call)| {
            let held = call.arguments.trim_ascii();
            let (is_whole, is_nothing) = (call.is_whole(), matches!(held, "" | "null" | "\"\""));
            let found = if is_whole { Some(held.into()) } else { meant(held).filter(|_| !(strict || is_nothing && hit_limit)) };
            let found = found.filter(|_| !(call.name.is_empty() || cut_last && place == last));
            let found = match found.as_deref().and_then(with_escapes) {
                Some(_) if strict => None,
                Some(mended) => Some(mended.into()),
                None => found,
            };
            let is_cut = !held.is_empty() && found.is_none() && call.partial.is_unfinished();
            let input = found.as_deref().filter(|_| call.partial.has_unsafe_integer()).map(quote_unsafe_integers);
            let is_whole = found.is_some();
            let arguments = found.unwrap_or_else(|| call.arguments.as_str().into());
            FinishedCall { is_cut, id: &call.id, name: &call.name, arguments, extra: &call.extra, is_whole, input }
        });
        calls.collect()
    }
}

impl Call {
    /// Whether the arguments so far are one JSON object.
    fn is_whole(&self) -> bool {
        // Before the call is announced its arguments have not been scanned.
        if self.started { self.partial.is_complete_object() } else { Reader::document(self.arguments.as_bytes()).is_ok_and(Raw::is_object) }
    }

    /// Offers the arguments from `from` on: as text, and as steps of the partial view.
    fn offer(&mut self, place: usize, from: usize, out: &mut Batch) {
        let piece = tail(&self.arguments, from);
        if piece.is_empty() {
            return;
        }
        let number = place as u32;
        self.partial.show(piece, number, out);
        // The steps first: the event then shows a view that has them.
        out.push(Kind::ToolCallDelta, number, |out| out.push_str(piece));
    }
}

/// What JSON says, as a hash: the order of an object's fields, blanks and escapes say nothing.
fn meaning(value: Raw<'_>) -> u64 {
    const FACTOR: u64 = 0x9e37_79b9_7f4a_7c15;
    let mut all = match value.string() {
        Some(text) => hash_of(text.decode().as_bytes()),
        None => value.number().map_or(u64::from(value.bytes()[0]), f64::to_bits),
    };
    value.each_field(|key, value| all = all.wrapping_add((hash_of(key) ^ meaning(value)).wrapping_mul(FACTOR)));
    value.each_item(|item| all = (all ^ meaning(item)).wrapping_mul(FACTOR));
    all
}

openrouter_wire::record! {
    /// A call begins.
    pub struct ToolCallStart<'a>: writes "tool-call-start" {
        id: &'a str,
        name: &'a str,
        /// Among the calls of the message.
        index: u64,
    }
}
