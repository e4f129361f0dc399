//! Colours, and how well one is read on another (WCAG 2.2, "contrast ratio" and "relative luminance").

use std::{fmt, str::FromStr};

/// A colour in sRGB: red, green and blue. It is written as `#rrggbb`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Colour(pub(crate) u8, pub(crate) u8, pub(crate) u8);

const WHITE: Colour = Colour(0xff, 0xff, 0xff);
const BLACK: Colour = Colour(0, 0, 0);

impl Colour {
    fn luminance(self) -> f64 {
        let channel = |value: u8| {
            let value = f64::from(value) / 255.0;
            if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * channel(self.0) + 0.7152 * channel(self.1) + 0.0722 * channel(self.2)
    }

    /// From 1 to 21.
    pub(crate) fn contrast(self, other: Self) -> f64 {
        let (one, two) = (self.luminance(), other.luminance());
        (one.max(two) + 0.05) / (one.min(two) + 0.05)
    }

    /// White or black, whichever is read better on it. One of them always has a contrast of 4.5 or more.
    pub(crate) fn ink(self) -> Self {
        if self.contrast(WHITE) >= self.contrast(BLACK) { WHITE } else { BLACK }
    }

    /// The same, mixed with as much white as it takes.
    pub(crate) fn lightened(self, is_enough: impl Fn(Self) -> bool) -> Self {
        let mixed = |share: u16| {
            let mix = |value: u8| {
                u8::try_from((u16::from(value) * (100 - share) + 255 * share) / 100).unwrap_or(255)
            };
            Self(mix(self.0), mix(self.1), mix(self.2))
        };
        (0..=100).map(mixed).find(|colour| is_enough(*colour)).unwrap_or(WHITE)
    }
}

impl fmt::Display for Colour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{:02x}{:02x}{:02x}", self.0, self.1, self.2)
    }
}

impl FromStr for Colour {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let digits = text
            .strip_prefix('#')
            .filter(|digits| digits.len() == 6 && digits.bytes().all(|digit| digit.is_ascii_hexdigit()));
        let value = digits.and_then(|digits| u32::from_str_radix(digits, 16).ok());
        let [_, red, green, blue] =
            value.ok_or("a colour is written as # and six hexadecimal digits")?.to_be_bytes();
        Ok(Self(red, green, blue))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn contrast_is_that_of_the_standard() {
        let of = |one: &str, two: &str| {
            let [one, two]: [Colour; 2] = [one, two].map(|text| text.parse().unwrap());
            (one.contrast(two) * 100.0).round() / 100.0
        };
        assert_eq!(of("#000000", "#ffffff"), 21.0);
        assert_eq!(of("#ffffff", "#ffffff"), 1.0);
        // The well-known pair of greys on either side of 4.5:1.
        assert_eq!(of("#767676", "#ffffff"), 4.54);
        assert_eq!(of("#777777", "#ffffff"), 4.48);
    }

    #[test]
    fn ink_can_always_be_read() {
        for value in 0..=255 {
            for colour in
                [Colour(value, value, value), Colour(value, 0, 0), Colour(0, value, 0), Colour(0, 0, value)]
            {
                assert!(colour.contrast(colour.ink()) >= 4.5, "{colour}");
            }
        }
    }
}
