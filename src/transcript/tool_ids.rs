//! Tool ids in the form a provider takes (sanitization 9).
//!
//! The map outlives a call of [`ToolIdMap::apply`]: the messages that a tool loop adds are renamed without going over those before
//! them again.

use sha2::{Digest, Sha256};

use crate::change::Changes;
use crate::message::{Message, Role};
use crate::places::Places;
use crate::policy::ToolIds;
use crate::text::{between, find};
use crate::value::Value;

const RULE: &str = "tool-ids";
const STRICT_MAX: usize = 40;
/// How much of a base stays in front of a hash.
const STRICT_HEAD: usize = 32;
const STRICT_HASH: usize = 8;
const STRICT9_LENGTH: usize = 9;

/// Where a result may carry the id of its call. The wire's own name comes first: it is the one that pairing went by.
const RESULT_IDS: [&str; 6] = ["tool_call_id", "call_id", "callId", "tool_use_id", "toolCallId", "toolUseId"];
/// Where a client may have stored encrypted reasoning as text, with the call's id in it.
const SIGNATURES: [&str; 2] = ["thought_signature", "thoughtSignature"];

/// Which id every id became, from the first message on.
#[derive(Debug, Clone)]
pub struct ToolIdMap {
    mode: ToolIds,
    ids: Ids,
}

/// An id: as the caller wrote it, as it was given, or both.
#[derive(Debug, Clone)]
struct Id {
    text: String,
    is_given: bool,
    /// What the calls of this id became, in order.
    calls: Vec<u32>,
    /// How many of them have their result.
    answered: usize,
    /// How many results came that no call waits for.
    orphans: usize,
}

impl ToolIdMap {
    /// Nothing is taken yet.
    pub fn new(mode: ToolIds) -> Self {
        Self { mode, ids: Ids::default() }
    }

    /// Renames the calls of the messages and the results that belong to them. The messages follow those of the call before.
    pub fn apply(&mut self, messages: &mut [Message<'_>], changes: &mut Changes) {
        for message in messages {
            match message.role {
                Role::Assistant => self.turn(message, changes),
                Role::Tool => self.result(message, changes),
                _ => {}
            }
        }
    }

    fn turn(&mut self, message: &mut Message<'_>, changes: &mut Changes) {
        let Some(calls) = message.calls_mut() else { return };
        let mut renamed: Vec<Renamed> = Vec::new();
        let mut numbers: Vec<usize> = Vec::new();
        for (number, call) in calls.iter_mut().enumerate() {
            let held = call.get("id");
            let held = held.as_ref().and_then(Value::str);
            let raw = held.as_deref().unwrap_or(self.missing());
            if raw.is_empty() || !call.is_object() {
                continue;
            }
            let step = self.call(raw);
            if step.raw != step.given || held.is_none() {
                numbers.push(number);
                rename_call(call, raw, self.ids.text(step.given));
            }
            renamed.push(step);
        }
        if numbers.is_empty() {
            return;
        }
        self.rename_details(message, &mut renamed);
        message.touch();
        for number in numbers {
            changes.add(RULE, message.call_place(number, ".id"), self.reason());
        }
    }

    /// Encrypted reasoning names the call that it belongs to. Of several calls with one id, each has its own detail.
    fn rename_details(&self, message: &mut Message<'_>, renamed: &mut [Renamed]) {
        let Some(details) = message.fields.get_mut("reasoning_details").and_then(Value::array_mut) else { return };
        for detail in details {
            let Some(raw) = detail.get_str("id").and_then(|id| self.ids.find(&id)) else { continue };
            let mut own = None;
            for call in renamed.iter_mut().filter(|call| call.raw == raw) {
                let is_next = !call.has_detail;
                own = Some(call);
                if is_next {
                    break;
                }
            }
            let Some(call) = own else { continue };
            call.has_detail = true;
            if let Some(detail) = detail.object_mut().filter(|_| call.raw != call.given) {
                detail.set("id", Value::text(self.ids.text(call.given)));
            }
        }
    }

    fn result(&mut self, message: &mut Message<'_>, changes: &mut Changes) {
        let first = RESULT_IDS.iter().find_map(|name| message.fields.str(name).filter(|id| !id.is_empty()));
        if first.is_none() && (self.mode == ToolIds::Unique || RESULT_IDS.iter().any(|name| message.fields.str(name).is_some())) {
            return;
        }
        let given = self.answer(first.as_deref().unwrap_or(self.missing()));
        let given = self.ids.text(given);
        let mut is_changed = false;
        for name in RESULT_IDS {
            let differs = match message.fields.str(name) {
                Some(id) => !id.is_empty() && id != given,
                None => name == RESULT_IDS[0],
            };
            if differs {
                message.fields.set(name, Value::text(given));
                is_changed = true;
            }
        }
        if is_changed {
            message.touch();
            // A result that was made here is no change to what the caller wrote.
            if message.source.is_some() {
                changes.add(RULE, message.place(".tool_call_id"), self.reason());
            }
        }
    }

    /// What stands for an id that is not there.
    fn missing(&self) -> &'static str {
        match self.mode {
            ToolIds::Strict => "defaulttoolid",
            ToolIds::Strict9 => "defaultid",
            ToolIds::Unique => "",
        }
    }

    fn reason(&self) -> &'static str {
        match self.mode {
            ToolIds::Strict => "the provider takes ids of at most 40 letters and digits, each of them once",
            ToolIds::Strict9 => "the provider takes ids of exactly nine letters and digits, each of them once",
            ToolIds::Unique => "providers take each id once",
        }
    }

    /// What the next call of this id becomes.
    fn call(&mut self, raw: &str) -> Renamed {
        let slot = self.ids.slot(raw);
        let count = self.ids.get(slot).map_or(0, |id| id.calls.len()) + 1;
        let between = if self.mode == ToolIds::Unique { "_" } else { ":" };
        let given = if count == 1 { self.allocate(raw) } else { self.allocate(&seed(raw, between, count)) };
        if let Some(id) = self.ids.get_mut(slot) {
            id.calls.push(given);
        }
        Renamed { raw: slot, given, has_detail: false }
    }

    /// What the next result of this id becomes.
    fn answer(&mut self, raw: &str) -> u32 {
        let slot = self.ids.slot(raw);
        let mut orphans = 0;
        if let Some(id) = self.ids.get_mut(slot) {
            if let Some(given) = id.calls.get(id.answered) {
                id.answered += 1;
                return *given;
            }
            id.orphans += 1;
            orphans = id.orphans;
        }
        if self.mode == ToolIds::Unique {
            return slot;
        }
        let kept = (self.mode == ToolIds::Strict && is_orphan_form(raw)).then(|| self.give(raw)).flatten();
        kept.unwrap_or_else(|| self.allocate(&seed(raw, ":tool_result:", orphans)))
    }

    /// A form of the seed that nothing has yet.
    fn allocate(&mut self, seed: &str) -> u32 {
        let mut form = match self.mode {
            ToolIds::Strict => strict_base(seed),
            ToolIds::Strict9 => strict9_base(seed),
            ToolIds::Unique => seed.to_owned(),
        };
        let mut candidate = String::new();
        let mut tries = 0;
        loop {
            if let Some(slot) = self.give(&form) {
                return slot;
            }
            form = match (self.mode, tries) {
                (ToolIds::Strict9 | ToolIds::Unique, _) => hash(&[seed, ":", &decimal(tries)].concat(), STRICT9_LENGTH),
                (ToolIds::Strict, 0) => {
                    // Without what only Kimi's ids may have.
                    candidate = [letters_and_digits(&form, STRICT_HEAD), hash(seed, STRICT_HASH)].concat();
                    candidate.clone()
                }
                (ToolIds::Strict, _) => {
                    let suffix = ["x", &decimal(tries + 1)].concat();
                    [cut(&candidate, STRICT_MAX - suffix.len()), &suffix].concat()
                }
            };
            tries += 1;
        }
    }

    /// The number of a form from now on given; `None` where it was already.
    fn give(&mut self, form: &str) -> Option<u32> {
        let slot = self.ids.slot(form);
        let id = self.ids.get_mut(slot)?;
        (!core::mem::replace(&mut id.is_given, true)).then_some(slot)
    }
}

/// What became of one call of a turn, by the numbers of the ids.
struct Renamed {
    raw: u32,
    given: u32,
    has_detail: bool,
}

fn rename_call(call: &mut Value<'_>, raw: &str, given: &str) {
    let Some(call) = call.object_mut() else { return };
    call.set("id", Value::text(given));
    for name in SIGNATURES {
        let signature = call.str(name).and_then(|text| rename_inside(&text, raw, given));
        if let Some(signature) = signature {
            call.set(name, Value::Text(signature));
        }
    }
}

/// JSON in a string, when its `id` is the call's.
fn rename_inside(json: &str, raw: &str, given: &str) -> Option<String> {
    let mut value = Value::parse(json)?;
    let object = value.object_mut()?;
    if !object.get("id")?.is(raw) {
        return None;
    }
    object.set("id", Value::text(given));
    Some(value.to_json())
}

/// Kimi reads its own ids again (`functions.read:0`), so they are not touched.
fn is_kimi(id: &str) -> bool {
    let Some((name, number)) = id.strip_prefix("functions.").and_then(|rest| rest.rsplit_once(':')) else { return false };
    !name.is_empty()
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-.".contains(&byte))
        && !number.is_empty()
        && number.bytes().all(|byte| byte.is_ascii_digit())
}

/// Whether this rule has made the id for a result without a call. Such an id stays, or it would grow with every repair.
fn is_orphan_form(id: &str) -> bool {
    id.len() <= STRICT_MAX && id.bytes().all(|byte| byte.is_ascii_alphanumeric()) && find(id, "toolresult").is_some()
}

fn letters_and_digits(id: &str, most: usize) -> String {
    let mut out = Vec::with_capacity(id.len());
    id.as_bytes().split(|byte| !byte.is_ascii_alphanumeric()).for_each(|piece| out.extend_from_slice(piece));
    out.truncate(most);
    String::from_utf8(out).unwrap_or_default()
}

fn strict_base(id: &str) -> String {
    if is_kimi(id) {
        return id.to_owned();
    }
    let base = letters_and_digits(id, STRICT_MAX);
    if base.is_empty() { "sanitizedtoolid".to_owned() } else { base }
}

fn strict9_base(id: &str) -> String {
    let base = letters_and_digits(id, STRICT9_LENGTH);
    match base.len() {
        STRICT9_LENGTH => base,
        0 => hash("sanitized", STRICT9_LENGTH),
        _ => hash(&base, STRICT9_LENGTH),
    }
}

fn seed(raw: &str, between: &str, count: usize) -> String {
    [raw, between, &decimal(count)].concat()
}

fn decimal(number: usize) -> String {
    (number as u64).to_string()
}

fn cut(ascii: &str, most: usize) -> &str {
    between(ascii, 0, ascii.len().min(most))
}

/// The first hexadecimal digits of SHA-256.
fn hash(text: &str, digits: usize) -> String {
    let sum = Sha256::digest(text.as_bytes());
    let nibbles = sum.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    nibbles.take(digits).filter_map(|nibble| char::from_digit(u32::from(nibble), 16)).collect()
}

/// The ids by their text.
#[derive(Debug, Clone, Default)]
struct Ids {
    list: Vec<Id>,
    places: Places,
}

impl Ids {
    fn get(&self, slot: u32) -> Option<&Id> {
        self.list.get(slot as usize)
    }

    fn get_mut(&mut self, slot: u32) -> Option<&mut Id> {
        self.list.get_mut(slot as usize)
    }

    fn text(&self, slot: u32) -> &str {
        self.get(slot).map_or("", |id| &id.text)
    }

    /// The id's number.
    fn find(&self, text: &str) -> Option<u32> {
        self.places.get(text.as_bytes()).map(|place| place as u32).filter(|slot| self.text(*slot) == text)
    }

    /// The id's number; it is added if it is new.
    fn slot(&mut self, text: &str) -> u32 {
        self.find(text).unwrap_or_else(|| {
            let number = self.list.len();
            self.places.set(text.as_bytes(), number);
            self.list.push(Id { text: text.to_owned(), is_given: false, calls: Vec::new(), answered: 0, orphans: 0 });
            number as u32
        })
    }
}
