//! What mails say, in each language of the pages. A sentence that a language lacks does not compile.

mod de;
mod en;
mod es;
mod fr;
mod ja;
mod pt;

/// A language.
#[derive(Debug, Clone, Copy)]
pub struct Words {
    /// The language as HTML names it (RFC 5646), such as `de`.
    pub tag: &'static str,
    /// What mails say.
    pub mails: Mails,
}

web::section! {
    /// What mails say. `…_text` is the first sentence, `…_do` is on the button.
    Mails {
        reset reset_text reset_do prove prove_text prove_do sign_in_do code code_text code_link known
        known_text known_do changed changed_text added added_text removed removed_text app passkey password provider mailed all look link_counts
        code_counts ignore not_you not_your_way by_others by_others_alone footer
    }
}

impl Words {
    /// All languages, in the order of those of the pages.
    pub const ALL: [&'static Self; 6] =
        [&en::WORDS, &de::WORDS, &fr::WORDS, &es::WORDS, &pt::WORDS, &ja::WORDS];

    /// Those of a language; English, where we do not have it.
    pub fn of(tag: &str) -> &'static Self {
        Self::ALL.into_iter().find(|words| words.tag == tag).unwrap_or(&en::WORDS)
    }

    /// All sentences, by name.
    pub fn all(&self) -> Vec<(&'static str, &'static str)> {
        self.mails.all()
    }
}

#[cfg(test)]
mod tests {
    use web::words::gaps;

    use super::*;

    #[test]
    fn each_language_of_the_pages_is_one_of_mails() {
        let tags = |words: [&web::Words; 6]| words.map(|words| words.tag);
        assert_eq!(Words::ALL.map(|words| words.tag), tags(web::Words::ALL));
    }

    #[test]
    fn no_sentence_is_left_in_english() {
        let english = Words::ALL[0].all();
        for words in &Words::ALL[1..] {
            for ((name, theirs), (_, ours)) in words.all().into_iter().zip(&english) {
                assert!(theirs != *ours && !theirs.trim().is_empty(), "{} {name}: {theirs}", words.tag);
            }
        }
    }

    #[test]
    fn each_sentence_has_the_same_gaps_in_every_language() {
        let english = Words::ALL[0].all();
        for words in Words::ALL {
            for ((name, theirs), (_, ours)) in words.all().into_iter().zip(&english) {
                assert_eq!(gaps(theirs), gaps(ours), "{} {name}: {theirs}", words.tag);
            }
        }
    }
}
