//! Roles that demand a second factor.

use std::collections::BTreeSet;

use super::*;

#[test]
fn a_role_that_demands_a_second_factor_is_withheld_without_one_and_nothing_else_changes() {
    // #81: over every set of roles that demand one, every rule, and every way of coming. Without a factor it is never more.
    let ann = User { roles: names(&["member", "staff", "gone"]), ..ann() };
    let (google, okta) = (key("g"), key("o"));
    let roles = ["admin", "member", "staff", "payer"];
    for subset in 0..1_usize << roles.len() {
        let is_in = |at: &usize| subset >> at & 1 == 1;
        let demanding: BTreeSet<_> = (0..roles.len()).filter(is_in).map(|at| roles[at].to_owned()).collect();
        let plain = rights(rules());
        let rights = Rights { second_factor: demanding.clone(), ..plain.clone() };
        for facts in ways(&ann, google.as_str(), okta.as_str()) {
            let (all, without) = (plain.decide(&facts), rights.decide(&facts));
            assert_eq!(rights.decide(&facts.with_factor(true)), all, "with one, nobody lacks anything");
            assert_eq!(
                plain.decide(&facts.with_factor(true)),
                all,
                "where no role demands one, it changes nothing"
            );
            let kept: Vec<_> =
                all.given.iter().filter(|given| !demanding.contains(&given.role)).cloned().collect();
            assert_eq!(without.given, kept);
            assert_eq!(without.owes_factor(), kept.len() < all.given.len());
            assert!(without.scope.is_subset_of(&all.scope));
        }
    }
}

#[test]
fn only_who_would_have_the_role_is_asked_for_a_second_factor() {
    let demanding =
        |role: &str| Rights { second_factor: BTreeSet::from([role.to_owned()]), ..rights(rules()) };
    let (google, okta) = (key("g"), key("o"));
    let ann = ann();
    let owes = |rights: &Rights, facts: Facts<'_>| rights.decide(&facts).owes_factor();
    let facts = Facts::of(&ann, NOW);
    let admin = demanding("admin");
    assert!(owes(&admin, facts.via(Some(google.as_str()))), "by the identity that proves it");
    assert!(!owes(&admin, facts.via(Some(okta.as_str()))), "and by no other (#93)");
    assert!(owes(&admin, facts.client("till")), "or for the client of the rule");
    assert!(!owes(&demanding("gone"), facts), "a role that is not there demands nothing");
    let disabled = User { status: Status::Disabled, ..ann.clone() };
    assert!(!owes(&demanding("member"), Facts::of(&disabled, NOW)), "who is disabled has nothing to show");
    for (amr, owing) in
        [(vec![], true), (vec!["pwd", "otp"], true), (vec!["pwd", "mfa"], false), (vec!["MFA"], true)]
    {
        assert_eq!(owes(&demanding("member"), facts.shown(&amr)), owing, "{amr:?}");
    }
}

#[test]
fn what_somebody_must_show_to_change_how_they_come_in_is_what_a_role_demands_in_any_way() {
    // #81: a passkey that they add counts in every way, for every app.
    let demanding = |roles: &[&str]| Rights {
        second_factor: roles.iter().map(|&it| it.to_owned()).collect(),
        ..rights(rules())
    };
    let ann = ann();
    let elsewhere = User { entitlements: Vec::new(), proofs: BTreeMap::new(), ..ann.clone() };
    let old = proof("google", 365 * 86_400);
    let stale = User { proofs: BTreeMap::from([(key("g").to_string(), old)]), ..elsewhere.clone() };
    for (roles, who, demands) in [
        (&["member"][..], &ann, true),
        (&["admin"], &ann, true),
        (&["payer"], &ann, true),
        (&["gone"], &ann, false),
        (&[], &ann, false),
        // For the client of a rule alone.
        (&["payer"], &elsewhere, true),
        (&["admin"], &elsewhere, false),
        // What a sign-in proves again.
        (&["admin"], &stale, true),
    ] {
        assert_eq!(demanding(roles).demands_factor_of(who, NOW), demands, "{roles:?} {who:?}");
    }
    let disabled = User { status: Status::Disabled, ..ann };
    assert!(!demanding(&["member"]).demands_factor_of(&disabled, NOW));
}

#[test]
fn a_row_of_before_demands_no_second_factor_and_one_without_a_demand_is_as_before() {
    let old = r#"{"revision":3,"roles":{"member":"get:profile"},"defaults":["member"],"rules":[]}"#;
    let rights: Rights = serde_json::from_str(old).unwrap();
    assert!(!rights.demands_factor("member"));
    assert_eq!(serde_json::to_string(&rights).unwrap(), old);
    let set = |second_factor| Edit::SetRole {
        name: "member".to_owned(),
        scope: scope("get:profile"),
        second_factor,
    };
    let demanding = rights.edited(&set(Some(true)), &Actor::Operator).unwrap();
    let row = serde_json::to_string(&demanding).unwrap();
    assert_eq!(serde_json::from_str::<Rights>(&row).unwrap(), demanding);
    assert!(demanding.demands_factor("member"));
    // What is not said stays.
    assert_eq!(demanding.edited(&set(None), &Actor::Operator).unwrap(), demanding);
    assert_eq!(demanding.edited(&set(Some(false)), &Actor::Operator).unwrap(), rights);
    // A role that goes takes it along: one of the same name that comes later demands nothing.
    let cook = |second_factor| Edit::SetRole { name: "cook".to_owned(), scope: scope("a"), second_factor };
    let gone = rights.edited(&cook(Some(true)), &Actor::Operator).unwrap();
    let gone = gone.edited(&Edit::RemoveRole { name: "cook".to_owned() }, &Actor::Operator).unwrap();
    assert!(!gone.edited(&cook(None), &Actor::Operator).unwrap().demands_factor("cook"));
}

#[test]
fn who_does_not_hold_a_role_can_neither_demand_a_second_factor_for_it_nor_stop_that() {
    // #81
    let before = rights(rules());
    let set =
        |second_factor| Edit::SetRole { name: "staff".to_owned(), scope: scope("pets:read"), second_factor };
    let holder = |text: &str| Actor::Holder(scope(text));
    let refused = Err(EditError::NotYours(scope("pets:read")));
    assert_eq!(before.edited(&set(Some(true)), &holder("roles:write")), refused);
    let demanding = before.edited(&set(Some(true)), &holder("pets:read")).unwrap();
    assert_eq!(demanding.edited(&set(Some(false)), &holder("roles:write")), refused);
    assert!(demanding.edited(&set(None), &holder("roles:write")).is_ok());
    // And nobody acts on somebody by showing less: what a person may do with a factor counts.
    let ann = User { roles: names(&["staff"]), ..ann() };
    assert_eq!(demanding.reach(&ann, NOW), before.reach(&ann, NOW));
    // It makes sense only where people can show one.
    assert_eq!(set(Some(true)).fits(false), Err(EditError::NoFactors("staff".to_owned())));
    for (edit, on) in [(set(Some(true)), true), (set(Some(false)), false), (set(None), false)] {
        assert_eq!(edit.fits(on), Ok(()));
    }
}

#[test]
fn a_trial_says_who_would_be_asked_for_a_second_factor() {
    let (before, ann) = (rights(rules()), ann());
    let set =
        Edit::SetRole { name: "member".to_owned(), scope: scope("get:profile"), second_factor: Some(true) };
    let after = before.edited(&set, &Actor::Operator).unwrap();
    let nobody = User { roles: Vec::new(), ..ann.clone() };
    let found = diff(&before, &after, [&ann, &nobody], NOW);
    assert_eq!(found.len(), 1);
    assert!(found[0].owes_factor && found[0].gains.is_empty() && found[0].loses.is_empty(), "{found:?}");
    assert!(diff(&after, &before, [&ann], NOW).is_empty(), "nobody gains by being asked for less");
}

#[test]
fn an_explanation_says_what_needs_a_second_factor() {
    let ann = User { identities: Vec::new(), entitlements: Vec::new(), ..ann() };
    let set =
        Edit::SetRole { name: "member".to_owned(), scope: scope("get:profile"), second_factor: Some(true) };
    let rights = rights(Vec::new()).edited(&set, &Actor::Operator).unwrap();
    let said = |question: &Question<'_>| {
        let lines = explain(&rights, &ann, question, NOW);
        lines.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
    };
    let all = said(&Question::default());
    for line in [
        "- They do not have the role member: it counts only where they have shown a second factor.",
        "- So they may do nothing.",
        "- With a second factor they may do: get:profile.",
    ] {
        assert!(all.contains(line), "{all}");
    }
    let one = said(&Question { scope: Some(&scope("get:profile")), ..Question::default() });
    assert!(one.contains("the role member allows it where they have shown a second factor"), "{one}");
}
