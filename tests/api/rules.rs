//! `docs/security.md`: which rules hold, and that the tests it names for each are those that name the rule.
//!
//! A test names the rules it shows in a comment that begins with them: `// #48`, `// P1, #96: why`; in Python `# #48`.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");
const DOCUMENT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/security.md");

/// The rules that signing in, its tokens, its users and the authorizer are built to, of which none may be without a test.
const PROMISED: &str = "\
    #1 #2 #3 #4 #5 #6 #7 #8 #9 #10 #11 #12 #13 #14 #15 #16 #17 #18 #19 #20 #21 #22 #25 #27 #28 #30 #31 #32 #33 #34 #35 #36 \
    #56 #57 #58 #59 #60 #61 #62 #63 #64 #65 #66 #67 #68 #69 #70 #71 #72 #73 #74 #75 #76 #77 #78 #79 #80 #81 #82 #83 #96 #97 \
    #99 #100 #101 #103 #104 P1 P2 P5 P10";

/// Which tests name a rule: by file, in the order of their names.
type Shown = BTreeMap<String, BTreeMap<String, BTreeSet<String>>>;

#[test]
fn every_promised_rule_has_a_test() {
    let shown = shown();
    let missing: Vec<_> = PROMISED.split_whitespace().filter(|rule| !shown.contains_key(*rule)).collect();
    assert!(missing.is_empty(), "no test names {missing:?} in a comment such as `// {}`", missing[0]);
}

#[test]
fn the_document_names_every_test_of_every_rule() {
    let document = fs::read_to_string(DOCUMENT).unwrap();
    let current = filled(&document, &shown());
    if setting::process_environment().contains_key("UPDATE_DOCS") {
        fs::write(DOCUMENT, current).unwrap();
    } else {
        assert!(
            document == current,
            "docs/security.md is stale: UPDATE_DOCS=1 cargo test -p tests --test api rules"
        );
    }
}

/// The document with the third column of its tables made again.
fn filled(document: &str, shown: &Shown) -> String {
    let (mut lines, mut rows) = (Vec::new(), BTreeSet::new());
    for line in document.lines() {
        let Some((rule, holds)) = row(line) else {
            lines.push(line.to_owned());
            continue;
        };
        let tests = shown.get(rule);
        let tests =
            tests.unwrap_or_else(|| panic!("docs/security.md says that {rule} holds, and no test names it"));
        assert!(rows.insert(rule.to_owned()), "docs/security.md has two rows for {rule}");
        lines.push(format!("| {rule} | {holds} | {} |", column(tests)));
    }
    let missing: Vec<_> = shown.keys().filter(|rule| !rows.contains(*rule)).collect();
    assert!(
        missing.is_empty(),
        "tests name {missing:?}: docs/security.md needs a row `| {} | what holds | |`",
        missing[0]
    );
    lines.join("\n") + "\n"
}

/// Rule and text of a table's row.
fn row(line: &str) -> Option<(&str, &str)> {
    let mut cells = line.strip_prefix("| ")?.split(" | ");
    let rule = cells.next().filter(|rule| is_rule(rule))?;
    Some((rule, cells.next()?.trim_end_matches(" |")))
}

fn column(tests: &BTreeMap<String, BTreeSet<String>>) -> String {
    let file = |(file, names): (&String, &BTreeSet<String>)| {
        format!("`{file}`: {}", names.iter().cloned().collect::<Vec<_>>().join(", "))
    };
    tests.iter().map(file).collect::<Vec<_>>().join("; ")
}

fn shown() -> Shown {
    let mut shown = Shown::new();
    for folder in ["bin", "lambdas", "lib", "tests"] {
        walk(&Path::new(ROOT).join(folder), &mut |path, text| {
            let file = path.strip_prefix(ROOT).unwrap().display().to_string();
            for (rule, test) in named(text) {
                shown.entry(rule).or_default().entry(file.clone()).or_default().insert(test);
            }
        });
    }
    shown
}

fn walk(folder: &Path, visit: &mut impl FnMut(&Path, &str)) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() && !path.ends_with("node_modules") {
            walk(&path, visit);
        } else if path.extension().is_some_and(|end| end == "rs" || end == "mjs" || end == "py") {
            visit(&path, &fs::read_to_string(&path).unwrap());
        }
    }
}

/// The rules that the tests of a file name, each with the test.
fn named(text: &str) -> Vec<(String, String)> {
    let (mut found, mut attribute, mut test) = (Vec::new(), false, None);
    for line in text.lines() {
        let code = line.trim_start();
        attribute |= code.starts_with("#[test]") || code.starts_with("#[tokio::test");
        if let Some(name) = function(code) {
            // A function that is no test ends the one before it.
            test = attribute.then(|| name.to_owned());
            attribute = false;
        } else if let Some(name) = code.strip_prefix("it('") {
            test = name.split('\'').next().map(str::to_owned);
        } else if let Some(name) = code.strip_prefix("def ") {
            let name = name.split('(').next();
            test = name.filter(|name| name.starts_with("test_")).map(str::to_owned);
        }
        let comment = code.strip_prefix("// ").or_else(|| code.strip_prefix("# "));
        if let (Some(test), Some(comment)) = (&test, comment) {
            found.extend(rules(comment).into_iter().map(|rule| (rule.to_owned(), test.clone())));
        }
    }
    found
}

fn function(code: &str) -> Option<&str> {
    let code = code.strip_prefix("pub ").unwrap_or(code);
    let code = code.strip_prefix("async ").unwrap_or(code).strip_prefix("fn ")?;
    code.split(['(', '<']).next()
}

/// The rules that a comment begins with.
fn rules(comment: &str) -> Vec<&str> {
    let mut found = Vec::new();
    for piece in comment.split(", ") {
        let word = piece.split([' ', ':', '.', ';']).next().unwrap_or(piece);
        if !is_rule(word) {
            break;
        }
        found.push(word);
        if word != piece {
            break;
        }
    }
    found
}

fn is_rule(word: &str) -> bool {
    let number = word.strip_prefix(['#', 'G', 'P']);
    number.is_some_and(|number| !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit()))
}

#[test]
fn a_comment_names_its_rules_first() {
    assert_eq!(rules("#1, P2: as in #3"), ["#1", "P2"]);
    assert_eq!(rules("#1: one, #2"), ["#1"]);
    assert_eq!(rules("G1, G2"), ["G1", "G2"]);
    for none in ["see #1", "PKCS#1", "P-256", "PEM", "# 1", "Pages"] {
        assert!(rules(none).is_empty(), "{none}");
    }
}

#[test]
fn the_tests_that_conformance_names_are_there() {
    let document = fs::read_to_string(Path::new(ROOT).join("docs/conformance.md")).unwrap();
    let rows = document.lines().filter(|line| line.starts_with("| ") && !line.starts_with("| the suite"));
    let named: Vec<_> = rows
        .filter_map(|line| line.split('|').nth(3))
        .flat_map(|column| column.split("; "))
        .map(|name| name.trim_matches([' ', '`']).to_owned())
        .filter(|name| !name.is_empty())
        .collect();
    assert!(named.len() > 20, "{named:?}");
    let known = |name: &String| match name.strip_suffix(".spec.mjs") {
        Some(_) => Path::new(ROOT).join("tests/browser").join(name).exists(),
        None => sources().iter().any(|source| source.contains(&format!("fn {name}("))),
    };
    let missing: Vec<_> = named.iter().filter(|name| !known(name)).collect();
    assert!(missing.is_empty(), "docs/conformance.md names {missing:?}, and there is no such test");
}

/// The sources of the tests of the authorization server.
fn sources() -> Vec<String> {
    let mut sources = Vec::new();
    for folder in ["tests/api", "lib/authorization/tests/request"] {
        walk(&Path::new(ROOT).join(folder), &mut |_, text| sources.push(text.to_owned()));
    }
    sources
}
