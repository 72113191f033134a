//! The text of a body that grows: what was prepared once is never looked at again when a tool loop adds to it.

use core::ops::Range;

use super::cache_markers::{self, Retention};
use super::draft::Draft;
use super::output_limit::Room;
use super::{deepseek, frame, read_added};
use crate::change::Changes;
use crate::error::Error;
use crate::message::Message;
use crate::model_ref::ModelRef;
use crate::policy::Policy;
use crate::text::{between, tail};
use crate::transcript::Context;
use crate::transcript::clean::is_clean;
use crate::transcript::images::Placeholders;
use crate::transcript::repair::{RepairRequest, read_repaired};
use crate::transcript::replay::Target;
use crate::value::Value;

/// A body in pieces. The whole of it is `head`, every stable piece so far, the volatile one, `tail`.
#[derive(Debug)]
pub struct Conversation {
    /// Up to and with the bracket that opens the messages.
    pub head: String,
    /// From the bracket that closes them.
    pub tail: String,
    /// Messages that will not change any more and were not taken yet.
    stable: String,
    /// From the message with the moving cache marker on, as it is sent now, and as it will stand later.
    volatile: Volatile,
    is_first: bool,
    /// What the context leaves for the answer; nothing when the caller said it.
    room: Option<Room>,
    /// Where in the tail the limit of the answer is written; empty when it is nowhere.
    limit_at: Range<usize>,
    settings: Settings,
}

#[derive(Debug, Default)]
struct Volatile {
    marked: String,
    plain: String,
}

/// What later messages are prepared by.
#[derive(Debug)]
struct Settings {
    model: ModelRef,
    /// `None`: each message goes to the repairs, which read what the caller wrote.
    policy: Option<Policy>,
    /// As the caller wrote it.
    policy_text: Option<String>,
    sees_images: bool,
    sees_video: bool,
    has_tools: bool,
    thinks: bool,
    fits_deepseek: bool,
    retention: Option<Retention>,
    count: usize,
}

impl Conversation {
    /// Writes what the draft has come to. `count` is how many messages the caller wrote.
    pub(super) fn new(draft: &mut Draft<'_>, policy: Option<Policy>, policy_text: Option<String>, count: usize) -> Result<Self, Error> {
        let settings = Settings {
            model: draft.model.clone(),
            policy: policy.map(|policy| Policy { assistant_first: false, ..policy }),
            policy_text,
            sees_images: draft.record.sees("image"),
            sees_video: draft.record.sees("video"),
            has_tools: draft.record.supports_tools != Some(false),
            thinks: draft.thinks,
            fits_deepseek: deepseek::applies(draft),
            retention: cache_markers::retention(draft).filter(|retention| *retention != Retention::None),
            count,
        };
        // Messages of `extraBody` stand in place of everything that was prepared.
        let own = draft.body.remove("messages");
        let (head, end, limit_at) = frame(&mut draft.body);
        let is_ours = |room: &Room| between(&end, limit_at.start, limit_at.end) == room.limit().to_string();
        let room = draft.room.filter(is_ours);
        let mut this =
            Self { head, tail: end, stable: String::new(), volatile: Volatile::default(), is_first: true, room, limit_at, settings };
        match own {
            Some(own) if own.is_array() => {
                for item in own.to_items() {
                    let mut text = String::new();
                    item.write(&mut text);
                    this.push_stable(&text);
                }
            }
            Some(_) => return Err(Error::invalid("extraBody.messages", "must be an array")),
            None => this.write(&mut draft.messages),
        }
        Ok(this)
    }

    /// Adds messages to the end: the answer and the results of its calls. Only they are looked at. When they have to be repaired first
    /// nothing is added, and the request for it is given; `repaired` is its answer.
    pub fn append(&mut self, messages: &str, repaired: Option<&str>, changes: &mut Changes) -> Result<Option<String>, Error> {
        let settings = &mut self.settings;
        let mut added = read_added(messages, settings.count)?;
        let count = added.len();
        match repaired {
            Some(repaired) => added = read_repaired(repaired, changes)?.messages,
            None => {
                let target = Target {
                    model: &settings.model,
                    sees_images: settings.sees_images,
                    sees_video: settings.sees_video,
                    has_tools: settings.has_tools,
                };
                let is_clean = |policy| {
                    is_clean(&mut added, &Context { policy, target, allowed_tool_names: None, placeholders: Placeholders::default() })
                };
                if !settings.policy.is_some_and(is_clean) {
                    let policy = settings.policy_text.clone().map(Value::Json);
                    let request = RepairRequest { policy, first: settings.count as u32, ..RepairRequest::of(target) };
                    return Ok(Some(request.with(&added)));
                }
            }
        }
        settings.count += count;
        if settings.fits_deepseek {
            added.iter_mut().for_each(|message| deepseek::fit(message, settings.thinks, changes));
        }
        if let Some(room) = &mut self.room {
            room.add(&added);
        }
        // The marker moves on only when there is a place for it among the new ones.
        if settings.retention.is_none() || cache_markers::last_place(&mut added).is_some() {
            let plain = core::mem::take(&mut self.volatile).plain;
            self.stable.push_str(&plain);
            self.write(&mut added);
        } else {
            for message in &added {
                let mut text = String::from(",");
                message.write(&mut text);
                self.volatile.marked.push_str(&text);
                self.volatile.plain.push_str(&text);
            }
        }
        self.write_limit();
        Ok(None)
    }

    /// Texts that are kept outside make the prompt longer too.
    pub fn add_chars(&mut self, chars: u64) {
        if let Some(room) = self.room.as_mut().filter(|_| chars > 0) {
            room.add_chars(chars);
            self.write_limit();
        }
    }

    fn write_limit(&mut self) {
        let Some(room) = &self.room else { return };
        self.set_limit(&room.limit().to_string());
    }

    fn set_limit(&mut self, limit: &str) {
        let (name, at) = match self.limit_at.is_empty() {
            true => (",\"max_completion_tokens\":", self.tail.len() - 1..self.tail.len() - 1),
            false => ("", self.limit_at.clone()),
        };
        let start = at.start + name.len();
        self.tail = [between(&self.tail, 0, at.start), name, limit, tail(&self.tail, at.end)].concat();
        self.limit_at = start..start + limit.len();
    }

    /// Lets the answer have so many tokens at most; `false` when it may have no more already.
    pub fn limit_output(&mut self, tokens: u64) -> bool {
        let held = between(&self.tail, self.limit_at.start, self.limit_at.end).parse().unwrap_or(u64::MAX);
        if tokens >= held {
            return false;
        }
        if let Some(room) = &mut self.room {
            room.lower(tokens);
        }
        self.set_limit(&tokens.to_string());
        true
    }

    fn push_stable(&mut self, text: &str) {
        if !core::mem::replace(&mut self.is_first, false) {
            self.stable.push(',');
        }
        self.stable.push_str(text);
    }

    fn write(&mut self, messages: &mut [Message<'_>]) {
        let marked_at = self.settings.retention.and_then(|_| cache_markers::last_place(messages)).unwrap_or(messages.len());
        for (at, message) in messages.iter_mut().enumerate() {
            if at < marked_at {
                if !core::mem::replace(&mut self.is_first, false) {
                    self.stable.push(',');
                }
                message.write(&mut self.stable);
                continue;
            }
            let comma = if core::mem::replace(&mut self.is_first, false) { "" } else { "," };
            let start = self.volatile.plain.len();
            self.volatile.plain.push_str(comma);
            message.write(&mut self.volatile.plain);
            match self.settings.retention.filter(|_| at == marked_at) {
                Some(retention) => {
                    cache_markers::mark_last_text(message, retention);
                    self.volatile.marked.push_str(comma);
                    message.write(&mut self.volatile.marked);
                }
                None => self.volatile.marked.push_str(tail(&self.volatile.plain, start)),
            }
        }
    }

    /// The stable messages since the last call, as they stand between the brackets.
    pub fn take_stable(&mut self) -> String {
        core::mem::take(&mut self.stable)
    }

    /// What stands behind the stable messages now.
    pub fn volatile(&self) -> &str {
        &self.volatile.marked
    }

    /// The whole body while nothing of it was taken yet.
    pub fn text(&self) -> String {
        [self.head.as_str(), &self.stable, &self.volatile.marked, &self.tail].concat()
    }
}
