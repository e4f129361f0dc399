//! The decision, over everything that can be known of somebody.

use std::collections::BTreeMap;

use oauth::{Digest, Scope, Time};

use super::*;
use crate::{Entitlement, Status, User};

mod edit;
mod factors;
mod groups;

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
        only_vouched: false,
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

#[test]
fn passkeys_are_a_way_in_that_is_explained_and_tried_too() {
    let by_passkey = Rule {
        provider: Some("passkey".to_owned()),
        name: "keys".to_owned(),
        roles: names(&["staff"]),
        ..Rule::default()
    };
    let mut ann = User { identities: vec![key("g")], entitlements: Vec::new(), ..ann() };
    let (before, after) = (rights(Vec::new()), rights(vec![by_passkey]));
    let gained = |ann: &User| diff(&before, &after, [ann], NOW).pop().map(|it| it.gains.to_string());
    assert_eq!(gained(&ann), None, "who has never come by one");
    let proof = Proof { claims: BTreeMap::new(), domain: None, ..proof("passkey", 60) };
    ann.proofs.insert(crate::passkey::key(&ann.id).to_string(), proof);
    assert_eq!(gained(&ann).as_deref(), Some("pets:read"));
    let lines = explain(&after, &ann, &Question::default(), NOW);
    let said = lines.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n");
    assert!(
        said.contains(
            "By passkey, where they signed in last at 2023-11-14T22:12:20Z:\n- They have the role member"
        ),
        "{said}"
    );
    assert!(said.contains("- They have the role staff: the rule keys gives it."), "{said}");
}
