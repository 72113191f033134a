//! Results that stand further back than right behind their turn, where no rule was asked to move them.

use crate::message::{Message, Role};
use crate::places::Places;
use crate::value::Value;

/// Those of the messages that are still to come.
pub(crate) struct LateResults {
    /// Of every turn that is still to come, the first one last: whether its calls have a result behind them.
    pub(crate) turns: Vec<Vec<bool>>,
    places: Places,
    /// By place: how many results of an id have no call between themselves and where the walk stands.
    counts: Vec<u32>,
}

impl LateResults {
    /// From behind: a call takes the result that is next, and no call in front of it has that one.
    pub(crate) fn of<'m, 'a: 'm>(messages: impl DoubleEndedIterator<Item = &'m Message<'a>>) -> Self {
        let mut late = Self { turns: Vec::new(), places: Places::default(), counts: Vec::new() };
        for message in messages.rev() {
            if message.role == Role::Tool {
                let id = message.fields.text("tool_call_id").unwrap_or_default();
                match late.count(&id) {
                    Some(count) => *count += 1,
                    None => {
                        late.places.set(id.as_bytes(), late.counts.len());
                        late.counts.push(1);
                    }
                }
            } else if let Some(calls) = calls_of(message) {
                let has_result = calls.to_items().iter().map(|call| late.take(&call.get_text("id").unwrap_or_default())).collect();
                late.turns.push(has_result);
            }
        }
        late
    }

    fn count(&mut self, id: &str) -> Option<&mut u32> {
        let place = self.places.get(id.as_bytes())?;
        self.counts.get_mut(place)
    }

    /// Whether a result is left for a call of this id; it is the call's then.
    pub(crate) fn take(&mut self, id: &str) -> bool {
        self.count(id).filter(|count| **count > 0).map(|count| *count -= 1).is_some()
    }
}

/// The field of a turn's calls.
fn calls_of<'a>(message: &Message<'a>) -> Option<Value<'a>> {
    message.fields.get("tool_calls").filter(|calls| message.role == Role::Assistant && calls.is_array()).cloned()
}
