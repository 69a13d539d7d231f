//! Foreign text inside our sentences: short, and with nothing in it that a terminal obeys.

/// The longest piece of foreign text that a sentence quotes, in characters.
const LONGEST: usize = 200;

/// The text as it may stand in a sentence.
pub(super) fn shown(text: &str) -> String {
    let short: String = text.chars().take(LONGEST).collect();
    let dots = if short.len() < text.len() { "…" } else { "" };
    format!("{}{dots}", short.escape_debug())
}
