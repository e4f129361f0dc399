//! Groups that a provider could not be asked for.

use super::*;

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
