//! Texts that others wrote and that people are shown: what nobody sees in them could make one name look like another, or turn
//! the direction of the text around it.

use icu_properties::{
    CodePointMapData, CodePointSetData,
    props::{CanonicalCombiningClass, DefaultIgnorableCodePoint, ExtendedPictographic, JoiningType},
};

const NON_JOINER: char = '\u{200c}';
const JOINER: char = '\u{200d}';
/// Asks for an emoji in colour where there is a plain form too.
const IN_COLOUR: char = '\u{fe0f}';
/// Puts a digit on a key.
const KEYCAP: char = '\u{20e3}';

/// Whether a character has no look of its own: controls, line ends, and all that Unicode lets a font ignore
/// (`Default_Ignorable_Code_Point`), among them those that turn the direction of text, tags, fillers and joiners. There is none
/// in an e-mail address (#20, #88).
pub fn is_invisible(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{2028}' | '\u{2029}' | '\u{fff9}'..='\u{fffb}')
        || CodePointSetData::new::<DefaultIgnorableCodePoint>().contains(c)
}

/// A name as it is shown: on one line, of at most `longest` characters, without anything invisible; nothing if nothing is left.
/// Joiners stay where a script needs them (RFC 5892 appendix A.1 and A.2) and in emoji, and so does what colours these.
pub fn shown(text: &str, longest: usize) -> Option<String> {
    let may_stay = |c: char| matches!(c, NON_JOINER | JOINER | IN_COLOUR) || !is_invisible(c);
    let cleaned: String = text.chars().filter(|&c| may_stay(c)).collect();
    let all: Vec<char> = cleaned.trim().chars().take(longest).collect();
    let mut kept = String::with_capacity(cleaned.len());
    for (at, &c) in all.iter().enumerate() {
        let after = &all[at + 1..];
        let stays = match c {
            NON_JOINER => is_after_virama(&kept) || parts_joined_letters(&kept, after),
            JOINER => is_after_virama(&kept) || joins_emoji(&kept, after),
            IN_COLOUR => kept.ends_with(is_pictograph) || after.first() == Some(&KEYCAP),
            _ => true,
        };
        if stays {
            kept.push(c);
        }
    }
    let kept = kept.trim();
    (!kept.trim_matches(is_invisible).is_empty()).then(|| kept.to_owned())
}

/// RFC 5892 appendix A.1 and A.2: the letter before has a virama, as in Malayalam.
fn is_after_virama(before: &str) -> bool {
    let class = CodePointMapData::<CanonicalCombiningClass>::new();
    before.chars().next_back().is_some_and(|c| class.get(c) == CanonicalCombiningClass::Virama)
}

/// RFC 5892 appendix A.1: between letters that would join without it, as in Persian.
fn parts_joined_letters(before: &str, after: &[char]) -> bool {
    let joining = CodePointMapData::<JoiningType>::new();
    let opaque = |c: &char| joining.get(*c) != JoiningType::Transparent;
    let left = before.chars().rev().find(opaque).map(|c| joining.get(c));
    let right = after.iter().copied().find(opaque).map(|c| joining.get(c));
    matches!(left, Some(JoiningType::LeftJoining | JoiningType::DualJoining))
        && matches!(right, Some(JoiningType::RightJoining | JoiningType::DualJoining))
}

/// Between two pictographs (UTS #51), of which the first may have a colour.
fn joins_emoji(before: &str, after: &[char]) -> bool {
    let plain = before.trim_end_matches(|c| c == IN_COLOUR || is_skin_tone(c));
    plain.ends_with(is_pictograph) && after.first().is_some_and(|&c| is_pictograph(c))
}

/// ASCII has digits that can become emoji, and no emoji.
fn is_pictograph(c: char) -> bool {
    !c.is_ascii() && (is_skin_tone(c) || CodePointSetData::new::<ExtendedPictographic>().contains(c))
}

fn is_skin_tone(c: char) -> bool {
    matches!(c, '\u{1f3fb}'..='\u{1f3ff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn invisible_characters_are_removed_from_a_name() {
        // #103; Unicode `Default_Ignorable_Code_Point`, and the controls.
        let ranges = [
            (0x0, 0x1f),
            (0x7f, 0x9f),
            (0xad, 0xad),
            (0x34f, 0x34f),
            (0x61c, 0x61c),
            (0x115f, 0x1160),
            (0x17b4, 0x17b5),
            (0x180b, 0x180f),
            (0x200b, 0x200f),
            (0x2028, 0x202e),
            (0x2060, 0x206f),
            (0x3164, 0x3164),
            (0xfe00, 0xfe0f),
            (0xfeff, 0xfeff),
            (0xffa0, 0xffa0),
            (0xfff0, 0xfffb),
            (0x1_bca0, 0x1_bca3),
            (0x1_d173, 0x1_d17a),
            (0xe_0000, 0xe_0fff),
        ];
        let mut count = 0;
        for c in ranges.into_iter().flat_map(|(first, last)| (first..=last).filter_map(char::from_u32)) {
            assert!(is_invisible(c), "{c:?}");
            for text in
                [format!("A{c}da"), format!("{c}Ada{c}"), format!("A{c}{c}da"), format!(" {c} Ada {c} ")]
            {
                assert_eq!(shown(&text, 9).as_deref(), Some("Ada"), "{c:?}");
            }
            assert_eq!(shown(&format!("{c}"), 9), None, "{c:?}");
            assert_eq!(shown(&format!(" {c}{c} "), 9), None, "{c:?}");
            count += 1;
        }
        let all = (0..=0x10_ffff).filter_map(char::from_u32).filter(|&c| is_invisible(c)).count();
        assert_eq!(all, count, "nothing else is invisible");
    }

    #[test]
    fn joiners_stay_where_a_script_or_an_emoji_needs_them() {
        for name in [
            // Persian: Mir-Hosseini, and a plural.
            "\u{645}\u{6cc}\u{631}\u{62d}\u{633}\u{6cc}\u{646}\u{6cc}",
            "\u{639}\u{644}\u{6cc}\u{200c}\u{631}\u{636}\u{627}",
            // With a vowel sign, which is transparent.
            "\u{639}\u{644}\u{6cc}\u{64f}\u{200c}\u{64e}\u{631}\u{636}\u{627}",
            // Malayalam with a chillu of the old kind, Sinhala, Bengali, Kannada, Hindi.
            "\u{d05}\u{d28}\u{d4d}\u{200d}\u{d35}\u{d30}\u{d4d}\u{200d}",
            "\u{dc1}\u{dca}\u{200d}\u{dbb}\u{dd3}",
            "\u{9b0}\u{9cd}\u{200d}\u{9af}",
            "\u{cb0}\u{ccd}\u{200c}\u{c95}",
            "\u{915}\u{94d}\u{200d}\u{937}",
            // Emoji: an astronaut, a couple with a heart, one with a skin tone, a family, a rainbow flag, a keycap, a heart.
            "Ada \u{1f469}\u{200d}\u{1f680}",
            "\u{1f469}\u{200d}\u{2764}\u{fe0f}\u{200d}\u{1f468}",
            "\u{1f469}\u{1f3fd}\u{200d}\u{1f680}",
            "\u{1f468}\u{200d}\u{1f469}\u{200d}\u{1f467}\u{200d}\u{1f466}",
            "\u{1f3f3}\u{fe0f}\u{200d}\u{1f308}",
            "Ada 1\u{fe0f}\u{20e3}",
            "Ada \u{2764}\u{fe0f}",
            // Letters of every script, marks and flags.
            "Jos\u{e9} N\u{fa}\u{f1}ez-O\u{2019}Neil",
            "\u{5d0}\u{5d3}\u{5d4} \u{627}\u{62f}\u{627}",
            "\u{e2a}\u{e21}\u{e0a}\u{e31}\u{e22} \u{1f1f9}\u{1f1ed}",
        ] {
            assert_eq!(shown(name, 99).as_deref(), Some(name), "{}", name.escape_unicode());
        }
        for (name, left) in [
            ("A\u{200d}da", "Ada"),
            ("A\u{200c}da", "Ada"),
            ("\u{200d}Ada\u{200d}", "Ada"),
            ("Ada\u{fe0f}", "Ada"),
            ("1\u{fe0f}2", "12"),
            // Where letters do not join, there is nothing to part.
            ("\u{631}\u{200c}\u{636}", "\u{631}\u{636}"),
            ("\u{639}\u{200c}", "\u{639}"),
            ("\u{639}\u{200c} \u{639}", "\u{639} \u{639}"),
            ("\u{639}\u{200d}\u{639}", "\u{639}\u{639}"),
            // One is enough, and others do not hide between.
            ("\u{639}\u{200c}\u{200c}\u{639}", "\u{639}\u{200c}\u{639}"),
            ("\u{639}\u{202e}\u{200c}\u{2066}\u{639}", "\u{639}\u{200c}\u{639}"),
            ("\u{d28}\u{d4d}\u{200d}\u{200d}\u{d35}", "\u{d28}\u{d4d}\u{200d}\u{d35}"),
            ("\u{1f469}\u{200d}", "\u{1f469}"),
            ("\u{1f469}\u{200d}a", "\u{1f469}a"),
            ("a\u{200d}\u{1f469}", "a\u{1f469}"),
            ("\u{2764}\u{fe0f}\u{fe0f}", "\u{2764}\u{fe0f}"),
            // A flag of tags is a black flag; whatever was written in tags is gone.
            ("\u{1f3f4}\u{e0067}\u{e0062}\u{e007f}", "\u{1f3f4}"),
        ] {
            assert_eq!(shown(name, 99).as_deref(), Some(left), "{}", name.escape_unicode());
        }
    }

    #[test]
    fn a_name_is_one_line_of_bounded_length() {
        // #103
        for (text, name) in [
            ("  Ann\r\nLee\0\u{202e} ", Some("AnnLee")),
            ("Ann\u{2028}Lee", Some("AnnLee")),
            ("\u{3000}Ann\u{3000}", Some("Ann")),
            ("Ann  Lee", Some("Ann  Lee")),
            ("123456789 x", Some("123456789")),
            ("12345678 x", Some("12345678")),
            ("", None),
            (" \t ", None),
        ] {
            assert_eq!(shown(text, 9).as_deref(), name, "{text:?}");
        }
        assert_eq!(shown(&"\u{e9}".repeat(3000), 200), Some("\u{e9}".repeat(200)));
        // Cut in the middle of an emoji, nothing hangs over.
        assert_eq!(shown("\u{1f469}\u{200d}\u{1f680}", 2).as_deref(), Some("\u{1f469}"));
        // What is clean stays as it is.
        for text in ["\u{639}\u{644}\u{6cc}\u{200c}\u{631}", "\u{1f469}\u{200d}\u{1f680} x", "a\u{200d}b"] {
            let once = shown(text, 99).unwrap();
            assert_eq!(shown(&once, 99), Some(once.clone()));
        }
    }
}
