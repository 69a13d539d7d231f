//! Which characters play with whoever reads them, and what is shown in their place.
//!
//! Reasons, labels, file names and the errors of other programs are written by anybody. A character that a terminal obeys,
//! that turns text round or that nobody sees is spelled `\u{202e}`; everything else stays as it is, in every script.

use unicode_width::UnicodeWidthChar;

/// How many marks one letter may carry: scripts of the world get by with fewer, and more of them paint over other lines.
const MARKS: usize = 4;

/// The text in one line, with everything hidden in it spelled out.
pub(crate) fn visible(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut letter = Letter::default();
    for character in text.chars() {
        if letter.takes(character) {
            shown.push(character);
        } else {
            shown.extend(character.escape_unicode());
        }
    }
    shown
}

/// Whether the character is never shown as it is.
pub(crate) fn is_hidden(character: char) -> bool {
    character.is_control() || is_ignored(character) || has_no_meaning(character) || matches!(character, '\u{2028}' | '\u{2029}')
}

/// Characters that Unicode says are drawn as nothing (`Default_Ignorable_Code_Point`: the bidirectional controls, what joins
/// and parts letters, tags, fillers), variation selectors apart; and those that annotate others.
fn is_ignored(character: char) -> bool {
    matches!(character,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180e}' | '\u{200b}'..='\u{200f}'
        | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}'
        | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e00ff}' | '\u{e01f0}'..='\u{e0fff}')
}

/// Characters that mean what two parties agreed on (private use), or nothing (noncharacters). Characters that Unicode has
/// not assigned yet are shown as the terminal shows them: a later Unicode may have made letters of them.
fn has_no_meaning(character: char) -> bool {
    let code = u32::from(character);
    matches!(character, '\u{e000}'..='\u{f8ff}' | '\u{f0000}'..) || matches!(character, '\u{fdd0}'..='\u{fdef}') || code & 0xfffe == 0xfffe
}

/// Characters that choose a form of the letter before them, such as an emoji's in colour.
fn selects_a_form(character: char) -> bool {
    matches!(character, '\u{180b}'..='\u{180d}' | '\u{180f}' | '\u{fe00}'..='\u{fe0f}' | '\u{e0100}'..='\u{e01ef}')
}

/// The letter that is being read, and what it carries already.
#[derive(Default)]
struct Letter {
    base: Option<char>,
    selected: bool,
    marks: usize,
}

impl Letter {
    /// Whether the character may be shown as it is where it stands.
    fn takes(&mut self, character: char) -> bool {
        if is_hidden(character) {
            // What comes next must not join what is written in this one's place.
            *self = Self::default();
            return false;
        }
        if selects_a_form(character) {
            // ASCII has one form: selectors behind it, and a second one behind anything, only carry hidden data.
            return self.base.is_some_and(|base| !base.is_ascii()) && !std::mem::replace(&mut self.selected, true);
        }
        if character.width() == Some(0) {
            self.marks += 1;
            return self.base.is_some() && self.marks <= MARKS;
        }
        *self = Self { base: Some(character), ..Self::default() };
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use unicode_width::UnicodeWidthStr as _;

    /// The ends of the ranges that must never be shown, and a few between them.
    const HIDDEN: &str = "\u{0}\u{7}\u{8}\t\n\r\u{1b}\u{1f}\u{7f}\u{80}\u{9b}\u{9f}\u{ad}\u{61c}\u{115f}\u{180e}\u{200b}\u{200c}\u{200d}\
                          \u{200e}\u{200f}\u{2028}\u{2029}\u{202a}\u{202e}\u{2060}\u{2066}\u{2069}\u{206f}\u{3164}\u{feff}\u{ffa0}\u{fff9}\
                          \u{fffb}\u{e000}\u{f8ff}\u{fdd0}\u{ffff}\u{e0001}\u{e0020}\u{e007f}\u{f0000}\u{10ffff}";

    // proves: FR-036
    #[test]
    fn whatever_hides_is_spelled_out() {
        for character in HIDDEN.chars() {
            assert_eq!(visible(&format!("a{character}b")), format!("a\\u{{{:x}}}b", u32::from(character)));
        }
        assert_eq!(visible("\u{1b}[31mred\u{7}"), "\\u{1b}[31mred\\u{7}");
        assert_eq!(visible("a\u{202e}b\nc"), "a\\u{202e}b\\u{a}c");
    }

    // proves: FR-036
    #[test]
    fn the_scripts_of_the_world_stay_as_they_are() {
        for text in [
            "plain “text” – 1.4.2",
            "Grüße, e\u{301}te\u{301}, Tiê\u{301}ng Việt",
            "Привет мир",
            "日本語、한국어、\u{1112}\u{1161}\u{11ab}",
            "العربية مُحَمَّد",
            "עברית שָׁלוֹם",
            "हिन्दी क्षत्रिय",
            "ภาษาไทยที่นี่",
            "བོད་སྐད",
            "⚠\u{fe0f} 🎉 葛\u{e0100}",
        ] {
            assert_eq!(visible(text), text);
        }
    }

    // proves: FR-036
    #[test]
    fn a_letter_carries_few_marks_and_nothing_joins_what_stands_before_the_text() {
        let flood = format!("a{}b", "\u{301}".repeat(100));
        assert_eq!(visible(&flood), format!("a{}{}b", "\u{301}".repeat(MARKS), "\\u{301}".repeat(100 - MARKS)));
        assert_eq!(visible("\u{301}a"), "\\u{301}a");
        assert_eq!(visible("\u{200b}\u{301}"), "\\u{200b}\\u{301}");
        assert_eq!(visible("prod\u{fe0f}"), "prod\\u{fe0f}");
        assert_eq!(visible("☎\u{fe0e}\u{fe0f}\u{e0101}"), "☎\u{fe0e}\\u{fe0f}\\u{e0101}");
    }

    // proves: FR-036
    #[test]
    fn every_character_is_seen_or_spelled_out() {
        for character in '\u{0}'..=char::MAX {
            let shown = visible(&character.to_string());
            assert!(shown.width() > 0 && !shown.contains(is_hidden), "{:x}", u32::from(character));
        }
    }
}
