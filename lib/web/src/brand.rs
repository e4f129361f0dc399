//! What an installation calls itself and how it looks: by settings, and never as markup.

use aws_lc_rs::digest::{SHA256, digest};
use base64::{Engine, engine::general_purpose::STANDARD};
use oauth::text;
use setting::{Env, Group, Setting, SettingError};
use url::Url;

use crate::colour::Colour;

setting::declare! {
    BRAND_NAME = Setting::new("BRAND_NAME", Some("latchkey"), "What this installation is called on its pages, at most 40 characters.");
    BRAND_SENTENCE = Setting::new("BRAND_SENTENCE", None, "A sentence for people who are about to sign in, at most 200 characters. It is shown as it is, in every language.");
    BRAND_LOGO = Setting::new("BRAND_LOGO", Some("off"), "`on` shows the picture `lambdas/home/brand/logo.svg` in front of the name, and as the icon of the pages. It is compiled in.");
    BRAND_COLOR = Setting::new("BRAND_COLOR", None, "The colour of buttons and links on a light background, such as `#0b5d4e`. Its contrast must be 4.5:1 or more there (WCAG 2.2, 1.4.3).");
    BRAND_COLOR_DARK = Setting::new("BRAND_COLOR_DARK", None, "The same on a dark background, such as `#5cc9b1`. If not set, it is `BRAND_COLOR`, as much lighter as the contrast needs.");
    TERMS_URL = Setting::new("TERMS_URL", None, "The https address of your terms of use, to which every page links.");
    PRIVACY_URL = Setting::new("PRIVACY_URL", None, "The https address of your privacy policy, to which every page links.");
}

/// The longest name (characters).
const LONGEST_NAME: usize = 40;
/// The longest sentence (characters).
const LONGEST_SENTENCE: usize = 200;
/// The longest address of a policy (bytes).
const LONGEST_URL: usize = 500;

/// The backgrounds behind buttons and links, as `page.css` has them: `--card`, `--bg` and `--code`.
const LIGHT: [Colour; 3] = [Colour(0xff, 0xff, 0xff), Colour(0xf6, 0xf5, 0xf1), Colour(0xee, 0xed, 0xe7)];
const DARK: [Colour; 3] = [Colour(0x1d, 0x23, 0x26), Colour(0x14, 0x18, 0x1a), Colour(0x27, 0x2f, 0x33)];

/// The contrast that text must have (WCAG 2.2, 1.4.3).
const CONTRAST: f64 = 4.5;

/// How an installation looks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Brand {
    /// What it is called.
    pub name: String,
    /// What it says to people who are about to sign in.
    pub sentence: Option<String>,
    /// Whether it has a picture of its own.
    pub logo: bool,
    pub(crate) terms: Option<String>,
    pub(crate) privacy: Option<String>,
    pub(crate) style: Option<Style>,
}

/// The colours, as a style sheet of a page's own, and its hash for the policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Style {
    /// The colour of buttons on a light background, and of what is written on them.
    light: (Colour, Colour),
    pub(crate) css: String,
    pub(crate) hash: String,
}

impl Default for Brand {
    fn default() -> Self {
        let name = "latchkey".to_owned();
        Self { name, sentence: None, logo: false, terms: None, privacy: None, style: None }
    }
}

/// The colours of the style sheet, `--accent` and `--on-accent`, where no other is set.
const ACCENT: (Colour, Colour) = (Colour(0x0b, 0x5d, 0x4e), Colour(0xff, 0xff, 0xff));

impl Brand {
    /// The colour of buttons on a light background, and that of what is written on them, such as `#0b5d4e`: for what has no style sheet.
    pub fn accent(&self) -> (String, String) {
        let (accent, on_accent) = self.style.as_ref().map_or(ACCENT, |style| style.light);
        (accent.to_string(), on_accent.to_string())
    }

    /// What a function reads that shows pages.
    pub const SETTINGS: Group = &[
        &BRAND_NAME,
        &BRAND_SENTENCE,
        &BRAND_LOGO,
        &BRAND_COLOR,
        &BRAND_COLOR_DARK,
        &TERMS_URL,
        &PRIVACY_URL,
    ];

    /// The brand of the settings; of a function that declares none of them, the one that latchkey has.
    pub fn from_env(env: &Env) -> Result<Self, SettingError> {
        if !env.declares(&BRAND_NAME) {
            return Ok(Self::default());
        }
        let colour = |setting| env.get(setting)?.map(|_| env.parsed::<Colour>(setting)).transpose();
        Ok(Self {
            name: shown(env, &BRAND_NAME, LONGEST_NAME)?.unwrap_or_else(|| Self::default().name),
            sentence: shown(env, &BRAND_SENTENCE, LONGEST_SENTENCE)?,
            logo: env.get(&BRAND_LOGO)?.is_some() && env.is_on(&BRAND_LOGO)?,
            terms: link(env, &TERMS_URL)?,
            privacy: link(env, &PRIVACY_URL)?,
            style: style(colour(&BRAND_COLOR)?, colour(&BRAND_COLOR_DARK)?)?,
        })
    }
}

/// A text that is shown: on one line, and with nothing invisible in it.
fn shown(env: &Env, setting: &'static Setting, longest: usize) -> Result<Option<String>, SettingError> {
    let Some(given) = env.get(setting)? else { return Ok(None) };
    if text::shown(&given, longest).is_some_and(|shown| shown == given) {
        return Ok(Some(given));
    }
    Err(SettingError::new(format!(
        "{} must be one line of 1 to {longest} characters, without invisible ones and without spaces at its ends",
        setting.name
    )))
}

fn link(env: &Env, setting: &'static Setting) -> Result<Option<String>, SettingError> {
    let Some(given) = env.get(setting)? else { return Ok(None) };
    let url = Url::parse(&given).ok().filter(|url| url.scheme() == "https" && given.len() <= LONGEST_URL);
    let url = url.filter(|url| url.username().is_empty() && url.password().is_none());
    url.map(|url| Some(url.into())).ok_or_else(|| {
        let name = setting.name;
        SettingError::new(format!("{name} must be an https address of at most {LONGEST_URL} characters"))
    })
}

fn style(light: Option<Colour>, dark: Option<Colour>) -> Result<Option<Style>, SettingError> {
    let Some(light) = light else {
        return match dark {
            Some(_) => Err(SettingError::new("BRAND_COLOR_DARK is set without BRAND_COLOR")),
            None => Ok(None),
        };
    };
    let dark = dark.unwrap_or_else(|| light.lightened(|colour| contrast(colour, &DARK) >= CONTRAST));
    for (colour, grounds, name, advice) in
        [(light, LIGHT, &BRAND_COLOR, "darker"), (dark, DARK, &BRAND_COLOR_DARK, "lighter")]
    {
        let contrast = contrast(colour, &grounds);
        if contrast < CONTRAST {
            return Err(SettingError::new(format!(
                "{} is {colour}, whose contrast with the background is {contrast:.2}:1 and must be {CONTRAST}:1: take a {advice} colour",
                name.name
            )));
        }
    }
    let css = format!(
        ":root{{--accent:{light};--on-accent:{}}}@media (prefers-color-scheme:dark){{:root{{--accent:{dark};--on-accent:{}}}}}",
        light.ink(),
        dark.ink()
    );
    let hash = STANDARD.encode(digest(&SHA256, css.as_bytes()));
    Ok(Some(Style { light: (light, light.ink()), css, hash }))
}

/// The least contrast with any of these.
fn contrast(colour: Colour, grounds: &[Colour]) -> f64 {
    grounds.iter().map(|ground| colour.contrast(*ground)).fold(f64::INFINITY, f64::min)
}

#[cfg(test)]
mod tests {
    use setting::{Clock, Settings};

    use super::*;

    fn of(settings: &[(&str, &str)]) -> Result<Brand, String> {
        static DECLARED: Settings = &[Brand::SETTINGS];
        let values = settings.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        Brand::from_env(&Env::new(values.collect(), Clock::system(), DECLARED))
            .map_err(|error| error.to_string())
    }

    #[test]
    fn without_settings_it_is_latchkey() {
        assert_eq!(of(&[]), Ok(Brand::default()));
        // Nor does a function need them that shows no page.
        let env = Env::new(std::collections::HashMap::new(), Clock::system(), &[]);
        assert_eq!(Brand::from_env(&env), Ok(Brand::default()));
    }

    #[test]
    fn a_colour_without_contrast_is_refused_by_name() {
        for (settings, said) in [
            (
                &[("BRAND_COLOR", "#5cc9b1")][..],
                "BRAND_COLOR is #5cc9b1, whose contrast with the background is 1.7",
            ),
            (
                &[("BRAND_COLOR", "#0b5d4e"), ("BRAND_COLOR_DARK", "#0b5d4e")],
                "BRAND_COLOR_DARK is #0b5d4e, whose",
            ),
            (&[("BRAND_COLOR_DARK", "#5cc9b1")], "BRAND_COLOR_DARK is set without BRAND_COLOR"),
            (&[("BRAND_COLOR", "green")], "BRAND_COLOR: "),
            (&[("BRAND_COLOR", "#0b5d4")], "BRAND_COLOR: "),
            (&[("BRAND_COLOR", "#0b5d4g")], "BRAND_COLOR: "),
            (&[("BRAND_COLOR", "#é5d4")], "BRAND_COLOR: "),
            (&[("BRAND_COLOR", "#000}*{")], "BRAND_COLOR: "),
        ] {
            let error = of(settings).unwrap_err();
            assert!(error.starts_with(said), "{settings:?}: {error}");
        }
    }

    #[test]
    fn colours_become_a_style_sheet_and_the_dark_one_is_found() {
        // #104: nothing of a setting is in it but two colours.
        let both = of(&[("BRAND_COLOR", "#0B5D4E"), ("BRAND_COLOR_DARK", "#5cc9b1")]).unwrap().style.unwrap();
        assert_eq!(
            both.css,
            ":root{--accent:#0b5d4e;--on-accent:#ffffff}@media (prefers-color-scheme:dark){:root{--accent:#5cc9b1;--on-accent:#000000}}"
        );
        for light in ["#000000", "#7a0019", "#0033a0", "#5b2c83", "#006747"] {
            let style = of(&[("BRAND_COLOR", light)]).unwrap().style.unwrap();
            let dark: Colour = style.css.rsplit("--accent:").next().unwrap()[..7].parse().unwrap();
            assert!(contrast(dark, &DARK) >= CONTRAST, "{light}: {}", style.css);
        }
    }

    #[test]
    fn texts_and_links_are_plain_and_bounded() {
        // #104
        let long = "x".repeat(41);
        for (name, value) in [
            ("BRAND_NAME", long.as_str()),
            ("BRAND_NAME", "a\nb"),
            ("BRAND_NAME", " a"),
            ("BRAND_NAME", "a\u{202e}b"),
            ("BRAND_SENTENCE", &"x".repeat(201)),
            ("BRAND_LOGO", "logo.svg"),
            ("TERMS_URL", "http://example.com/terms"),
            ("TERMS_URL", "javascript:alert(1)"),
            ("TERMS_URL", "/terms"),
            ("PRIVACY_URL", "https://a:b@example.com"),
            ("PRIVACY_URL", &format!("https://example.com/{}", "x".repeat(500))),
        ] {
            assert!(of(&[(name, value)]).unwrap_err().starts_with(name), "{name} {value}");
        }
        let brand =
            of(&[("BRAND_NAME", "Müller & Söhne"), ("TERMS_URL", "https://example.com/terms")]).unwrap();
        assert_eq!(
            (brand.name.as_str(), brand.terms.as_deref()),
            ("Müller & Söhne", Some("https://example.com/terms"))
        );
    }
}
