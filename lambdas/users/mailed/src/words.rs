//! What the pages say, in each language. A sentence that a language lacks does not compile. What other pages say too is in the words of the
//! crate `web`.

mod de;
mod en;
mod es;
mod fr;
mod ja;
mod pt;

web::section! {
    /// What the pages say in one language.
    Words {
        ask ask_text ask_do code code_text code_label another link_text
    }
}

impl Words {
    /// All languages, in the order of those of all pages.
    pub const ALL: [&'static Self; 6] =
        [&en::WORDS, &de::WORDS, &fr::WORDS, &es::WORDS, &pt::WORDS, &ja::WORDS];

    /// Those of a language.
    pub fn of(common: &web::Words) -> &'static Self {
        let at = web::Words::ALL.iter().position(|words| words.tag == common.tag);
        Self::ALL[at.unwrap_or_default()]
    }

    /// All sentences, by name.
    pub fn sentences(&self) -> Vec<(&'static str, &'static str)> {
        self.all()
    }
}

#[cfg(test)]
mod tests {
    use web::words::gaps;

    use super::*;

    #[test]
    fn no_sentence_is_left_in_english_and_each_has_the_same_gaps() {
        let english = Words::ALL[0].sentences();
        for words in &Words::ALL[1..] {
            for ((name, theirs), (_, ours)) in words.sentences().into_iter().zip(&english) {
                assert!(theirs != *ours && !theirs.trim().is_empty(), "{name}: {theirs}");
                assert_eq!(gaps(theirs), gaps(ours), "{name}: {theirs}");
            }
        }
    }
}
