//! What `engine/partial-view.js` makes of the steps of [`openrouter_wasm::partial_json`].

use openrouter_wasm::partial_json::Op;

/// Follows the steps as JavaScript does.
#[derive(Default)]
pub(crate) struct View {
    pub(crate) text: String,
    depth: Vec<(bool, usize)>,
    in_string: bool,
    keyed: bool,
}

impl View {
    fn comma(&mut self) {
        self.end_string();
        if !core::mem::take(&mut self.keyed)
            && let Some((_, count)) = self.depth.last_mut()
        {
            if *count > 0 {
                self.text.push(',');
            }
            *count += 1;
        }
    }
    fn end_string(&mut self) {
        if core::mem::take(&mut self.in_string) {
            self.text.push('"');
        }
    }
    fn escaped(&mut self, text: &str) {
        let mut quoted = String::new();
        openrouter_wasm::json_string::write_string(&mut quoted, text);
        self.text.push_str(&quoted[1..quoted.len() - 1]);
    }
    pub(crate) fn apply(&mut self, op: Op<'_>) {
        match op {
            Op::OpenObject | Op::OpenArray => {
                self.comma();
                self.text.push(if op == Op::OpenObject { '{' } else { '[' });
                self.depth.push((op == Op::OpenObject, 0));
            }
            Op::Close => {
                self.end_string();
                let (object, _) = self.depth.pop().unwrap();
                self.text.push(if object { '}' } else { ']' });
            }
            Op::Key(key) => {
                self.comma();
                self.text.push('"');
                self.escaped(key);
                self.text.push_str("\":");
                self.keyed = true;
            }
            Op::OpenString => {
                self.comma();
                self.text.push('"');
                self.in_string = true;
            }
            Op::AppendString(text) => self.escaped(text),
            Op::Scalar(text) => {
                self.comma();
                self.text.push_str(text);
            }
        }
    }
}
