//! What the console says, in each language. A sentence that a language lacks does not compile. What other pages say too is in the words
//! of the crate `web`.

use audit::What;

mod de;
mod en;
mod es;
mod fr;
mod ja;
mod pt;

/// A language.
#[derive(Debug, Clone, Copy)]
pub struct Words {
    /// The language, and what it has for all pages.
    pub common: &'static web::Words,
    /// What is around every page, and what stands on several.
    pub frame: Frame,
    /// What has just been done.
    pub done: Done,
    /// The list of people.
    pub people: People,
    /// Adding and inviting somebody.
    pub new: New,
    /// One person.
    pub person: Person,
    /// What somebody shows beside a way in.
    pub factors: Factors,
    /// Why somebody may do what they may.
    pub why: Why,
    /// Why rights cannot be changed like this.
    pub wrong: Wrong,
    /// Pages between the wish and the act.
    pub confirm: Confirm,
    /// Roles, and what they allow.
    pub roles: Roles,
    /// The apps and APIs that are registered.
    pub apps: Apps,
    /// The keys that sign.
    pub keys: Keys,
    /// What can have happened, by the names in the log.
    pub events: Events,
    /// What happened.
    pub trail: Trail,
    /// Changing a role, a rule, or what everybody gets.
    pub edit: Edit,
    /// Who would gain or lose what.
    pub trial: Trial,
    /// Registering an app, a service or an API.
    pub register: Register,
    /// Why one cannot be registered like this.
    pub invalid: Invalid,
}

web::section! {
    /// What is around every page, and what stands on several.
    Frame {
        console people roles apps keys trail address role status active disabled deleted never yes no nothing
        access disable delete next_page
    }
}

web::section! {
    /// What has just been done.
    Done {
        changed shut_out let_in signed_out removed deleted created invited last_way wrong_name registered
    }
}

web::section! {
    /// The list of people.
    People {
        begins_with search_in addresses names any search nobody nobody_so_far
    }
}

web::section! {
    /// Adding and inviting somebody.
    New {
        title add add_text name invite invite_text withdraw withdraw_do of_everybody
    }
}

web::section! {
    /// One person.
    Person {
        number only_vouched sign_ins sessions happened all_of_it no_role allows take_away take_away_of one_more give why
        no_sign_in nowhere more_sessions no_apps more_apps access_none access_until access_stays access_text
        enable delete_text delete_do entitlements no_entitlement by_hand more_entitlement entitlement_hint
        entitle
    }
}

web::section! {
    /// What somebody shows beside a way in.
    Factors {
        title none app passkeys take own_do ask ends make_sure type_name taken
    }
}

web::section! {
    /// Why somebody may do what they may.
    Why {
        disabled by_order by_hand by_source never unproven came
        of_domain of_hd not_asked not_asked_since has has_by_rule has_entitled
        lacks no_role may_nothing may may_with_factor is_disabled no_such_role without_factor wants_nothing
        wants_identity wants_provider wants_age wants_domain wants_google wants_hd wants_asked
        wants_kept wants_group wants_claim wants_client wants_entitlement day days
        hour hours second seconds
    }
}

web::section! {
    /// Why rights cannot be changed like this.
    Wrong {
        name admin in_defaults in_rule empty unknown length
        domain keep ages too_much needs not_yours no_factors
    }
}

web::section! {
    /// Pages between the wish and the act.
    Confirm {
        title ask ends type_name again_text
    }
}

web::section! {
    /// Roles, and what they allow.
    Roles {
        text scopes_of who_has rules rules_text no_rule gives provider domain hd group claim client entitlement
        nothing_holds change change_of add_role add_rule defaults no_default demands
    }
}

web::section! {
    /// The apps and APIs that are registered.
    Apps {
        none unreadable line apis no_api new_secret access_text enable make_secret kind grants redirects secrets
        secret_since consent secret_before disable_of enable_of
    }
}

web::section! {
    /// The keys that sign.
    Keys {
        text retired verifies signs signs_from waits
    }
}

web::section! {
    /// What can have happened, by the names in the log.
    Events {
        session_ended sign_out_everywhere refresh_token_reused code_reused person_added person_invited
        invitation_removed person_changed roles_changed person_disabled person_enabled person_deleted
        person_exported people_imported passkey_added passkey_removed passkey_copied password_changed address_proven factor_added factor_removed recovery_codes_made
        identity_linked identity_unlinked entitlements_changed webhook_gave
        webhook_took webhook_set webhook_secret_changed webhook_removed rights_begun
        role_set role_removed rule_set rule_removed defaults_set client_added client_changed
        client_secret_changed client_disabled client_enabled client_removed api_set api_removed receiver_set receiver_removed keys_rotated
        key_revoked restored
    }
}

web::section! {
    /// What happened.
    Trail {
        text what anything show of_one one_person of_everybody nothing when by to origin more earlier refused
        failed by_nobody by_app by_operator by_latchkey
    }
}

web::section! {
    /// Changing a role, a rule, or what everybody gets.
    Edit {
        new_role new_rule role rule remove remove_of remove_role remove_rule about_role about_rule
        about_defaults not_saved try_it save sign_in_first name_hint scopes_hint known gives any provider domain
        domain_hint hd hd_hint group group_hint claim claim_hint client client_hint entitlement entitlement_hint
        max_age max_age_hint keep keep_hint second_factor
    }
}

web::section! {
    /// Who would gain or lose what.
    Trial {
        title not_saved nobody not_all sum more gains loses you no_way_back asked
    }
}

web::section! {
    /// Registering an app, a service or an API.
    Register {
        title what spa web native service api not_registered register name_hint redirects_hint after after_hint
        apis no_apis scopes_hint consent no_refresh device itself keys keys_hint audience audience_hint knows
        consents blanks introspection origins backchannel backchannel_hint backchannel_session access_lifetime
        access_lifetime_hint idle absolute refresh_hint exchanges speaks id_tokens id_tokens_hint workloads more
    }
}

web::section! {
    /// Why an app or an API cannot be registered like this.
    Invalid {
        name no_redirect redirect logout keys long fragment wildcard character percent relative scheme slash
        slashes user no_url port host https parameter own_scheme other_machine too_many twice scope
        scope_openid scope_twice scope_taken scope_of_people scope_unknown audience no_api api_taken
        access_lifetime refresh_lifetime idle pair provider no_audience odd_audience consent
    }
}

impl Words {
    /// All languages, in the order of those of all pages.
    pub const ALL: [&'static Self; 6] =
        [&en::WORDS, &de::WORDS, &fr::WORDS, &es::WORDS, &pt::WORDS, &ja::WORDS];

    /// Those of a language.
    pub fn of(common: &web::Words) -> &'static Self {
        Self::ALL.into_iter().find(|words| words.common.tag == common.tag).unwrap_or(&en::WORDS)
    }

    /// What happened, in words; what has none, by its name in the log.
    pub(crate) fn event(&self, what: What) -> &'static str {
        let is_it = |key: &str| key.strip_prefix("Events.") == Some(what.as_str());
        self.events.all().into_iter().find(|(key, _)| is_it(key)).map_or(what.as_str(), |(_, said)| said)
    }

    /// All sentences that only the console has, by name.
    pub fn all(&self) -> Vec<(&'static str, &'static str)> {
        [
            self.frame.all(),
            self.done.all(),
            self.people.all(),
            self.new.all(),
            self.person.all(),
            self.factors.all(),
            self.why.all(),
            self.wrong.all(),
            self.confirm.all(),
            self.roles.all(),
            self.apps.all(),
            self.keys.all(),
            self.events.all(),
            self.trail.all(),
            self.edit.all(),
            self.trial.all(),
            self.register.all(),
            self.invalid.all(),
        ]
        .concat()
    }
}

#[cfg(test)]
mod tests {
    use web::words::gaps;

    use super::*;

    /// Sentences that are the same in English and in another language, because the words are.
    const SAME: &[(&str, &str)] = &[
        ("de", "Frame.apps"),
        ("de", "Frame.status"),
        ("de", "Apps.apis"),
        ("de", "Edit.claim"),
        ("de", "Edit.client"),
        ("fr", "Person.sessions"),
        ("fr", "Apps.secrets"),
        ("fr", "Edit.claim"),
        ("es", "Frame.roles"),
        ("es", "Frame.no"),
        ("es", "Edit.claim"),
        ("pt", "Apps.apis"),
        ("pt", "Edit.claim"),
    ];

    #[test]
    fn each_language_of_the_pages_is_one_of_the_console() {
        for (words, common) in Words::ALL.into_iter().zip(web::Words::ALL) {
            assert_eq!(words.common.tag, common.tag);
            assert_eq!(Words::of(common).common.tag, common.tag);
        }
    }

    #[test]
    fn each_kind_of_event_has_words() {
        for what in What::ALL.iter().filter(|what| what.is_kept()) {
            assert_ne!(Words::ALL[0].event(*what), what.as_str());
        }
    }

    #[test]
    fn no_sentence_is_left_in_english() {
        let english = Words::ALL[0].all();
        for words in &Words::ALL[1..] {
            for ((name, theirs), (_, ours)) in words.all().into_iter().zip(&english) {
                let same = SAME.contains(&(words.common.tag, name));
                assert_eq!(theirs == *ours, same, "{} {name}: {theirs}", words.common.tag);
                assert!(!theirs.trim().is_empty(), "{} {name}", words.common.tag);
            }
        }
    }

    #[test]
    fn each_sentence_has_the_same_gaps_in_every_language() {
        let english = Words::ALL[0].all();
        for words in Words::ALL {
            for ((name, theirs), (_, ours)) in words.all().into_iter().zip(&english) {
                assert_eq!(gaps(theirs), gaps(ours), "{} {name}: {theirs}", words.common.tag);
            }
        }
    }
}
