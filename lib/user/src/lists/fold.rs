//! Names in the form by which they are compared: two that a person would type alike are one.

use oauth::text;
use unicode_normalization::UnicodeNormalization;

/// The longest folded name, in characters: what follows makes no difference.
const LONGEST: usize = 100;

/// A name without what people leave out when they search: upper case, accents, the width of letters, the number of spaces. What is
/// no letter with an accent stays as it is: a Japanese syllable keeps its mark. Folding twice changes nothing.
pub(crate) fn name(given: &str) -> String {
    let visible = given.chars().filter(|c| !text::is_invisible(*c));
    // By way of upper case, which makes `SS` of `ß` and `I` of the `ı` without a dot. `ẞ` has to become `ß` before.
    let small: String = visible.nfkd().flat_map(char::to_lowercase).collect();
    let plain: String = small.chars().flat_map(char::to_uppercase).flat_map(char::to_lowercase).collect();
    let plain: String = plain.nfkd().filter(|c| !is_accent(*c)).flat_map(without_stroke).nfc().collect();
    let words: Vec<_> =
        plain.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty()).collect();
    words.join(" ").chars().take(LONGEST).collect::<String>().trim_end().to_owned()
}

/// An address, or the beginning of one, as the keys of addresses are.
pub(crate) fn address(given: &str) -> String {
    given.trim().to_lowercase().nfkc().collect()
}

/// The marks above, below and through Latin, Greek and Cyrillic letters.
fn is_accent(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}' | '\u{1ab0}'..='\u{1aff}' | '\u{1dc0}'..='\u{1dff}' | '\u{20d0}'..='\u{20ff}' | '\u{fe20}'..='\u{fe2f}')
}

/// Letters that are one character and no letter with an accent, as people type them who do not have them.
fn without_stroke(c: char) -> impl Iterator<Item = char> {
    let plain = match c {
        'ø' => "o",
        'ł' => "l",
        'đ' | 'ð' => "d",
        'ħ' => "h",
        'æ' => "ae",
        'œ' => "oe",
        'þ' => "th",
        _ => "",
    };
    let kept = plain.is_empty().then_some(c);
    plain.chars().chain(kept)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_type_alike_is_one_name() {
        for (given, folded) in [
            ("Ann Lee", "ann lee"),
            ("  ANN \t LEE ", "ann lee"),
            ("José Ángel", "jose angel"),
            ("Jose\u{301} A\u{301}ngel", "jose angel"),
            ("Ａｎｎ　Ｌｅｅ", "ann lee"),
            ("Zoë Straße", "zoe strasse"),
            ("ZOE STRASSE", "zoe strasse"),
            ("ZOË STRAẞE", "zoe strasse"),
            ("Søren Łukasz Đorđe", "soren lukasz dorde"),
            ("İpek Işık ışık", "ipek isik isik"),
            ("Ærøskøbing Œuvre Þór", "aeroskobing oeuvre thor"),
            ("Ἀθηνᾶ", "αθηνα"),
            ("ΟΔΥΣΣΕΥΣ", "οδυσσευσ"),
            ("Алексей", "алексеи"),
            ("ガンダム", "ガンダム"),
            ("ｶﾞﾝﾀﾞﾑ", "ガンダム"),
            ("김 철수", "김 철수"),
            ("हिन्दी", "हिन्दी"),
            ("ﬁona", "fiona"),
            ("an\u{200b}n", "ann"),
            ("O'Neil-Smith Jr.", "o'neil-smith jr."),
            ("\u{202e}", ""),
        ] {
            assert_eq!(name(given), folded, "{given:?}");
        }
    }

    #[test]
    fn what_differs_stays_different() {
        for (one, other) in [("かき", "がき"), ("Ann", "Anne"), ("Müller", "Mueller"), ("김", "긴")] {
            assert_ne!(name(one), name(other));
        }
    }

    #[test]
    fn a_folded_name_is_short_enough_for_a_key() {
        assert_eq!(name(&"é".repeat(5000)).chars().count(), 100);
        // One character that is eighteen when it is written out.
        assert!(name(&"\u{fdfa}".repeat(200)).len() <= 400);
        assert_eq!(name(&format!("{} b", "a".repeat(99))), "a".repeat(99));
    }

    #[test]
    fn folding_twice_changes_nothing() {
        for c in (0..=0x0001_ffff).filter_map(char::from_u32) {
            let once = name(&format!("a{c}b"));
            assert_eq!(name(&once), once, "{c:?}");
        }
    }
}
