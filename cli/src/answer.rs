//! Answers: what a command has to say, as a page for people and as an object for machines.

use promotion_ledger::meaning::refusal::ExitCode;
use schemars::JsonSchema;
use serde::Serialize;

use crate::formats::Rows;
use crate::page::Page;
use crate::shown::{Show, Shown};

/// What machines read: a struct with a written schema.
pub(crate) trait View: Serialize + JsonSchema {
    /// The schema's name and version, as the object names it: `promoledger.status/1`.
    const SCHEMA: &'static str;
    /// What of it is a list, where the answer is one: what `--output csv` prints.
    const ROWS: Option<Rows> = None;
}

/// What a command has to say.
pub(crate) struct Answer {
    /// For people.
    pub(crate) page: Page,
    /// For machines; absent where there is no object.
    pub(crate) value: Option<serde_json::Value>,
    /// The list in the object.
    pub(crate) rows: Option<Rows>,
    /// The program's own text for other programs, printed as it is in place of page and object.
    pub(crate) script: Option<String>,
    /// How the process ends.
    pub(crate) code: ExitCode,
    /// What is said after it: conversation, not data.
    pub(crate) notes: Vec<Shown>,
}

impl Answer {
    /// An answer that ends well.
    pub(crate) fn new<V: View>(page: Page, view: &V) -> Self {
        Self::with_code(page, view, ExitCode::Done)
    }

    /// An answer that ends with that code.
    pub(crate) fn with_code<V: View>(page: Page, view: &V, code: ExitCode) -> Self {
        Self { page, value: Some(object(view, code)), rows: V::ROWS, script: None, code, notes: Vec::new() }
    }

    /// The same, with something said after it.
    #[must_use]
    pub(crate) fn note(mut self, note: impl Show) -> Self {
        self.notes.push(note.show());
        self
    }

    /// A text for other programs, such as a schema. It must be made of the program's own words alone.
    pub(crate) fn script(text: impl Into<String>) -> Self {
        Self { script: Some(text.into().trim_end().to_owned() + "\n"), ..Self::nothing() }
    }

    /// Nothing more than what the command has shown already.
    pub(crate) fn nothing() -> Self {
        Self { page: Page::new(), value: None, rows: None, script: None, code: ExitCode::Done, notes: Vec::new() }
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
