//! `prompt` (OpenID Connect Core §3.1.2.1): what a provider can be asked to show before it answers.

/// A value that we send. `none` is not among them: who signs in here is there to see a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Prompt {
    /// Who it is, although the provider knows.
    Login,
    /// Whether we may know.
    Consent,
    /// Which account.
    SelectAccount,
}

impl Prompt {
    /// All of them.
    pub const ALL: &[Self] = &[Self::Login, Self::Consent, Self::SelectAccount];

    /// The standard's word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Login => "login",
            Self::Consent => "consent",
            Self::SelectAccount => "select_account",
        }
    }
}

/// What is known of a provider's `prompt`. Providers refuse values that they do not know, or ignore them.
#[derive(Debug, Clone, Copy)]
pub enum Prompts {
    /// It knows these, several in one request.
    Several(&'static [Prompt]),
    /// It knows these, one in a request.
    One(&'static [Prompt]),
    /// Nothing: its metadata may say whether it lets people choose an account (`prompt_values_supported`, Initiating User
    /// Registration via OpenID Connect 1.0 §4), and the operator who sets it up knows the rest.
    Unknown,
}

impl Prompts {
    /// The values that may be sent.
    pub const fn known(self) -> &'static [Prompt] {
        match self {
            Self::Several(known) | Self::One(known) => known,
            Self::Unknown => Prompt::ALL,
        }
    }
}

/// What a provider does for somebody who is to sign in afresh, although it knows them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FreshSignIn {
    /// Nothing: it may send the browser straight back.
    None,
    /// It asks them to sign in, for `prompt=login`. Whether it did cannot be seen.
    Prompt,
    /// The same for `max_age=0`, and its ID token says in `auth_time` when they signed in (OpenID Connect Core §2).
    MaxAge,
}

impl FreshSignIn {
    /// All of them.
    pub const ALL: &[Self] = &[Self::None, Self::Prompt, Self::MaxAge];

    /// The word for it in `<NAME>_FRESH_SIGN_IN`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Prompt => "prompt",
            Self::MaxAge => "max_age",
        }
    }
}
