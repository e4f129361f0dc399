//! The decision, over everything that can be known of somebody.

use std::collections::{BTreeMap, BTreeSet};

use oauth::{Digest, Scope, Time};

use super::*;
use crate::{Entitlement, Status, User};

const NOW: Time = Time::from_epoch(1_700_000_000);
const ROLES: &str = "admin=users:read users:write; member=get:profile; staff=pets:read; payer=feed:read";

fn names(names: &[&str]) -> Vec<String> {
    names.iter().map(|&name| name.to_owned()).collect()
}

fn scope(text: &str) -> Scope {
    text.parse().unwrap()
}

fn key(of: &str) -> Digest {
    Digest::of(of.as_bytes())
}

fn proof(provider: &str, ago: i64) -> Proof {
    Proof {
        provider: provider.to_owned(),
        domain: Some("company.com".to_owned()),
        hd: (provider == "google").then(|| "company.com".to_owned()),
        claims: BTreeMap::from([
            ("groups".to_owned(), names(&["cooks", "waiters"])),
            ("department".to_owned(), names(&["kitchen"])),
        ]),
        missed: None,
        at: Time::from_epoch(NOW.epoch() - ago),
    }
}

/// Somebody with two identities: one at Google, seen just now, and one at Okta, seen a day ago.
fn ann() -> User {
    User {
        id: "ann".to_owned(),
        name: None,
        email: None,
        email_verified: false,
        picture: None,
        claims: None,
        roles: names(&["member", "gone"]),
        status: Status::Active,
        epoch: 0,
        created_at: NOW,
        last_login_at: Some(NOW),
        revision: None,
        factors: Default::default(),
        identities: vec![key("g"), key("o")],
        proofs: BTreeMap::from([
            (key("g").to_string(), proof("google", 0)),
            (key("o").to_string(), proof("okta", 86_400)),
        ]),
        entitlements: vec![Entitlement::manual("gold", None)],
    }
}

/// One rule of each kind, each of which holds for Ann by one identity at least.
fn rules() -> Vec<Rule> {
    let rule =
        |name: &str, role: &str| Rule { name: name.to_owned(), roles: names(&[role]), ..Rule::default() };
    let some = |text: &str| Some(text.to_owned());
    vec![
        Rule { provider: some("okta"), ..rule("by-provider", "staff") },
        Rule { domain: some("company.com"), ..rule("by-domain", "staff") },
        Rule { provider: some("okta"), domain: some("company.com"), ..rule("by-oktas-domain", "staff") },
        Rule { hd: some("company.com"), ..rule("by-hd", "admin") },
        Rule { group: some("cooks"), ..rule("by-group", "staff") },
        Rule {
            claim: Some(Claim { name: "department".to_owned(), value: "kitchen".to_owned() }),
            max_age: Some(3600),
            ..rule("by-claim", "staff")
        },
        Rule { client: some("till"), ..rule("by-client", "payer") },
        Rule { entitlement: some("gold"), ..rule("by-entitlement", "payer") },
        Rule { entitlement: some("gold"), client: some("till"), ..rule("by-both", "admin") },
    ]
}

fn rights(rules: Vec<Rule>) -> Rights {
    Rights { rules, ..Rights::parse(ROLES, "", "").unwrap() }
}

/// The names of the rules that give something.
fn giving(rights: &Rights, facts: &Facts<'_>) -> Vec<String> {
    let of_rule = |given: Given| match given.reason {
        Reason::Rule(name) => Some(name),
        Reason::Own => None,
    };
    let mut rules: Vec<_> = rights.decide(facts).given.into_iter().filter_map(of_rule).collect();
    rules.sort();
    rules
}

#[test]
fn a_rule_gives_its_roles_where_its_conditions_hold_and_nowhere_else() {
    // #81, #93
    let (ann, rights) = (ann(), rights(rules()));
    let (google, okta) = (key("g"), key("o"));
    let facts = Facts::of(&ann, NOW);
    assert_eq!(giving(&rights, &facts), ["by-entitlement"], "nothing that an identity proved");
    assert_eq!(
        giving(&rights, &facts.via(Some(google.as_str()))),
        ["by-claim", "by-domain", "by-entitlement", "by-group", "by-hd"]
    );
    // A domain is believed from the provider that the rule names, and else by Google's signature only; a claim of an hour, no longer.
    assert_eq!(
        giving(&rights, &facts.via(Some(okta.as_str()))),
        ["by-entitlement", "by-group", "by-oktas-domain", "by-provider"]
    );
    assert_eq!(giving(&rights, &facts.client("till")), ["by-both", "by-client", "by-entitlement"]);
    assert_eq!(giving(&rights, &facts.via(Some("somebody-elses"))), ["by-entitlement"]);
}

#[test]
fn what_was_proven_ends_with_its_age_and_with_the_identity() {
    // #93
    let (ann, rights) = (ann(), rights(rules()));
    let google = key("g");
    let later = |seconds: u64| Time::from_epoch(NOW.epoch() + seconds as i64);
    for (seconds, is) in [(0, true), (MAX_AGE - 1, true), (MAX_AGE, false), (MAX_AGE * 9, false)] {
        let facts = Facts::of(&ann, later(seconds)).via(Some(google.as_str()));
        assert_eq!(rights.scope(&facts).contains("users:write"), is, "{seconds}");
    }
    // Unlinked, whatever is left of its proof.
    let unlinked = User { identities: vec![key("o")], ..ann.clone() };
    assert_eq!(giving(&rights, &Facts::of(&unlinked, NOW).via(Some(google.as_str()))), ["by-entitlement"]);
    let disabled = User { status: Status::Disabled, ..ann };
    let decision = rights.decide(&Facts::of(&disabled, NOW).via(Some(google.as_str())));
    assert!(decision.scope.is_empty() && decision.given.is_empty(), "#35");
}

/// Somebody who came just now by a provider that could not be asked for the groups; what was known of them is this old.
fn unasked(known: Option<u64>) -> User {
    let missed = Missed {
        groups: known.map(|_| names(&["cooks"])).unwrap_or_default(),
        at: known.map(|ago| Time::from_epoch(NOW.epoch() - ago as i64)),
    };
    let proof = Proof { claims: BTreeMap::new(), missed: Some(missed), ..proof("google", 0) };
    User { identities: vec![key("g")], proofs: BTreeMap::from([(key("g").to_string(), proof)]), ..ann() }
}

#[test]
fn where_the_groups_cannot_be_asked_a_rule_refuses_or_keeps_what_was_known_for_so_long() {
    // #81
    let rule = |keep: Option<u64>, max_age| Rule {
        name: "by-group".to_owned(),
        roles: names(&["admin"]),
        group: Some("cooks".to_owned()),
        keep,
        max_age,
        ..Rule::default()
    };
    let (hour, day) = (3600, 86_400);
    let google = key("g");
    for (known, keep, later, outcome) in [
        (Some(0), None, 0, Some(Unmet::GroupsUnknown)),
        (Some(0), Some(day), 0, None),
        (Some(hour), Some(day), 0, None),
        (Some(day - 1), Some(day), 0, None),
        (Some(day), Some(day), 0, Some(Unmet::GroupsUnknown)),
        (Some(hour), Some(day), day - hour - 1, None),
        (Some(hour), Some(day), day - hour, Some(Unmet::GroupsUnknown)),
        (None, Some(day), 0, Some(Unmet::GroupsUnknown)),
        (None, None, 0, Some(Unmet::GroupsUnknown)),
        // However long it keeps them: a sign-in proves something for as long as the rule says.
        (Some(hour), Some(30 * day), MAX_AGE, Some(Unmet::Age)),
    ] {
        let (user, rights) = (unasked(known), rights(vec![rule(keep, None)]));
        let now = Time::from_epoch(NOW.epoch() + later as i64);
        let decision = rights.decide(&Facts::of(&user, now).via(Some(google.as_str())));
        let withheld = decision.withheld.iter().find(|withheld| withheld.role == "admin");
        let why = withheld.map(|withheld| withheld.why.clone());
        let expected = outcome.map(|unmet| Why::Rule("by-group".to_owned(), unmet));
        assert_eq!(why, expected, "{known:?} {keep:?} {later}");
        assert_eq!(decision.scope.contains("users:write"), expected.is_none(), "{known:?} {keep:?} {later}");
        // Anyone who acts on them must hold what they have once the provider answers again.
        assert_eq!(rights.reach(&user, now).contains("users:write"), known.is_some(), "{known:?}");
    }
    // Neither is it another's group, nor a claim.
    for other in [
        Rule { group: Some("waiters".to_owned()), ..rule(Some(day), None) },
        Rule {
            group: None,
            keep: None,
            claim: Some(Claim { name: "groups".to_owned(), value: "cooks".to_owned() }),
            ..rule(None, None)
        },
    ] {
        let rights = rights(vec![other]);
        let decision = rights.decide(&Facts::of(&unasked(Some(0)), NOW).via(Some(google.as_str())));
        assert!(!decision.scope.contains("users:write"), "{decision:?}");
    }
}

#[test]
fn groups_that_could_not_be_asked_are_explained() {
    let rule = |keep| Rule {
        name: "by-group".to_owned(),
        roles: names(&["staff"]),
        group: Some("cooks".to_owned()),
        keep,
        ..Rule::default()
    };
    let said = |known, keep| {
        let lines = explain(&rights(vec![rule(keep)]), &unasked(known), &Question::default(), NOW);
        let about = |line: &String| line.starts_with("By") || line.contains("by-group");
        lines.iter().map(ToString::to_string).filter(about).collect::<Vec<_>>()
    };
    let came = "By google, where they signed in last at 2023-11-14T22:13:20Z, with an address of company.com, of the organization company.com";
    let withheld = "- They do not have the role staff: the rule by-group is for the group cooks, and their groups could not be asked at their last sign-in";
    assert_eq!(
        said(Some(3600), Some(86_400)),
        [
            format!(
                "{came}; their groups could not be asked then and were last known at 2023-11-14T21:13:20Z:"
            ),
            "- They have the role staff: the rule by-group gives it.".to_owned(),
        ]
    );
    assert_eq!(
        said(Some(3600), Some(1800)),
        [
            format!(
                "{came}; their groups could not be asked then and were last known at 2023-11-14T21:13:20Z:"
            ),
            format!("{withheld}, and nothing is known from the last 1800 seconds."),
        ]
    );
    assert_eq!(
        said(None, None),
        [format!("{came}; their groups could not be asked then:"), format!("{withheld}.")]
    );
}

#[test]
fn a_role_is_withheld_with_the_reason() {
    let (ann, rights) = (ann(), rights(rules()));
    let google = key("g");
    let decision = rights.decide(&Facts::of(&ann, NOW).via(Some(google.as_str())));
    let why = |role: &str| -> Vec<Why> {
        let of_role = decision.withheld.iter().filter(|withheld| withheld.role == role);
        of_role.map(|withheld| withheld.why.clone()).collect()
    };
    assert_eq!(why("gone"), [Why::NoSuchRole]);
    assert_eq!(why("payer"), [Why::Rule("by-client".to_owned(), Unmet::Client)]);
    assert_eq!(decision.roles(), ["admin", "member", "payer", "staff"]);
    assert_eq!(decision.scope.to_string(), "feed:read get:profile pets:read users:read users:write");
}

#[test]
fn a_rule_without_a_condition_or_of_a_newer_version_gives_nothing() {
    // #81
    let member = |more: &str| format!(r#"{{"name": "all", "roles": ["admin"]{more}}}"#);
    let ann = ann();
    for (more, gives) in [
        ("", false),
        (r#", "weekday": "monday""#, false),
        (r#", "entitlement": "gold""#, true),
        (r#", "entitlement": "gold", "weekday": "monday""#, false),
    ] {
        let rule: Rule = serde_json::from_str(&member(more)).unwrap();
        let decision = rights(vec![rule]).decide(&Facts::of(&ann, NOW));
        assert_eq!(decision.scope.contains("users:write"), gives, "{more}");
    }
}

/// Every way in which Ann may come.
fn ways<'a>(user: &'a User, google: &'a str, okta: &'a str) -> Vec<Facts<'a>> {
    let facts = Facts::of(user, NOW);
    let vias = [None, Some(google), Some(okta), Some("somebody-elses")];
    vias.into_iter().flat_map(|via| [facts.via(via), facts.via(via).client("till")]).collect()
}

#[test]
fn the_decision_is_the_same_each_time_and_never_more_for_less() {
    // #81: over every subset of the rules, and every fact taken away.
    let (ann, all) = (ann(), rules());
    let (google, okta) = (key("g"), key("o"));
    let (google, okta) = (google.as_str(), okta.as_str());
    let lesser = lesser(&ann);
    for subset in 0..1_usize << all.len() {
        let chosen = |skip: Option<usize>| -> Vec<Rule> {
            let is_in = |at: &usize| subset >> at & 1 == 1 && Some(*at) != skip;
            (0..all.len()).filter(is_in).map(|at| all[at].clone()).collect()
        };
        let whole = rights(chosen(None));
        for (at, facts) in ways(&ann, google, okta).iter().enumerate() {
            let decision = whole.decide(facts);
            assert_eq!(decision, whole.decide(facts));
            assert_eq!(decision.scope, whole.allowed(decision.roles().iter().map(String::as_str)));
            for rule in (0..all.len()).filter(|rule| subset >> rule & 1 == 1) {
                let scope = rights(chosen(Some(rule))).scope(facts);
                assert!(scope.is_subset_of(&decision.scope), "without {:?}", all[rule].name);
            }
            for less in &lesser {
                let scope = whole.scope(&ways(less, google, okta)[at]);
                assert!(scope.is_subset_of(&decision.scope), "{less:?}");
            }
        }
    }
}

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

/// Ann with one fact less, in every way.
fn lesser(ann: &User) -> Vec<User> {
    let mut all = vec![
        User { roles: names(&["gone"]), ..ann.clone() },
        User { entitlements: Vec::new(), ..ann.clone() },
        User { status: Status::Disabled, ..ann.clone() },
        User { proofs: BTreeMap::new(), ..ann.clone() },
    ];
    for identity in &ann.identities {
        let identities = ann.identities.iter().filter(|it| *it != identity).cloned().collect();
        all.push(User { identities, ..ann.clone() });
        let changes: [fn(&mut Proof); 5] = [
            |proof| proof.domain = None,
            |proof| proof.hd = None,
            |proof| proof.claims = BTreeMap::new(),
            |proof| proof.at = Time::from_epoch(0),
            |proof| proof.provider = "another".to_owned(),
        ];
        for change in changes {
            let mut less = ann.clone();
            less.proofs.entry(identity.to_string()).and_modify(change);
            all.push(less);
        }
    }
    all
}

#[test]
fn nobody_gives_or_takes_what_they_do_not_hold() {
    // #81
    let before = rights(rules());
    let holder = |text: &str| Actor::Holder(scope(text));
    let set = |name: &str, text: &str| Edit::SetRole {
        name: name.to_owned(),
        scope: scope(text),
        second_factor: None,
    };
    let rule = |role: &str| {
        Edit::SetRule(Box::new(Rule {
            name: "new".to_owned(),
            roles: names(&[role]),
            entitlement: Some("gold".to_owned()),
            ..Rule::default()
        }))
    };
    for (edit, holds, missing) in [
        (set("staff", "pets:read pets:write"), "pets:write", None),
        (set("staff", "pets:read pets:write"), "pets:read", Some("pets:write")),
        (set("staff", ""), "", Some("pets:read")),
        (set("new", "a b"), "a", Some("b")),
        (set("staff", "pets:read"), "", None),
        (rule("admin"), "users:read", Some("users:write")),
        (rule("member"), "get:profile", None),
        (Edit::RemoveRule { name: "by-hd".to_owned() }, "users:read", Some("users:write")),
        (Edit::SetDefaults(names(&["admin"])), "users:read", Some("users:write")),
        (Edit::SetDefaults(names(&["member"])), "get:profile", None),
    ] {
        let refused = before.edited(&edit, &holder(holds)).err();
        assert_eq!(refused, missing.map(|missing| EditError::NotYours(scope(missing))), "{edit:?} {holds}");
        assert!(before.edited(&edit, &Actor::Operator).is_ok());
    }
}

#[test]
fn a_change_that_makes_no_sense_is_refused() {
    let before = rights(rules());
    let name = |name: &str| name.to_owned();
    let edit = |edit: Edit| before.edited(&edit, &Actor::Operator).unwrap_err();
    let rule = |change: fn(&mut Rule)| {
        let mut rule = Rule {
            name: "new".to_owned(),
            roles: vec!["member".to_owned()],
            provider: Some("google".to_owned()),
            ..Rule::default()
        };
        change(&mut rule);
        before.edited(&Edit::SetRule(Box::new(rule)), &Actor::Operator)
    };
    assert!(rule(|_| ()).is_ok());
    assert!(rule(|rule| (rule.group, rule.keep) = (Some("cooks".to_owned()), Some(60))).is_ok());
    assert_eq!(
        edit(Edit::SetRole { name: name("A b"), scope: Scope::default(), second_factor: None }),
        EditError::Name(name("A b"))
    );
    assert_eq!(edit(Edit::RemoveRole { name: name("admin") }), EditError::Admin);
    assert_eq!(edit(Edit::RemoveRole { name: name("nobody") }), EditError::NoRole(name("nobody")));
    assert!(matches!(edit(Edit::RemoveRole { name: name("staff") }), EditError::InUse { .. }));
    assert_eq!(edit(Edit::RemoveRule { name: name("nothing") }), EditError::NoRule(name("nothing")));
    assert_eq!(edit(Edit::SetDefaults(names(&["nobody"]))), EditError::NoRole(name("nobody")));
    assert_eq!(rule(|rule| rule.provider = None).unwrap_err(), EditError::Empty(name("new")));
    assert_eq!(rule(|rule| rule.roles.clear()).unwrap_err(), EditError::Empty(name("new")));
    assert_eq!(rule(|rule| rule.roles[0] = "x".to_owned()).unwrap_err(), EditError::NoRole(name("x")));
    for wrong in [
        rule(|rule| rule.domain = Some("Company.com".to_owned())),
        rule(|rule| rule.domain = Some("*.company.com".to_owned())),
        rule(|rule| rule.hd = Some("@company.com".to_owned())),
        rule(|rule| rule.group = Some(String::new())),
        rule(|rule| rule.client = Some("x".repeat(501))),
        rule(|rule| rule.max_age = Some(0)),
        rule(|rule| rule.max_age = Some(u64::MAX)),
        rule(|rule| rule.keep = Some(60)),
        rule(|rule| (rule.group, rule.keep) = (Some("cooks".to_owned()), Some(0))),
        rule(|rule| (rule.group, rule.keep) = (Some("cooks".to_owned()), Some(u64::MAX))),
        rule(|rule| {
            *rule =
                serde_json::from_str(r#"{"name": "new", "roles": ["member"], "hd": "a.b", "x": 1}"#).unwrap();
        }),
    ] {
        assert!(matches!(wrong, Err(EditError::Wrong(..))), "{wrong:?}");
    }
    let large = Edit::SetRole {
        name: name("large"),
        scope: scope(&format!("s{}", "x".repeat(40_000))),
        second_factor: None,
    };
    assert_eq!(edit(large), EditError::TooMuch);
}

#[test]
fn before_a_change_is_saved_it_is_said_who_gains_and_who_loses() {
    let (ann, before) = (ann(), rights(rules()));
    let bob = User { id: "bob".to_owned(), proofs: BTreeMap::new(), entitlements: Vec::new(), ..ann.clone() };
    let without = before.edited(&Edit::RemoveRule { name: "by-hd".to_owned() }, &Actor::Operator).unwrap();
    let people = [&ann, &bob];
    let gone = Difference {
        user_id: "ann".to_owned(),
        name: None,
        gains: Scope::default(),
        loses: scope("users:read users:write"),
        owes_factor: false,
    };
    assert_eq!(diff(&before, &without, people, NOW), std::slice::from_ref(&gone));
    assert_eq!(
        diff(&without, &before, people, NOW),
        [Difference { gains: gone.loses.clone(), loses: gone.gains, ..gone }]
    );
    assert_eq!(diff(&before, &before, people, NOW), []);
    assert_eq!(before.reach(&ann, NOW).to_string(), "feed:read get:profile pets:read users:read users:write");
    assert_eq!(before.reach(&bob, NOW).to_string(), "feed:read get:profile");
}

#[test]
fn whoever_gives_an_entitlement_must_hold_what_rules_give_by_it() {
    // #81: whatever else a rule demands, and also where nobody meets that yet.
    let rights = rights(rules());
    let by = |wanted: &[&str]| rights.by_entitlements(&names(wanted)).to_string();
    assert_eq!(by(&["gold"]), "feed:read users:read users:write");
    assert_eq!((by(&["silver"]), by(&[])), (String::new(), String::new()));
    assert_eq!(by(&["silver", "gold"]), by(&["gold"]));
}

#[test]
fn it_is_explained_in_sentences() {
    let (ann, rights) = (ann(), rights(rules()));
    let (asked, client) = (
        "openid pets:read feed:read users:write".parse().unwrap(),
        "openid pets:read feed:read".parse().unwrap(),
    );
    let limits = Limits { name: "shop", scope: &client };
    let question = Question { client: Some(limits), api: None, scope: Some(&asked) };
    let bought = Entitlement {
        name: "plus".to_owned(),
        source: "shop".to_owned(),
        order: Some("7".to_owned()),
        since: None,
    };
    let entitlements = [ann.entitlements.clone(), vec![bought]].concat();
    let lines = explain(&rights, &User { identities: vec![key("o")], entitlements, ..ann }, &question, NOW);
    let expected = [
        "They have the entitlement gold, given by hand.",
        "They have the entitlement plus, by the order 7 of shop.",
        "By okta, where they signed in last at 2023-11-13T22:13:20Z, with an address of company.com:",
        "- They have the role member: it was given to them.",
        "- They have the role payer: the rule by-entitlement gives it, by the entitlement gold.",
        "- They have the role staff: the rule by-group gives it.",
        "- They have the role staff: the rule by-oktas-domain gives it.",
        "- They have the role staff: the rule by-provider gives it.",
        "- They do not have the role admin: the rule by-both is for tokens of the client till.",
        "- They do not have the role admin: the rule by-hd is for the organization company.com at Google.",
        "- They do not have the role gone: there is no such role.",
        "- They do not have the role payer: the rule by-client is for tokens of the client till.",
        "- They do not have the role staff: the rule by-claim wants a sign-in within the last hour, and theirs is older.",
        "- They do not have the role staff: the rule by-domain is for accounts of company.com at Google.",
        "- They get feed:read: the role payer allows it.",
        "- They get openid: it needs no role.",
        "- They get pets:read: the role staff allows it.",
        "- They do not get users:write: the client shop is not registered for it.",
    ];
    assert_eq!(lines.iter().map(ToString::to_string).collect::<Vec<_>>(), expected);
}
