//! Which language a person reads: what the app that sent them says (`ui_locales`, OpenID Connect Core §3.1.2.1), else what their
//! browser says (`Accept-Language`, RFC 9110 §12.5.4), else English.

use super::Words;

/// How much of either is read: what nobody's browser sends is not looked at.
const LONGEST: usize = 500;

/// The language of a request. Of a tag the first part counts: `pt-BR` and `pt-PT` are both Portuguese (RFC 4647 §3.4).
pub(crate) fn choose(ui_locales: Option<&str>, accept_language: Option<&str>) -> &'static Words {
    let asked = start(ui_locales.unwrap_or_default()).split(' ').find_map(known);
    asked.or_else(|| accepted(start(accept_language.unwrap_or_default()))).unwrap_or(Words::ENGLISH)
}

fn start(text: &str) -> &str {
    if text.len() <= LONGEST { text } else { "" }
}

/// The language that the person likes best, of those that we have. Of two that they like as much, the first.
fn accepted(header: &str) -> Option<&'static Words> {
    let ranges = header.split(',').filter_map(|range| {
        let mut parts = range.split(';').map(str::trim);
        let words = known(parts.next()?)?;
        let quality = parts.find_map(|part| part.strip_prefix("q=").or_else(|| part.strip_prefix("Q=")));
        Some((thousandths(quality.unwrap_or("1"))?, words))
    });
    let liked = ranges.filter(|(quality, _)| *quality > 0);
    liked.reduce(|best, next| if next.0 > best.0 { next } else { best }).map(|(_, words)| words)
}

/// A quality value in thousandths (RFC 9110 §12.4.2).
fn thousandths(quality: &str) -> Option<u16> {
    let value: f32 = quality.parse().ok()?;
    (0.0..=1.0).contains(&value).then_some((value * 1000.0) as u16)
}

fn known(tag: &str) -> Option<&'static Words> {
    let primary = tag.trim().split('-').next()?;
    Words::ALL.into_iter().find(|words| words.tag.eq_ignore_ascii_case(primary))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_app_decides_before_the_browser_and_english_is_last() {
        for (ui_locales, accept, tag) in [
            (None, None, "en"),
            (None, Some("de"), "de"),
            (None, Some("de-AT, en;q=0.5"), "de"),
            (None, Some("en;q=0.5, fr;q=0.9"), "fr"),
            (None, Some("ja;q=0.9,pt-BR;q=0.9"), "ja"),
            (None, Some("pt-PT"), "pt"),
            (None, Some("ES-419"), "es"),
            (None, Some("zh, ja;q=0.1"), "ja"),
            (None, Some("fr;q=0, de;q=0.1"), "de"),
            (None, Some("fr;q=0"), "en"),
            (None, Some("fr; Q=0.4 , de ; q=0.5"), "de"),
            (None, Some("*"), "en"),
            (None, Some("*, de;q=0.5"), "de"),
            (None, Some("german"), "en"),
            (None, Some("fr;q=2, de;q=x, es;q=-1, ja;q=NaN"), "en"),
            (None, Some(",;,q=1,"), "en"),
            (Some("fr"), Some("de"), "fr"),
            (Some("zh-TW fr-CA de"), Some("ja"), "fr"),
            (Some("zh"), Some("de"), "de"),
            (Some(""), Some("de"), "de"),
            (Some("<script>"), None, "en"),
        ] {
            assert_eq!(choose(ui_locales, accept).tag, tag, "{ui_locales:?} {accept:?}");
        }
        let long = format!("{}de", "x,".repeat(600));
        assert_eq!(choose(Some(&long), Some(&long)).tag, "en");
    }
}
