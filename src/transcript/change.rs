//! What was done to a request on its way out, and what is odd about it: `{rule, path, reason}`.

use std::borrow::Cow;

use openrouter_wire::record::Writes;

/// One change or one warning.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The rule, by the name of its file.
    pub rule: Cow<'static, str>,
    /// The place in what the caller wrote: `messages[3].content[1]`.
    pub path: String,
    /// What was done, and why.
    pub reason: Cow<'static, str>,
}

/// What was changed, in order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Changes(pub Vec<Change>);

/// Among how many kinds of change one is looked for.
const NEIGHBOURS: usize = 64;

impl Changes {
    /// Notes one.
    #[cold]
    pub fn add(&mut self, rule: impl Into<Cow<'static, str>>, path: impl Into<String>, reason: impl Into<Cow<'static, str>>) {
        self.0.push(Change { rule: rule.into(), path: path.into(), reason: reason.into() });
    }

    /// Adds those that have crossed.
    pub fn add_crossed(&mut self, CrossedChanges { kinds, runs }: CrossedChanges<'_>) {
        for ChangeRun { kind, places } in runs {
            let Some(ChangeKind { rule, reason }) = kinds.get(kind as usize) else { continue };
            for path in places {
                self.add(rule.clone().into_owned(), path, reason.clone().into_owned());
            }
        }
    }

    /// All of them, as they cross. A repair of a long transcript says the same few things a thousand times; said once each they are a fourth
    /// as long.
    pub fn crossed(&self) -> CrossedChanges<'_> {
        let mut kinds: Vec<ChangeKind<'_>> = Vec::new();
        let mut runs: Vec<ChangeRun<'_>> = Vec::new();
        for Change { rule, path, reason } in &self.0 {
            // Neighbours are alike; among thousands of kinds none is looked for from the front.
            let from = kinds.len().saturating_sub(NEIGHBOURS);
            let number = (from..kinds.len()).rev().find(|at| kinds[*at].rule == *rule && kinds[*at].reason == *reason);
            let number = number.unwrap_or(kinds.len());
            if number == kinds.len() {
                kinds.push(ChangeKind { rule: Cow::Borrowed(rule), reason: Cow::Borrowed(reason) });
            }
            let path = Cow::Borrowed(path.as_str());
            match runs.last_mut().filter(|run| run.kind == number as u64) {
                Some(run) => run.places.push(path),
                None => runs.push(ChangeRun { kind: number as u64, places: vec![path] }),
            }
        }
        CrossedChanges { kinds, runs }
    }

    /// Appends them as JSON.
    pub fn write(&self, out: &mut String) {
        self.crossed().write(out);
    }
}

openrouter_wire::record! {
    /// What was changed: each kind once (of more than 64 kinds, some again), and the places in their order.
    pub struct CrossedChanges<'a>: both {
        kinds: Vec<ChangeKind<'a>>,
        runs: Vec<ChangeRun<'a>>,
    }
}

openrouter_wire::record! {
    /// What was done, and why.
    pub struct ChangeKind<'a>: both {
        /// By the name of its file.
        rule: Cow<'a, str>,
        reason: Cow<'a, str>,
    }
}

openrouter_wire::record! {
    /// Changes of one kind that follow each other.
    pub struct ChangeRun<'a>: both {
        /// Its number among the kinds.
        kind: u64,
        /// Where: `messages[3].content[1]`.
        places: Vec<Cow<'a, str>>,
    }
}

/// `messages[3]` and what is below it, without the machinery of `format!`.
pub fn place(list: &str, number: usize, below: &str) -> String {
    // With room for what is put behind it.
    let mut out = String::with_capacity(list.len() + below.len() + 32);
    push_place(&mut out, list, number, below);
    out
}

/// Appends the same.
pub fn push_place(out: &mut String, list: &str, number: usize, below: &str) {
    out.push_str(list);
    out.push('[');
    out.push_str(&(number as u64).to_string());
    out.push(']');
    out.push_str(below);
}
