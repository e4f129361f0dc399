//! CSV (RFC 4180): fields between commas, in quotes where they have commas, quotes or ends of lines.

use std::io::{BufRead, Bytes};

use user::bulk::{Account, AccountIdentity, Hash};

use super::{Entry, LONGEST};

/// The columns that there can be. One person has one identity here: JSON has more.
const COLUMNS: [&str; 10] = [
    "email",
    "name",
    "email_verified",
    "picture",
    "roles",
    "disabled",
    "provider",
    "issuer",
    "subject",
    "password_hash",
];

/// The head of what is written.
pub(in crate::users) const HEAD: &str =
    "email,name,email_verified,picture,roles,disabled,provider,issuer,subject";

/// A person as a line.
pub(in crate::users) fn line(account: &Account) -> String {
    let identity = account.identities.first().cloned().unwrap_or_default();
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    let fields = [
        text(&account.email),
        text(&account.name),
        account.email_verified.to_string(),
        text(&account.picture),
        account.roles.join(" "),
        account.disabled.to_string(),
        identity.provider,
        identity.issuer,
        identity.subject,
    ];
    let quoted = fields.map(|field| {
        let plain = !field.contains([',', '"', '\n', '\r']);
        if plain { field } else { format!("\"{}\"", field.replace('"', "\"\"")) }
    });
    quoted.join(",") + "\n"
}

/// The people of a file.
pub(super) struct Csv<R> {
    bytes: Bytes<R>,
    /// Which column each field is.
    columns: Vec<usize>,
}

impl<R: BufRead> Csv<R> {
    /// Reads the head.
    pub(super) fn open(file: R) -> Result<Self, String> {
        let mut this = Self { bytes: file.bytes(), columns: Vec::new() };
        let head = this.record().ok_or("the file is empty")??;
        for name in &head {
            let name = name.trim().trim_start_matches('\u{feff}');
            let column = COLUMNS.iter().position(|known| *known == name);
            let column =
                column.ok_or_else(|| format!("there is no column {name:?}: use {}", COLUMNS.join(", ")))?;
            if this.columns.contains(&column) {
                return Err(format!("the column {name:?} is there twice"));
            }
            this.columns.push(column);
        }
        let has =
            |wanted: &[&str]| wanted.iter().all(|name| this.columns.iter().any(|at| COLUMNS[*at] == *name));
        if has(&["email"]) || has(&["issuer", "subject"]) {
            Ok(this)
        } else {
            Err("there must be a column email, or issuer and subject".to_owned())
        }
    }

    /// The next record that is not empty.
    fn record(&mut self) -> Option<Result<Vec<String>, String>> {
        loop {
            match self.fields() {
                Ok(None) => return None,
                Ok(Some(fields)) if fields.len() == 1 && fields[0].is_empty() => {}
                Ok(Some(fields)) => return Some(Ok(fields)),
                Err(error) => return Some(Err(error)),
            }
        }
    }

    fn fields(&mut self) -> Result<Option<Vec<String>>, String> {
        let (mut fields, mut field, mut length) = (Vec::new(), Vec::new(), 0);
        let (mut quoted, mut was_quoted) = (false, false);
        loop {
            let byte = self.bytes.next().transpose().map_err(|error| error.to_string())?;
            length += 1;
            if length > LONGEST {
                return Err("a record is longer than 1 MB".to_owned());
            }
            match byte {
                None if quoted => return Err("a quote is not closed".to_owned()),
                None if fields.is_empty() && field.is_empty() => return Ok(None),
                None | Some(b'\n') if !quoted => {
                    if field.last() == Some(&b'\r') {
                        field.pop();
                    }
                    fields.push(text(field)?);
                    return Ok(Some(fields));
                }
                Some(b',') if !quoted => {
                    fields.push(text(std::mem::take(&mut field))?);
                    was_quoted = false;
                }
                Some(b'"') if quoted => (quoted, was_quoted) = (false, true),
                // Two quotes in quotes are one.
                Some(b'"') if was_quoted => {
                    field.push(b'"');
                    (quoted, was_quoted) = (true, false);
                }
                Some(b'"') if field.is_empty() => quoted = true,
                Some(byte) => field.push(byte),
                None => return Ok(None),
            }
        }
    }

    fn account(&self, fields: Vec<String>) -> Entry {
        if fields.len() != self.columns.len() {
            return Err(format!(
                "there are {} fields, and the head has {}",
                fields.len(),
                self.columns.len()
            ));
        }
        let (mut account, mut identity) = (Account::default(), AccountIdentity::default());
        for (column, field) in self.columns.iter().zip(fields) {
            let field = field.trim().to_owned();
            let some = (!field.is_empty()).then(|| field.clone());
            match COLUMNS[*column] {
                "email" => account.email = some,
                "name" => account.name = some,
                "email_verified" => account.email_verified = yes_or_no("email_verified", &field)?,
                "picture" => account.picture = some,
                "roles" => account.roles = field.split_whitespace().map(str::to_owned).collect(),
                "disabled" => account.disabled = yes_or_no("disabled", &field)?,
                "provider" => identity.provider = field,
                "issuer" => identity.issuer = field,
                "subject" => identity.subject = field,
                _ => account.password_hash = some.map(Hash),
            }
        }
        if !identity.subject.is_empty() {
            account.identities.push(identity);
        }
        Ok(account)
    }
}

impl<R: BufRead> Iterator for Csv<R> {
    type Item = Entry;

    fn next(&mut self) -> Option<Entry> {
        Some(self.record()?.and_then(|fields| self.account(fields)))
    }
}

fn text(bytes: Vec<u8>) -> Result<String, String> {
    String::from_utf8(bytes).map_err(|_| "a field is not UTF-8".to_owned())
}

fn yes_or_no(name: &str, field: &str) -> Result<bool, String> {
    match field {
        "true" | "1" => Ok(true),
        "false" | "0" | "" => Ok(false),
        _ => Err(format!("{name} must be true or false")),
    }
}
