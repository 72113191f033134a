//! The calls of a turn, and which of them a result answers, in whatever order results come.

use std::borrow::Cow;

use crate::places::Places;

/// The calls of a turn that have no result yet.
#[derive(Default)]
pub(crate) struct OpenCalls<'a> {
    calls: Vec<Option<OpenCall<'a>>>,
    /// Those in front of it have theirs: results mostly come in order.
    next: usize,
    /// From the first result on that comes out of order: by id the first call of it, and beside each call the next of its id.
    by_id: Option<(Places, Vec<usize>)>,
}

impl<'a> OpenCalls<'a> {
    /// In the order of the turn.
    pub(crate) fn of(calls: impl Iterator<Item = OpenCall<'a>>) -> Self {
        Self { calls: calls.map(Some).collect(), ..Self::default() }
    }

    /// Those that no result has answered.
    pub(crate) fn left(self) -> impl Iterator<Item = OpenCall<'a>> {
        self.calls.into_iter().flatten()
    }

    /// The first call of this id, which is not open any more.
    pub(crate) fn take(&mut self, id: &str) -> Option<OpenCall<'a>> {
        while self.calls.get(self.next).is_some_and(Option::is_none) {
            self.next += 1;
        }
        if self.calls.get(self.next)?.as_ref().is_some_and(|call| call.id == id) {
            return self.calls[self.next].take();
        }
        let count = self.calls.len();
        let (first, next) = self.by_id.get_or_insert_with(|| {
            let (mut first, mut next) = (Places::default(), vec![count; count]);
            for (at, call) in self.calls.iter().enumerate().rev() {
                if let Some(before) = call.as_ref().and_then(|call| first.set(call.id.as_bytes(), at)) {
                    next[at] = before;
                }
            }
            (first, next)
        });
        while let Some(at) = first.get(id.as_bytes()).filter(|at| *at < count) {
            first.set(id.as_bytes(), next[at]);
            // What was next in its turn stands here, too.
            let found = self.calls[at].take_if(|call| call.id == id);
            if found.is_some() {
                return found;
            }
        }
        None
    }
}

/// One of them.
pub(crate) struct OpenCall<'a> {
    pub(crate) id: Cow<'a, str>,
    pub(crate) name: Option<Cow<'a, str>>,
    /// Whether its result stands further back; `None` until somebody had to look.
    pub(crate) has_late: Option<bool>,
}
