//! Answers: what a command has to say, as a page for people and as an object for machines.

use promotion_ledger::meaning::refusal::ExitCode;
use schemars::JsonSchema;
use serde::Serialize;

use crate::page::Page;

/// What machines read: a struct with a written schema.
pub(crate) trait View: Serialize + JsonSchema {
    /// The schema's name and version, as the object names it: `promoledger.status/1`.
    const SCHEMA: &'static str;
}

/// What a command has to say.
pub(crate) struct Answer {
    /// For people.
    pub(crate) page: Page,
    /// For machines; absent where the page is the data itself, as for completions.
    pub(crate) value: Option<serde_json::Value>,
    /// How the process ends.
    pub(crate) code: ExitCode,
    /// What is said after it: conversation, not data.
    pub(crate) notes: Vec<String>,
}

impl Answer {
    /// An answer that ends well.
    pub(crate) fn new<V: View>(page: Page, view: &V) -> Self {
        Self::with_code(page, view, ExitCode::Done)
    }

    /// An answer that ends with that code.
    pub(crate) fn with_code<V: View>(page: Page, view: &V, code: ExitCode) -> Self {
        Self { page, value: Some(object(view, code)), code, notes: Vec::new() }
    }

    /// The same, with something said after it.
    #[must_use]
    pub(crate) fn note(mut self, note: impl Into<String>) -> Self {
        self.notes.push(note.into());
        self
    }

    /// Data that is the same for people and machines.
    pub(crate) fn raw(text: impl Into<String>) -> Self {
        let mut page = Page::new();
        page.line(text.into().trim_end().to_owned());
        Self { page, value: None, code: ExitCode::Done, notes: Vec::new() }
    }
}

/// The object, with what every object carries.
fn object<V: View>(view: &V, code: ExitCode) -> serde_json::Value {
    let mut object = serde_json::to_value(view).expect("views hold nothing that JSON cannot");
    if let Some(fields) = object.as_object_mut() {
        fields.insert("schema".to_owned(), V::SCHEMA.into());
        fields.insert("success".to_owned(), (code == ExitCode::Done).into());
    }
    object
}
