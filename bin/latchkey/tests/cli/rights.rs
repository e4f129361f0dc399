//! `latchkey role`, `latchkey rule` and `latchkey explain`, as an operator runs them.

use super::folder::Folder;

fn folder() -> Folder {
    let settings = "ROLES='admin=users:read; member=get:profile'\nADMINS=ada@example.com\n";
    Folder::with(&[(".env.local", settings)])
}

impl Folder {
    fn ok(&self, line: &[&str]) -> String {
        self.says(line).unwrap_or_else(|said| panic!("{line:?}: {said}"))
    }
}

#[test]
fn the_settings_are_the_start_and_count_no_more_after_the_first_change() {
    let folder = folder();
    let printed = folder.ok(&["role", "list"]);
    assert!(printed.starts_with("admin   users:read\nmember  get:profile\n"), "{printed}");
    assert!(printed.contains("They are those of the settings."), "{printed}");
    assert!(folder.ok(&["role", "begin", "--if-used"]).starts_with("Nobody has signed in yet"));
    folder.ok(&["role", "set", "staff", "pets:read", "pets:write"]);
    // Whatever they say from now on.
    folder.write(".env.local", "ROLES='member=users:write'\n");
    let printed = folder.ok(&["role", "list"]);
    assert!(printed.contains("staff   pets:read pets:write\n") && printed.contains("admin   users:read\n"));
    assert!(!printed.contains("settings"), "{printed}");
    let said = folder.ok(&["role", "begin"]);
    assert!(said.contains("not what ROLES and DEFAULT_ROLES say"), "{said}");
    let all: serde_json::Value = serde_json::from_str(&folder.ok(&["role", "list", "--json"])).unwrap();
    assert_eq!((&all["revision"], &all["roles"]["staff"]), (&2.into(), &"pets:read pets:write".into()));
}

#[test]
fn a_role_demands_a_second_factor_until_that_is_taken_back_and_where_nobody_is_asked_it_is_said() {
    let folder = folder();
    let (on, off) = ("SECOND_FACTORS=on\n", "SECOND_FACTORS=off\n");
    folder.write(".env.local", on);
    let set = |more: &[&str]| folder.ok(&[&["role", "set", "staff", "pets:read"], more].concat());
    let tried = set(&["--second-factor", "--try"]);
    assert!(tried.starts_with("Of 0 people"), "{tried}");
    set(&["--second-factor"]);
    assert!(folder.ok(&["role", "list"]).contains("staff   pets:read  (with a second factor)\n"));
    // What is not said stays.
    set(&[]);
    let shown = folder.ok(&["role", "show", "staff"]);
    assert!(shown.contains("It counts only where somebody has shown a second factor."), "{shown}");
    folder.write(".env.local", off);
    let listed = folder.ok(&["role", "list"]);
    assert!(
        listed.contains("SECOND_FACTORS is off, so nobody has what demands a second factor: staff."),
        "{listed}"
    );
    assert!(folder.ok(&["role", "begin"]).contains("SECOND_FACTORS is off"));
    folder.ok(&["role", "set", "staff", "pets:read", "--second-factor=false"]);
    assert!(!folder.ok(&["role", "list"]).contains("second factor"));
}

#[test]
fn rules_are_added_listed_tried_and_removed() {
    let folder = folder();
    let add = ["rule", "add", "staff", "--role", "member", "--provider", "entra", "--group", "cooks"];
    assert!(folder.ok(&add).contains("from each person's next sign-in on"));
    let rule = "The rule staff gives member by provider entra and group cooks; a sign-in proves it for 604800 seconds.\n";
    assert_eq!(folder.ok(&["rule", "list"]), rule);
    assert_eq!(folder.ok(&["role", "show", "member"]).lines().nth(2), Some(rule.trim_end()));
    let tried = folder.ok(&["rule", "try", "other", "--role", "admin", "--hd", "company.com"]);
    assert_eq!(tried, "Of 0 people, 0 would gain or lose something. Nothing was changed.\n");
    assert_eq!(folder.ok(&["rule", "list"]), rule, "it was only tried");
    folder.ok(&[&add[..], &["--max-age", "60", "--keep", "3600"]].concat());
    let kept = "; a sign-in proves it for 60 seconds; groups that cannot be asked count for 3600 seconds after they were last known.\n";
    assert!(folder.ok(&["rule", "list"]).ends_with(kept));
    folder.ok(&["rule", "remove", "staff"]);
    assert_eq!(folder.ok(&["rule", "list"]), "There are no rules.\n");
}

#[test]
fn what_cannot_be_is_refused_in_one_line() {
    let folder = folder();
    for (line, said) in [
        (&["role", "set", "A b", "x"][..], "cannot be a name"),
        (&["role", "set", "x", "a\"b"], "character that scopes cannot have"),
        (&["role", "set", "member", "x", "--second-factor"], "set SECOND_FACTORS=on first"),
        (&["role", "remove", "admin"], "cannot be removed"),
        (&["role", "remove", "member"], "is given by"),
        (&["role", "show", "nobody"], "there is no role \"nobody\""),
        (&["role", "defaults", "nobody"], "there is no role \"nobody\""),
        (&["rule", "add", "x", "--role", "member"], "at least one condition"),
        (&["rule", "add", "x", "--role", "nobody", "--hd", "a.b"], "there is no role \"nobody\""),
        (&["rule", "add", "x", "--role", "member", "--domain", "@a.b"], "without @"),
        (&["rule", "add", "x", "--role", "member", "--hd", "a.b", "--keep", "60"], "keep is about a group"),
        (&["rule", "remove", "x"], "there is no rule \"x\""),
        (&["explain", "nobody@example.com"], "there is nobody"),
        (&["explain", "nobody"], "there is nobody"),
    ] {
        let refused = folder.says(line).unwrap_err();
        assert!(refused.contains(said) && refused.lines().count() == 1, "{line:?}: {refused}");
    }
    assert!(folder.ok(&["role", "list"]).contains("settings"), "nothing was written");
}
