//! `<think>` tags in a text: what stands between them is reasoning, wherever the stream cuts them. Tags in Markdown code are text
//! (provider-rules 9.2).

use crate::text::{between, tail};

/// What a tag may be called.
const NAMES: [&str; 5] = ["think", "thinking", "thought", "reasoning", "antthinking"];
const PREFIXES: [&str; 3] = ["antml:", "mm:", "seed:"];
/// A longer one is text: nothing is held back for ever.
const MAX_TAG_BYTES: usize = 256;
/// Blanks in front of a text that may be a tag's: so many are text.
const MAX_BLANK_BYTES: usize = 1024;

/// So far is looked ahead for what ends the code that a tag stands in. In it nothing is searched for twice but in text that is held back.
const MAX_AHEAD_BYTES: usize = 4096;

/// A piece of the text, and whether it is reasoning.
pub type Part = (bool, String);

/// Where in the text the stream stands.
#[derive(Debug, Default)]
pub struct ThinkTags {
    /// What may be the beginning of a tag.
    held: String,
    /// Blanks that go with a tag, if one follows.
    blank: String,
    /// Tags that are open.
    depth: u32,
    /// Some text was seen that is no blank: in all, and of the thought.
    has_text: bool,
    has_thought: bool,
    had_tag: bool,
    code: Code,
    thought_code: Code,
}

impl ThinkTags {
    /// Whether a piece is text as it is. Most are: this is all that they cost.
    #[inline]
    pub fn pass(&mut self, piece: &str) -> bool {
        let bytes = piece.as_bytes();
        let begins_plainly = || self.blank.is_empty() && bytes.first().is_some_and(|byte| !byte.is_ascii_whitespace());
        if !(self.has_text || begins_plainly())
            || self.depth > 0
            || !self.held.is_empty()
            || memchr::memchr3(b'<', b'`', b'~', bytes).is_some()
        {
            return false;
        }
        self.has_text = true;
        self.code.pass(bytes);
        true
    }

    /// Takes a piece apart.
    pub fn take(&mut self, piece: &str, parts: &mut Vec<Part>) {
        if self.held.is_empty() {
            return self.scan(piece, false, parts);
        }
        let mut text = core::mem::take(&mut self.held);
        text.push_str(piece);
        self.scan(&text, false, parts);
    }

    /// The text is over, or something else follows: what was held back is what it looks like.
    pub fn flush(&mut self, parts: &mut Vec<Part>) {
        let text = core::mem::take(&mut self.held);
        self.scan(&text, true, parts);
        let blank = core::mem::take(&mut self.blank);
        if !blank.is_empty() && self.depth == 0 && !self.had_tag {
            parts.push((false, blank));
        }
    }

    fn scan(&mut self, text: &str, is_last: bool, parts: &mut Vec<Part>) {
        let bytes = text.as_bytes();
        // Up to where a tag is known to be text.
        let (mut from, mut at, mut literal) = (0, 0, 0);
        while let Some(byte) = bytes.get(at) {
            let is_thought = self.depth > 0;
            let code = if is_thought { &mut self.thought_code } else { &mut self.code };
            if *byte == b'<' && at >= literal {
                let in_code = code.holds_next();
                let mut tag = tag_at(&bytes[at..]);
                if let Tag::Whole { bytes: length, is_end } = tag
                    && in_code
                {
                    tag = match is_end == is_thought {
                        true => code.tag_in(&bytes[at + length..], is_thought, is_last, tag),
                        false => Tag::None,
                    };
                    if matches!(tag, Tag::None) {
                        literal = at + length;
                    }
                }
                if matches!(tag, Tag::Cut) && !is_last {
                    self.say(between(text, from, at), parts);
                    self.held.push_str(tail(text, at));
                    return;
                }
                // A stray end is text: what stood before it has gone out. Nothing did before one that the text begins with: the thought came by
                // another way.
                let is_first = !self.has_text && between(text, from, at).trim_ascii().is_empty();
                if let Tag::Whole { bytes: length, is_end } = tag
                    && (!is_end || is_thought || is_first)
                {
                    self.say(between(text, from, at), parts);
                    self.pass_tag(is_end);
                    at += length;
                    from = at;
                    continue;
                }
            }
            code.step(*byte);
            at += 1;
        }
        self.say(tail(text, from), parts);
    }

    fn pass_tag(&mut self, is_end: bool) {
        self.had_tag = true;
        match is_end {
            true => self.depth = self.depth.saturating_sub(1),
            false => self.depth += 1,
        }
        if self.depth == u32::from(!is_end) {
            self.blank.clear();
            self.has_thought = false;
            self.thought_code = Code::default();
        }
    }

    /// Hands out what stands between tags, without the blanks around a thought.
    fn say(&mut self, text: &str, parts: &mut Vec<Part>) {
        let is_thought = self.depth > 0;
        let has_some = if is_thought { &mut self.has_thought } else { &mut self.has_text };
        let text = match (*has_some, is_thought || self.had_tag) {
            (false, true) => text.trim_ascii_start(),
            _ => text,
        };
        // Of a text the blanks that it begins with are held back, of a thought those that it may end with.
        let shown = match (*has_some, is_thought) {
            (true, false) => text.len(),
            (false, false) if text.trim_ascii().is_empty() => 0,
            (false, false) => text.len(),
            (_, true) => text.trim_ascii_end().len(),
        };
        let shown = if self.blank.len() < MAX_BLANK_BYTES { shown } else { text.len() };
        if shown > 0 {
            *has_some = true;
            let mut part = core::mem::take(&mut self.blank);
            part.push_str(between(text, 0, shown));
            parts.push((is_thought, part));
        }
        self.blank.push_str(tail(text, shown));
    }
}

#[derive(Clone, Copy)]
enum Tag {
    None,
    /// The part of it that is there fits.
    Cut,
    Whole {
        bytes: usize,
        is_end: bool,
    },
}

/// The tag that begins here. Not with a blank behind its bracket, as a comparison may have.
fn tag_at(bytes: &[u8]) -> Tag {
    let is_end = bytes.get(1) == Some(&b'/');
    let start = 1 + usize::from(is_end);
    let rest = bytes.get(start..).unwrap_or_default();
    let length = rest.iter().take_while(|byte| byte.is_ascii_alphabetic() || **byte == b':').count();
    let (name, behind) = rest.split_at(length);
    let is_begin = |wanted: &str, name: &[u8]| wanted.as_bytes().get(..name.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(name));
    let is_name =
        |name: &[u8], is_whole: bool| NAMES.iter().any(|wanted| is_begin(wanted, name) && (!is_whole || wanted.len() == name.len()));
    let bare = PREFIXES.iter().find_map(|prefix| name.get(prefix.len()..).filter(|_| is_begin(prefix, &name[..prefix.len()])));
    let Some(next) = behind.first() else {
        let fits = is_name(bare.unwrap_or(name), false) || PREFIXES.iter().any(|prefix| is_begin(prefix, name));
        return if fits { Tag::Cut } else { Tag::None };
    };
    if !is_name(bare.unwrap_or(name), true) || !(next.is_ascii_whitespace() || matches!(next, b'>' | b'/')) {
        return Tag::None;
    }
    match behind.iter().position(|byte| matches!(byte, b'<' | b'>')) {
        // One that ends itself holds nothing.
        Some(end) if behind[end] == b'>' && end < MAX_TAG_BYTES && !behind[..end].ends_with(b"/") => {
            Tag::Whole { bytes: start + length + end + 1, is_end }
        }
        None if behind.len() < MAX_TAG_BYTES => Tag::Cut,
        _ => Tag::None,
    }
}

/// Markdown's code, as far as tags hang on it: fences, and spans within a line.
#[derive(Debug, Default, Clone, Copy)]
struct Code {
    /// Backticks that opened a span.
    span: u32,
    /// What opened a fence, how many of it, and whether its line goes on.
    fence: Option<(u8, u32)>,
    is_fence_line: bool,
    /// Backticks or tildes at the end so far, and whether they began their line.
    run: u32,
    run_byte: u8,
    begins_line: bool,
    /// Blanks that the line begins with; 4: something else stands in it.
    indent: u8,
}

impl Code {
    /// Steps over bytes none of which is a backtick or a tilde.
    #[inline]
    fn pass(&mut self, bytes: &[u8]) {
        if bytes.is_empty() {
            return;
        }
        self.end_run();
        let line = match memchr::memrchr(b'\n', bytes) {
            Some(at) => {
                self.step(b'\n');
                &bytes[at + 1..]
            }
            None => bytes,
        };
        if self.indent < 4 {
            line.iter().for_each(|byte| self.step(*byte));
        }
    }

    /// What a tag in this code is, by what follows it. Code that has no end is none, but for a fence in the text, which Markdown lets run on; of
    /// a thought the code is over, and the tag text, where another end of the thought follows.
    #[cold]
    fn tag_in(mut self, ahead: &[u8], is_thought: bool, is_last: bool, tag: Tag) -> Tag {
        if !is_thought && self.fence.is_some() {
            return Tag::None;
        }
        let is_span = self.fence.is_none();
        for (at, byte) in ahead.iter().take(MAX_AHEAD_BYTES).enumerate() {
            if *byte == b'\n' && is_span && self.holds_next() {
                return tag;
            }
            self.step(*byte);
            let is_over = self.run == 0 && self.span == 0 && self.fence.is_none();
            if is_over && !is_thought {
                return Tag::None;
            }
            if is_over && *byte == b'<' {
                match tag_at(&ahead[at..]) {
                    Tag::Whole { is_end: true, .. } => return Tag::None,
                    Tag::Cut if !is_last => return Tag::Cut,
                    _ => {}
                }
            }
        }
        let is_open = self.holds_next();
        match () {
            () if ahead.len() < MAX_AHEAD_BYTES && !is_last => Tag::Cut,
            () if is_open || is_thought => tag,
            () => Tag::None,
        }
    }

    /// Whether what follows, no backtick or tilde, stands in code.
    fn holds_next(&mut self) -> bool {
        self.end_run();
        self.span > 0 || self.fence.is_some()
    }

    fn step(&mut self, byte: u8) {
        if matches!(byte, b'`' | b'~') {
            if self.run_byte != byte {
                self.end_run();
            }
            if self.run == 0 {
                self.begins_line = self.indent < 4;
            }
            self.run_byte = byte;
            self.run += 1;
            self.indent = 4;
            return;
        }
        self.end_run();
        match byte {
            b'\n' => {
                self.indent = 0;
                self.span = 0;
                self.is_fence_line = false;
            }
            b' ' => self.indent = (self.indent + 1).min(4),
            _ => self.indent = 4,
        }
    }

    fn end_run(&mut self) {
        let (run, byte) = (core::mem::take(&mut self.run), core::mem::take(&mut self.run_byte));
        if run == 0 {
            return;
        }
        let is_tick = byte == b'`';
        match self.fence {
            Some((of, least)) if of == byte && run >= least && self.begins_line => self.fence = None,
            // A fence has no backtick behind it in its line: it was a span.
            Some((_, opened)) if self.is_fence_line && is_tick => {
                self.fence = None;
                self.span = if run == opened { 0 } else { opened };
            }
            Some(_) => {}
            None if run >= 3 && self.begins_line && self.span == 0 => {
                self.fence = Some((byte, run));
                self.is_fence_line = true;
            }
            None if is_tick && self.span == 0 => self.span = run,
            None if is_tick && self.span == run => self.span = 0,
            None => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The text and the thoughts of pieces.
    fn split(pieces: &[&str]) -> (String, String) {
        let mut tags = ThinkTags::default();
        let mut parts = Vec::new();
        for piece in pieces {
            match tags.pass(piece) {
                true => parts.push((false, (*piece).to_owned())),
                false => tags.take(piece, &mut parts),
            }
        }
        tags.flush(&mut parts);
        let of = |wanted: bool| parts.iter().filter(|(is_thought, _)| *is_thought == wanted).map(|(_, text)| text.as_str()).collect();
        (of(false), of(true))
    }

    #[test]
    fn thoughts_leave_the_text_wherever_it_is_cut_and_code_stays() {
        let same = [
            "plain",
            "",
            "  leading blanks\n",
            " \n ",
            "a < b and <b>bold</b> <thinker>x</thinker> <think-tank> <",
            "`<think>a</think>`",
            "``a ` <think>b</think>``c",
            "```\n<think>a</think>\n```\n",
            "~~~xml\n<think>\n~~~\n",
            "  ```\n<think>a\n  ```",
            "````\n```\n<think>\n````\nb",
            "```<think>a</think>```",
            "say `<think>` and `</think>`, then",
            "a stray </think> end",
            "<thi",
            "x <think",
            "é<é>😀",
            "<<<>>>",
        ];
        let table = [
            ("<think>secret</think>\n\nHello", "Hello", "secret"),
            ("<think>\nsecret\n\nmore\n</think>\n\nHello\n", "Hello\n", "secret\n\nmore"),
            ("\n<think>s</think>x", "x", "s"),
            ("before <think>hidden</think> after", "before  after", "hidden"),
            ("a\n<THINKING id='1'>b</ThinkIng >c", "a\nc", "b"),
            ("<thought>a</thought><thinking>b</thinking><mm:think>c</mm:think>d", "d", "abc"),
            ("<think>never closed", "", "never closed"),
            ("x<think>never closed </thi", "x", "never closed </thi"),
            ("<think>", "", ""),
            ("</think>\n\nb", "b", ""),
            ("\n</think>b", "b", ""),
            ("</think></think>b", "b", ""),
            ("<think>a</think></think>b", "b", "a"),
            ("<seed:think>a</seed:think>b", "b", "a"),
            ("<think></think>", "", ""),
            ("<think> </think> a", "a", ""),
            ("<think>outer <think>inner</think> still</think>visible", "visible", "outer inner still"),
            ("<think>say `</think>` so</think>v", "v", "say `</think>` so"),
            ("<think>a ` tick</think>v", "v", "a ` tick"),
            ("<think>a ` tick</think>Use `x` or `</b>`.", "Use `x` or `</b>`.", "a ` tick"),
            ("<think>a ` tick\nand</think>v `x`", "v `x`", "a ` tick\nand"),
            ("<think>```js\nlet a</think>Here:\n```js\nlet b\n```\n", "Here:\n```js\nlet b\n```\n", "```js\nlet a"),
            ("<think>```\n</think>\n```\nso</think>v", "v", "```\n</think>\n```\nso"),
            ("<think>~~~\n``</think>\nv", "v", "~~~\n``"),
            ("<think>`` ` </think>v\n\nw", "v\n\nw", "`` `"),
            ("it's 5` <think>a</think>b", "it's 5` b", "a"),
            ("it's 5` <think>a\n`c`</think>b", "it's 5` b", "a\n`c`"),
            ("5`<think>a", "5`", "a"),
            ("``a`<think>b</think>", "``a`", "b"),
            ("<think><<think</think>v<", "v<", "<<think"),
            ("it's 5` long\n<think>a</think>b", "it's 5` long\nb", "a"),
            ("```js\nx\n```\n<think>a</think>b", "```js\nx\n```\nb", "a"),
            ("~~ <think>a</think>b", "~~ b", "a"),
            ("```a``` <think>a</think>b", "```a``` b", "a"),
            ("<think>é😀</think>漢", "漢", "é😀"),
        ];
        for (text, seen, thought) in same.iter().map(|text| (*text, *text, "")).chain(table) {
            let expected = (seen.to_owned(), thought.to_owned());
            assert_eq!(split(&[text]), expected, "{text:?}");
            let borders: Vec<usize> = (0..=text.len()).filter(|at| text.is_char_boundary(*at)).collect();
            for cut in &borders {
                for other in borders.iter().filter(|other| *other >= cut) {
                    assert_eq!(split(&[&text[..*cut], &text[*cut..*other], &text[*other..]]), expected, "{text:?} cut at {cut}, {other}");
                }
            }
            let single: Vec<&str> = borders.windows(2).map(|at| &text[at[0]..at[1]]).collect();
            assert_eq!(split(&single), expected, "{text:?} by characters");
        }
    }

    #[test]
    fn nothing_is_held_back_without_end() {
        let mut tags = ThinkTags::default();
        let mut parts = Vec::new();
        tags.take("<think ", &mut parts);
        for _ in 0..1000 {
            tags.take("aaaaaaaa", &mut parts);
        }
        assert!(tags.held.len() + tags.blank.len() < 2 * MAX_TAG_BYTES);
        let mut tags = ThinkTags::default();
        for _ in 0..10_000 {
            tags.take("  ", &mut parts);
        }
        assert!(tags.blank.len() <= MAX_BLANK_BYTES);
    }
}
