//! Reading the file: values with their places, checked, variables put in.
//!
//! A wrong value is noted in the file and reads as not set, the first complaint counts: with a `Result` from every step the reader is
//! 8.7 KB of the package (brotli), this way 6.6.

use core::cell::RefCell;

use crate::change::place;
use crate::credentials::clean_key;
use crate::error::Error;
use crate::json::Raw;
use crate::params::is_hostile_key;
use crate::text::{between, find, tail};
use crate::value::{Object, Value};

/// What a known key must hold.
#[derive(Clone, Copy)]
pub(super) enum Kind {
    /// A string; `${NAME}` in it is replaced. A blank one is not set.
    Text,
    /// A string or a reference to a secret.
    Secret,
    /// A number, 0 or more.
    Number,
    /// `true` or `false`.
    Flag,
    /// `true`, `false` or an object.
    FlagOrObject,
    /// Any object, kept as written.
    Object,
    /// A list of strings.
    Texts,
}

/// Fields of one kind, by their names in the result.
pub(super) type Fields = (Kind, &'static [&'static str]);

/// What a field of the result is called in the file: the first name that is there counts.
const NAMES: [(&str, &[&str]); 4] = [
    ("baseUrl", &["baseUrl", "baseURL"]),
    ("baseURL", &["baseUrl", "baseURL"]),
    ("model", &["model", "modelId"]),
    ("voice", &["speakerVoice", "speakerVoiceId", "voice", "voiceId"]),
];

/// The file, and what is wrong with it.
pub(super) struct File<'a> {
    root: Raw<'a>,
    wrong: RefCell<Option<Error>>,
    warnings: RefCell<Vec<String>>,
}

/// A value and where it stands in the file.
#[derive(Clone)]
pub(super) struct Node<'a> {
    path: String,
    raw: Raw<'a>,
    file: &'a File<'a>,
}

impl<'a> File<'a> {
    pub(super) fn new(root: Raw<'a>) -> Self {
        Self { root, wrong: RefCell::default(), warnings: RefCell::default() }
    }

    pub(super) fn root(&'a self) -> Node<'a> {
        Node { path: String::new(), raw: self.root, file: self }
    }

    /// The first complaint, or else the warnings.
    pub(super) fn verdict(&self) -> Result<Vec<String>, Error> {
        self.wrong.take().map_or(Ok(self.warnings.take()), Err)
    }

    /// A variable that the file's `env` holds, as a plain string, in either of its two places.
    fn variable(&self, name: &str) -> Option<String> {
        let env = self.root.field("env")?;
        let held = env.field(name).or_else(|| env.field("vars")?.field(name))?.string()?.decode();
        if held.is_empty() || next_reference(&held, 0).is_some() { None } else { Some(held) }
    }
}

impl<'a> Node<'a> {
    #[cold]
    pub(super) fn wrong(&self, problem: &str) {
        let path = if self.path.is_empty() { "config" } else { &self.path };
        self.file.wrong.borrow_mut().get_or_insert_with(|| Error::invalid(path, problem));
    }

    #[cold]
    pub(super) fn warn(&self, problem: &str, what: &str) {
        self.file.warnings.borrow_mut().push([&self.path, ": ", problem, what, "; left out"].concat());
    }

    pub(super) fn is_object(&self) -> bool {
        self.raw.is_object()
    }

    fn below(&self, key: &str, raw: Raw<'a>) -> Self {
        let is_plain = key.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        let path = match (is_plain, self.path.is_empty()) {
            (true, true) => key.to_owned(),
            (true, false) => [&self.path, ".", key].concat(),
            (false, _) => [&self.path, "[\"", key, "\"]"].concat(),
        };
        Self { path, raw, file: self.file }
    }

    pub(super) fn get(&self, key: &str) -> Option<Self> {
        if !self.is_object() {
            self.wrong("must be an object");
        }
        self.raw.field(key).map(|raw| self.below(key, raw))
    }

    /// The value at the end of a path of keys, with a dot between them.
    pub(super) fn at(&self, path: &str) -> Option<Self> {
        path.split('.').try_fold(self.clone(), |node, key| node.get(key))
    }

    /// Key and value of every field that is set, hostile keys left out.
    pub(super) fn fields(&self) -> Vec<(String, Self)> {
        if !self.is_object() {
            self.wrong("must be an object");
        }
        let mut fields = Vec::new();
        self.raw.each_field(|key, raw| {
            let key = String::from_utf8_lossy(key).into_owned();
            if raw.present().is_some() && !is_hostile_key(&key) {
                let node = self.below(&key, raw);
                fields.push((key, node));
            }
        });
        fields
    }

    pub(super) fn items(&self) -> Vec<Self> {
        if !self.raw.is_array() {
            self.wrong("must be an array");
        }
        let mut items = Vec::new();
        self.raw.each_item(|raw| items.push(Self { path: place(&self.path, items.len(), ""), raw, file: self.file }));
        items
    }

    /// The value as it is written.
    pub(super) fn written(&self) -> Value<'a> {
        Value::Raw(self.raw)
    }

    pub(super) fn text(&self) -> Option<String> {
        let Some(raw) = self.raw.string() else {
            self.wrong("must be a string");
            return None;
        };
        self.replace_references(&raw.decode()).filter(|text| !text.trim_ascii().is_empty())
    }

    /// A string, or `{source, id}`, which names a place where the secret is kept. Of those only the file's own `env` can be read here.
    pub(super) fn secret(&self) -> Option<String> {
        let key = match self.raw.field("source").and_then(|source| source.string()) {
            Some(source) => {
                let id = self.get("id").and_then(|id| id.text()).filter(|_| source.bytes() == b"env");
                let held = id.and_then(|id| self.file.variable(&id));
                if held.is_none() {
                    self.warn("refers to a secret that the file does not hold", "");
                }
                held
            }
            None => self.text(),
        };
        key.map(|key| clean_key(&key)).filter(|key| !key.is_empty())
    }

    /// Checks the fields that `table` names and copies those that are set.
    pub(super) fn read(&self, table: &[Fields], out: &mut Object<'a>) {
        for (kind, names) in table {
            for name in *names {
                let same = [*name];
                let spellings = NAMES.iter().find(|(held, _)| held == name).map_or(same.as_slice(), |(_, spellings)| spellings);
                let found = spellings.iter().find_map(|spelling| self.get(spelling));
                if let Some(value) = found.and_then(|node| node.value(*kind)) {
                    out.set(name, value);
                }
            }
        }
    }

    /// The value, if it is of this kind.
    pub(super) fn value(&self, kind: Kind) -> Option<Value<'a>> {
        let is_flag = || self.written().as_bool().is_some();
        let (fits, problem) = match kind {
            Kind::Text => return self.text().map(Value::Text),
            Kind::Secret => return self.secret().map(Value::Text),
            Kind::Texts => {
                let texts = self.items().iter().filter_map(|item| item.text().map(Value::Text)).collect();
                return Some(Value::Array(texts));
            }
            Kind::Number => (self.written().as_number().is_some_and(|number| number >= 0.0), "must be a number, 0 or more"),
            Kind::Flag => (is_flag(), "must be true or false"),
            Kind::FlagOrObject => (is_flag() || self.is_object(), "must be true, false or an object"),
            Kind::Object => (self.is_object(), "must be an object"),
        };
        if !fits {
            self.wrong(problem);
        }
        Some(self.written())
    }

    /// Puts in the variables that a text refers to: `${NAME}` in capitals, `$${NAME}` for the text itself. `None`: one is not known.
    fn replace_references(&self, text: &str) -> Option<String> {
        let (mut out, mut from) = (String::new(), 0);
        while let Some((at, end)) = next_reference(text, from) {
            let (before, reference) = (between(text, from, at), between(text, at, end));
            if let Some(before) = before.strip_suffix('$') {
                out.push_str(before);
                out.push_str(reference);
            } else {
                let Some(held) = self.file.variable(between(text, at + 2, end - 1)) else {
                    self.warn("the file's env does not hold ", reference);
                    return None;
                };
                out.push_str(before);
                out.push_str(&held);
            }
            from = end;
        }
        out.push_str(tail(text, from));
        Some(out)
    }
}

/// Where the next `${NAME}` begins and ends.
fn next_reference(text: &str, from: usize) -> Option<(usize, usize)> {
    let mut from = from;
    loop {
        let at = from + find(tail(text, from), "${")?;
        let name = tail(text, at + 2).as_bytes();
        let length = name.iter().take_while(|byte| matches!(byte, b'A'..=b'Z' | b'0'..=b'9' | b'_')).count();
        if length > 0 && !name[0].is_ascii_digit() && name.get(length) == Some(&b'}') {
            return Some((at, at + length + 3));
        }
        from = at + 2;
    }
}
