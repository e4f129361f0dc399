//! What a person reads on a page when something is refused. Each sentence has a name, by which pages find it in the person's
//! language; a program reads it in English.

macro_rules! sentences {
    ($($name:ident: $text:literal;)+) => {
        /// A sentence of a refusal that people read.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Sentence {
            $(#[doc = $text] $name,)+
        }

        impl Sentence {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$name),+];

            /// The sentence in English.
            pub const fn english(self) -> &'static str {
                match self { $(Self::$name => $text,)+ }
            }

            /// Its name, as it is stored.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$name => stringify!($name),)+ }
            }
        }
    };
}

sentences! {
    // Of providers.
    Declined: "You did not allow the provider to sign you in. Start again if you want to.";
    NotAllowedThere: "The provider does not let this account sign in here. Start again with another one, or ask its administrator.";
    TookTooLongThere: "It took too long at the provider. Please start again.";
    ProviderAsks: "The provider wants to ask you something before it signs you in. Please start again.";
    CodeSpent: "The provider did not accept this login any more. Please start again.";
    BadlyRegistered: "The provider does not accept how this site asks it to sign you in. Tell the administrator of this site.";
    ProviderCannot: "The provider could not sign you in. Please start again.";
    ProviderAnswersOddly: "The provider gave an answer that we do not understand. Please start again.";
    ProviderUnreachable: "The provider cannot be reached at the moment. Please start again in a moment.";
    ProviderSlow: "The provider did not answer in time. Please start again.";
    Unverified: "The provider's answer could not be verified. Please start again.";
    IncompleteAnswer: "The provider's answer is incomplete. Please start again.";
    AnotherProviderAnswers: "The answer comes from another provider. Please start again.";
    NobodyNamed: "the provider did not say who you are";
    NoFreshSignIn: "The provider did not ask you to sign in, and the app that you come from insists on it. Sign out at the provider, and start again.";
    NoSuchProvider: "there is no such provider here";
    // Of logins.
    AnotherLogin: "This login does not belong to this browser, or is over. Please start again.";
    LoginTooOld: "This login took too long. Please start again.";
    LoginUsed: "This login was already used. Please start again.";
    BegunElsewhere: "This login was begun with another provider. Please start again.";
    NotStartedHere: "This sign-in was not started in this browser, or it took too long. Please start again here. A link that a program or somebody else gave you works only where it was started.";
    CouldNotFinish: "This sign-in could not be finished. Please start again.";
    NotFinished: "This sign-in was not finished. Please start again.";
    SessionEnded: "The session of this sign-in has ended. Please start again.";
    SignedInSince: "You have signed in again in this browser since, and that counts.";
    TooManySignIns: "too many sign-ins were begun from here in the last minute: please wait a minute and try again";
    // Of accounts.
    NotAdmitted: "This account may not sign in here. Start again with another one.";
    Disabled: "this account is disabled";
    LinkTooOld: "This link is not one of your account page, or is too old. Please begin again there.";
    LinkElsewhere: "You are not signed in here in the session in which you began. Please begin again on your account page.";
    LinkSignedOut: "You are not signed in any more in the session in which you began. Nothing was linked.";
    LinkUsed: "This was used already. Open your account page and begin again. Nothing was linked.";
    LinkOfSomebodyElse: "The account that you chose there belongs to somebody else here already, so it was not linked. If that is you too, sign in with it, delete that account on its account page, and link it again from here.";
    LinkTooMany: "This account has ten linked sign-ins, which is the most. Remove one first.";
    LastAdminYourself: "You are the last administrator: give somebody else the role admin first. Nothing was deleted.";
    // Of passwords.
    BadCombination: "Bad username/password combination";
    NameUnusable: "this is neither an e-mail address nor a user name: a user name has 3 to 64 letters, digits, dots, hyphens and underscores";
    PasswordShort: "this password is too short: it must have at least 8 characters";
    PasswordLong: "this password is too long: it may have at most 1,024 bytes";
    PasswordCommon: "this password is one of the most common ones: choose another";
    PasswordOwn: "this password is made of your name, your address or the name of this site: choose another";
    PasswordDiffers: "the two new passwords are not the same";
    PasswordThere: "this account has a password already";
    PasswordNeedsAddress: "a password needs an e-mail address that is proven to be yours, and this account has none";
    PasswordElsewhere: "your e-mail address belongs to another account here, or one waits for it, so no password can be added for it";
    UserNameTaken: "this user name is taken: choose another";
    LinkDead: "this link does not work any more: it was used, it is older than 30 minutes, or a newer mail was sent";
    NoSignUp: "nobody can make an account here by themselves";
    // Of mailed codes and links.
    MailedCode: "this code is wrong, was used, is older than ten minutes, or was asked for in another browser: ask for a new one";
    MailedLink: "this link works once, for ten minutes, and only in the browser in which you asked for it: go back there and type the code of the mail, or ask for a new mail";
    // Of passkeys.
    PasskeyOver: "this took too long, or was answered already: please try again";
    PasskeyRefused: "this passkey cannot be used here: try again, or sign in another way";
    PasskeyNotAdded: "the passkey could not be added: please try again";
    PasskeyTooMany: "this account has ten passkeys, which is the most: remove one first";
    // Of second factors.
    FactorWrong: "this code is wrong, used already, or too old";
    FactorNeeded: "this account has a second factor, which a program cannot ask for";
    FactorDemanded: "a role of this account demands a second factor";
    FactorFirst: "this changes how you sign in: show your second factor first";
    FactorTooLate: "this sign-in took too long, or was begun in another browser: please start again";
    FactorPageOld: "this page is too old, or something has changed since: please open it again";
    // Of our own pages.
    PageOfAnotherSignIn: "this page was made for another sign-in, or is too old, so nothing was changed: please open it again";
    PageOfAnotherSession: "this page was made for another sign-in, or this browser is signed out since: please start again";
    PageOfAnotherLogout: "this page was made for another sign-in: nobody was signed out";
    OnlyOurPages: "only our own pages may send this request";
    // Of the console.
    NotForYou: "this account may not see or do this";
    BeyondYours: "this goes beyond what you may do yourself";
    OwnFactors: "nobody takes away their own second factor here: your own page does it, and asks for a code";
    PageTooOld: "this page cannot be turned any more: start with the first one";
    NoSuchPerson: "there is no such person";
    NoSuchApp: "there is no such app";
    NoSuchApi: "there is no such API";
    NoSuchRole: "there is no such role";
    NoSuchInvitation: "nobody is invited by this address";
    ChangedSince: "somebody has changed this person since: read them again";
    LastAdmin: "this is the last administrator: give somebody else the role admin first";
    AddressTaken: "somebody has this e-mail address, or is invited by it";
    AddressNotPlain: "this is not a plain e-mail address";
    NameNotFit: "a name has 1 to 200 characters that can be seen";
    TooManyRoles: "a person has at most 32 roles";
    EntitlementNotFit: "an entitlement has 1 to 100 characters that can be seen";
    TooManyEntitlements: "a person has at most 100 entitlements";
    NotAccepted: "what was sent cannot be accepted, so nothing was changed";
    NoSuchRule: "there is no such rule";
    RightsChangedSince: "somebody has changed the roles or rules since this page was made: open it again";
    NameTaken: "there is one of this name already: change that one";
    AgeInSeconds: "an age is a number of seconds";
    ClaimAsPair: "a claim is NAME=VALUE";
    ScopeUnfit: "a scope is a word of plain ASCII characters, without quotation marks and backslashes";
    NoSecret: "this app has no secret";
    AppChangedSince: "somebody has changed this at the same moment: try again";
    // Of apps.
    AppRequestOver: "this sign-in has taken too long, or it is finished already: go back to the app and start again there";
    AppMistake: "The app that sent you here made a mistake. Tell those who run it.";
    // Of devices.
    DeviceUnknown: "No device waits with this code. It may be mistyped, used, or older than ten minutes.";
    DeviceElsewhere: "this page was made for another sign-in: please enter the code again";
    DeviceOver: "this request of a device is decided already, or it has expired: start again on the device";
    DeviceSignedOut: "you are signed out: sign in, and enter the code again";
    TriedTooOften: "this was tried too often: please wait and try again later";
    // Of any address.
    NothingHere: "there is nothing here";
    NoSuchMethod: "this path has no such method";
    Unreadable: "the request cannot be read";
    AddressTooLong: "the address is too long";
    TooLarge: "What was sent is too large.";
    TooManyCookies: "The browser sent too much along. Delete the cookies of this site and try again.";
    ForPrograms: "This address is for programs, which send an access token.";
    TokenNotValid: "The access token that came with this request is not valid.";
    TryAgainSoon: "Please try again in a moment.";
    OurFault: "Something went wrong on our side.";
}

impl Sentence {
    /// The sentence of this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|sentence| sentence.name() == name)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn each_sentence_is_found_by_its_name_and_says_something_of_its_own() {
        for sentence in Sentence::ALL {
            assert_eq!(Sentence::named(sentence.name()), Some(*sentence));
        }
        let texts: BTreeSet<_> = Sentence::ALL.iter().map(|sentence| sentence.english()).collect();
        assert_eq!(texts.len(), Sentence::ALL.len());
        assert_eq!(Sentence::named("Nothing"), None);
    }
}
