//! What holds after everything (I1, I2 and I6 of the rules).

use std::collections::HashMap;

use serde_json::Value;

use crate::support::Database;

/// The living ids of a kind with their rows.
fn kind<'a>(rows: &'a [Value], kind: &str) -> HashMap<&'a str, &'a Value> {
    let prefix = format!("{kind}#");
    let keys = rows.iter().map(|row| (row["pk"]["S"].as_str().unwrap(), row));
    keys.filter_map(|(key, row)| Some((key.strip_prefix(&prefix)?, row))).collect()
}

/// How many users, identities and e-mail rows there are.
pub(crate) fn count(database: &Database) -> (usize, usize, usize) {
    let rows = database.rows();
    (kind(&rows, "USER").len(), kind(&rows, "IDENTITY").len(), kind(&rows, "EMAIL").len())
}

/// Whose an address is.
pub(crate) fn owner(database: &Database, address: &str) -> Option<String> {
    let rows = database.rows();
    let row = kind(&rows, "EMAIL").get(address).copied()?;
    row["user_id"]["S"].as_str().map(str::to_owned)
}

/// Panics unless the invariants hold.
pub(crate) fn check(database: &Database) {
    let rows = database.rows();
    let (users, identities, emails) = (kind(&rows, "USER"), kind(&rows, "IDENTITY"), kind(&rows, "EMAIL"));
    let proofs = kind(&rows, "LINK");
    let others = ["NAME", "ROLE", "NOTE", "LINK", "PASSWORD", "ORDER"]
        .map(|other| kind(&rows, other).len())
        .iter()
        .sum::<usize>();
    assert_eq!(users.len() + identities.len() + emails.len() + others, rows.len(), "and nothing else");
    assert!(proofs.values().all(|proof| proof.get("expires_at").is_some()));

    // I1: each identity points to an existing user and back.
    for (key, identity) in &identities {
        let user = users[identity["user_id"]["S"].as_str().unwrap()];
        let back: Vec<_> = user["identities"]["L"].as_array().unwrap().iter().map(|key| &key["S"]).collect();
        assert!(back.contains(&&Value::from(*key)), "{user}");
    }
    for user in users.values() {
        for key in user["identities"]["L"].as_array().unwrap() {
            assert_eq!(identities[key["S"].as_str().unwrap()]["user_id"], user["id"]);
        }
    }

    // I2: an e-mail row is one user's, and that user's proven address is this one.
    let mut owners = Vec::new();
    for (address, email) in &emails {
        let Some(id) = email["user_id"]["S"].as_str() else {
            let waits = email.get("account").is_some();
            assert!(email.get("expires_at").is_some() || waits, "an invitation lapses");
            continue;
        };
        let user = users[id];
        assert_eq!(user["email_verified"]["BOOL"], true);
        assert_eq!(user["email"]["S"].as_str().unwrap().to_lowercase(), *address);
        assert!(!owners.contains(&id), "one address each");
        owners.push(id);
    }
    for user in users.values().filter(|user| user["email_verified"]["BOOL"] == true) {
        let address = user["email"]["S"].as_str().unwrap().to_lowercase();
        assert!(emails.contains_key(&*address), "a proven address has a row");
    }

    // I6: only users, identities and the addresses of users have no end.
    for row in emails
        .values()
        .filter(|row| row.get("user_id").is_some())
        .chain(users.values())
        .chain(identities.values())
    {
        assert!(row.get("expires_at").is_none());
    }
}

/// Panics unless exactly those rows point to people that follow from their own, each in its list.
pub(crate) fn check_lists(database: &Database) {
    let rows = database.rows();
    let mut expected = Vec::new();
    for (id, user) in kind(&rows, "USER") {
        if user.get("gsi").is_none_or(|list| list["S"] != "USERS") {
            continue;
        }
        let name = user["name"]["S"].as_str().unwrap_or_default().to_lowercase();
        if !name.is_empty() && name.is_ascii() {
            expected.push((format!("NAME#{name}/{id}"), "LIST#names".to_owned()));
        }
        for role in user["roles"]["L"].as_array().unwrap() {
            let role = role["S"].as_str().unwrap();
            expected.push((format!("ROLE#{role}/{id}"), format!("LIST#roles/{role}")));
        }
    }
    let text = |row: &Value, name: &str| row[name]["S"].as_str().unwrap_or_default().to_owned();
    let mut there: Vec<_> = rows.iter().map(|row| (text(row, "pk"), text(row, "belongs_to"))).collect();
    assert!(there.iter().all(|(key, list)| !key.starts_with("EMAIL#") || list == "LIST#emails"), "{there:?}");
    there.retain(|(key, _)| key.starts_with("NAME#") || key.starts_with("ROLE#"));
    there.sort();
    expected.sort();
    assert_eq!(there, expected);
}
