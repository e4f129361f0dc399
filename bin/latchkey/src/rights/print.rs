//! What the commands print of rights.

use user::rights::{Begun, Difference, Rights, Rule, Trial};

/// All roles, one in a line.
pub(super) fn roles(rights: &Rights) -> String {
    let width = rights.roles().keys().map(String::len).max().unwrap_or_default();
    let mut text = String::new();
    for (name, scope) in rights.roles() {
        text += format!("{name:width$}  {scope}").trim_end();
        text += if rights.demands_factor(name) { "  (with a second factor)\n" } else { "\n" };
    }
    text += &match rights.defaults() {
        [] => "Whoever signs in for the first time gets no role.\n".to_owned(),
        roles => format!("Whoever signs in for the first time gets: {}.\n", roles.join(", ")),
    };
    if rights.revision() == 0 {
        text += "They are those of the settings. The first change writes them into the table, and from then on ROLES, ADMINS and \
                 DEFAULT_ROLES are ignored.\n";
    }
    text
}

/// That nobody has the roles that demand a second factor, if nobody is asked for one.
pub(super) fn unasked(rights: &Rights, asks_factor: bool) -> String {
    let roles: Vec<_> = rights.demanding().collect();
    if asks_factor || roles.is_empty() {
        return String::new();
    }
    format!(
        "SECOND_FACTORS is off, so nobody has what demands a second factor: {}. Set SECOND_FACTORS=on.\n",
        roles.join(", ")
    )
}

/// One role, and the rules that give it.
pub(super) fn role(rights: &Rights, name: &str) -> Option<String> {
    let scope = rights.roles().get(name)?;
    let mut text = match scope.is_empty() {
        true => format!("{name} allows nothing.\n"),
        false => format!("{name} allows: {scope}.\n"),
    };
    if rights.demands_factor(name) {
        text += "It counts only where somebody has shown a second factor.\n";
    }
    if rights.defaults().iter().any(|role| role == name) {
        text += "Whoever signs in for the first time gets it.\n";
    }
    for rule in rights.rules().iter().filter(|rule| rule.roles.iter().any(|role| role == name)) {
        text += &self::rule(rule);
    }
    Some(text)
}

/// All rules.
pub(super) fn rules(rights: &Rights) -> String {
    match rights.rules() {
        [] => "There are no rules.\n".to_owned(),
        rules => rules.iter().map(rule).collect(),
    }
}

fn rule(rule: &Rule) -> String {
    let Rule { provider, domain, hd, group, client, entitlement, .. } = rule;
    let claim = rule.claim.as_ref().map(|claim| format!("{}={}", claim.name, claim.value));
    let said = [
        ("provider", provider),
        ("domain", domain),
        ("hd", hd),
        ("group", group),
        ("claim", &claim),
        ("client", client),
        ("entitlement", entitlement),
    ];
    let conditions: Vec<_> =
        said.into_iter().filter_map(|(name, value)| Some(format!("{name} {}", value.as_ref()?))).collect();
    let age = format!("; a sign-in proves it for {} seconds", rule.age().as_secs());
    let proves = [provider, domain, hd, group, &claim].into_iter().any(Option::is_some);
    let age = if proves { age } else { String::new() };
    let kept =
        |keep| format!("; groups that cannot be asked count for {keep} seconds after they were last known");
    let keep = rule.keep.map(kept).unwrap_or_default();
    let (roles, conditions) = (rule.roles.join(", "), conditions.join(" and "));
    format!("The rule {} gives {roles} by {conditions}{age}{keep}.\n", rule.name)
}

/// Who gains and who loses, with how many were looked at.
pub(super) fn differences(trial: &Trial) -> String {
    let mut text = String::new();
    for Difference { user_id, name, gains, loses, owes_factor } in &trial.differences {
        text += user_id;
        text += &name.as_ref().map_or_else(String::new, |name| format!(" ({name})"));
        if !gains.is_empty() {
            text += &format!(" gains {gains}");
        }
        if !loses.is_empty() {
            text += &format!("{} loses {loses}", if gains.is_empty() { "" } else { "," });
        }
        if *owes_factor {
            let comma = if gains.is_empty() && loses.is_empty() { "" } else { "," };
            text += &format!("{comma} is asked for a second factor");
        }
        text += "\n";
    }
    let more = if trial.is_all { "" } else { "; there are more, who were not looked at" };
    text += &format!(
        "Of {} people, {} would gain or lose something{more}. Nothing was changed.\n",
        trial.seen,
        trial.differences.len()
    );
    text
}

/// That the settings say something else than what counts, if they do.
pub(super) fn ignored(rights: &Rights, start: &Rights) -> Option<&'static str> {
    let differs = (rights.roles(), rights.defaults()) != (start.roles(), start.defaults());
    differs.then_some(
        "The rights are in the table, and are not what ROLES and DEFAULT_ROLES say, which are ignored: latchkey role list",
    )
}

/// What became of writing the rights down.
pub(super) fn begun(begun: &Begun, start: &Rights) -> String {
    if !begun.is_new {
        let said = ignored(&begun.rights, start).unwrap_or("The rights are in the table already.");
        return format!("{said}\n");
    }
    let mut text =
        "The rights are in the table now. From here on, ROLES, ADMINS and DEFAULT_ROLES are ignored.\n"
            .to_owned();
    for address in &begun.invited {
        text += &format!("{address} becomes an administrator by signing in within 30 days.\n");
    }
    for (address, user_id) in &begun.taken {
        text += &format!("{address} is somebody already ({user_id}), and keeps the roles that they have.\n");
    }
    text
}
