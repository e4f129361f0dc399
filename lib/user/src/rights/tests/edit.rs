//! Who may change the rights, and what a change does.

use super::*;

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
