//! What a function is called: its path, its package, its crate and its type.

use setting::SettingError;

/// A stack's name has up to 30 characters and a function's in the cloud up to 64, with a dash between them.
const LONGEST: usize = 33;

/// Words of the language, and what a crate of that name would hide.
const RESERVED: &[&str] = &[
    "abstract",
    "alloc",
    "as",
    "async",
    "await",
    "become",
    "box",
    "break",
    "const",
    "continue",
    "core",
    "crate",
    "do",
    "dyn",
    "else",
    "enum",
    "extern",
    "false",
    "final",
    "fn",
    "for",
    "gen",
    "if",
    "impl",
    "in",
    "let",
    "loop",
    "macro",
    "match",
    "mod",
    "move",
    "mut",
    "override",
    "priv",
    "proc-macro",
    "pub",
    "ref",
    "return",
    "self",
    "static",
    "std",
    "struct",
    "super",
    "test",
    "trait",
    "true",
    "try",
    "type",
    "typeof",
    "unsafe",
    "unsized",
    "use",
    "virtual",
    "where",
    "while",
    "yield",
    "build",
    "examples",
    "deps",
    "incremental",
];

/// Types that the source of a function names.
const TYPES: &[&str] = &[
    "Box",
    "Caller",
    "Edge",
    "Env",
    "Err",
    "ErrorFormat",
    "Function",
    "Guard",
    "None",
    "Ok",
    "Option",
    "Permissions",
    "Request",
    "Response",
    "Result",
    "Route",
    "Self",
    "Settings",
    "Some",
    "String",
    "Time",
    "Vec",
    "Verifier",
];

/// The names of one function.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Name {
    /// `reports/export`: the folder, and the path behind the slash.
    pub(super) path: String,
    /// `reports-export`: the package, and the function in the cloud.
    pub(super) package: String,
    /// `reports_export`: the crate in source.
    pub(super) krate: String,
    /// `Export`: the type.
    pub(super) kind: String,
}

impl Name {
    /// Reads a path for a new function.
    pub(super) fn parse(path: &str) -> Result<Self, SettingError> {
        let name = Self::parse_any(path)?;
        let wrong =
            |why: &str| Err(SettingError::new(format!("{:?} cannot be a function: {why}", name.path)));
        if name.package.len() > LONGEST {
            return wrong(&format!(
                "its name in the cloud would be too long, which has up to {LONGEST} characters"
            ));
        }
        if RESERVED.contains(&name.package.as_str()) {
            return wrong(
                "the word means something to Rust or to cargo; put another in front of it, such as reports/…",
            );
        }
        Ok(name)
    }

    /// Reads the path of any function.
    pub(super) fn parse_any(path: &str) -> Result<Self, SettingError> {
        let path = path.strip_prefix('/').unwrap_or(path);
        if !path.split('/').all(is_segment) {
            return Err(SettingError::new(
                "the path must be words of a-z, 0-9 and single dashes with slashes between them, such as reports/export; a segment \
                 that varies, such as {id}, is written into ROUTES of the function afterwards",
            ));
        }
        let package = path.replace('/', "-");
        let kind = camel(path.rsplit('/').next().unwrap_or(path));
        let kind = if TYPES.contains(&kind.as_str()) { format!("{kind}Function") } else { kind };
        Ok(Self { path: path.to_owned(), krate: package.replace('-', "_"), package, kind })
    }
}

/// A letter first, then letters and digits, with single dashes between.
fn is_segment(segment: &str) -> bool {
    let word =
        |word: &str| !word.is_empty() && word.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
    segment.starts_with(|c: char| c.is_ascii_lowercase()) && segment.split('-').all(word)
}

fn camel(segment: &str) -> String {
    let word = |word: &str| {
        let (first, rest) = word.split_at(1);
        format!("{}{rest}", first.to_ascii_uppercase())
    };
    segment.split('-').map(word).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_gives_package_crate_and_type() {
        let name = Name::parse("/users/bulk-export").unwrap();
        let all = [&name.path, &name.package, &name.krate, &name.kind];
        assert_eq!(all, ["users/bulk-export", "users-bulk-export", "users_bulk_export", "BulkExport"]);
        assert_eq!(Name::parse("reports/result").unwrap().kind, "ResultFunction");
        assert_eq!(Name::parse("v2/reports").unwrap().package, "v2-reports");
    }

    #[test]
    fn an_invalid_path_is_refused() {
        for path in [
            "",
            "/",
            "//",
            "a/",
            "/a/",
            "a//b",
            "A",
            "users/Export",
            "a_b",
            "a b",
            "a.b",
            "..",
            "../a",
            "a/../b",
            ".",
            "1a",
            "a/1",
            "-a",
            "a-",
            "a--b",
            "users/{id}",
            "ä",
            "a\\b",
            "a\nb",
            "a?b",
            "a%2fb",
            "C:/a",
            "async",
            "type",
            "std",
            "test",
            "self",
            "reports-of-all-that-happened-last-year",
        ] {
            assert!(Name::parse(path).is_err(), "{path:?}");
        }
    }
}
