//! Sentences with gaps, and how these are filled.

use std::collections::BTreeSet;

use maud::{Markup, PreEscaped, Render};

/// The pieces of a sentence: what stands in it, and the names of its gaps.
enum Piece<'a> {
    Text(&'a str),
    Gap(&'a str),
}

fn pieces(sentence: &str) -> impl Iterator<Item = Piece<'_>> {
    sentence.split('{').enumerate().flat_map(|(at, part)| {
        let (gap, text) = if at == 0 { (None, part) } else { part.split_once('}').unzip_or(part) };
        gap.map(Piece::Gap).into_iter().chain(Some(Piece::Text(text)))
    })
}

/// Takes a pair apart, or has the whole as the second.
trait UnzipOr<'a> {
    fn unzip_or(self, whole: &'a str) -> (Option<&'a str>, &'a str);
}

impl<'a> UnzipOr<'a> for Option<(&'a str, &'a str)> {
    fn unzip_or(self, whole: &'a str) -> (Option<&'a str>, &'a str) {
        self.map_or((None, whole), |(gap, text)| (Some(gap), text))
    }
}

/// A sentence as markup, with its gaps filled. Whatever is no markup is escaped.
pub fn fill(sentence: &str, gaps: &[(&str, Markup)]) -> Markup {
    let mut filled = String::new();
    for piece in pieces(sentence) {
        match piece {
            Piece::Text(text) => text.render_to(&mut filled),
            Piece::Gap(name) => {
                filled.extend(gaps.iter().find(|(gap, _)| *gap == name).map(|(_, with)| with.0.as_str()));
            }
        }
    }
    PreEscaped(filled)
}

/// A sentence as text, with its gaps filled.
pub fn text(sentence: &str, gaps: &[(&str, &str)]) -> String {
    let found = |name| gaps.iter().find(|(gap, _)| *gap == name).map_or("", |(_, with)| *with);
    pieces(sentence)
        .map(|piece| match piece {
            Piece::Text(text) => text,
            Piece::Gap(name) => found(name),
        })
        .collect()
}

/// The names of the gaps of a sentence.
pub fn gaps(sentence: &str) -> BTreeSet<&str> {
    pieces(sentence)
        .filter_map(|piece| if let Piece::Gap(name) = piece { Some(name) } else { None })
        .collect()
}

#[cfg(test)]
mod tests {
    use maud::html;

    use super::*;

    #[test]
    fn what_fills_a_gap_is_escaped_and_is_not_read_again() {
        // #10, #104
        let hostile = "<b>{who}</b>";
        let filled = fill("{app} & {who}.", &[("app", html! { (hostile) }), ("who", html! { b { "Ada" } })]);
        assert_eq!(filled.0, "&lt;b&gt;{who}&lt;/b&gt; &amp; <b>Ada</b>.");
        assert_eq!(text("{app}, {who}", &[("app", "{who}"), ("who", "Ada")]), "{who}, Ada");
    }

    #[test]
    fn gaps_are_found_by_name() {
        let found: Vec<_> = gaps("{b}, {a} and {b}.").into_iter().collect();
        assert_eq!(found, ["a", "b"]);
        assert!(gaps("none").is_empty());
    }
}
