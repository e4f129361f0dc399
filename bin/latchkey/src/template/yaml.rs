//! A document as YAML for people and as JSON for programs: maps in the order they were written, and CloudFormation's
//! functions in their short form.

use serde_json::{Map, Value, json};

/// The longest line on which a function stands with all its arguments.
const WIDTH: usize = 110;

/// A part of a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Node {
    /// Text.
    Text(String),
    /// A whole number.
    Number(u64),
    /// Yes or no.
    Flag(bool),
    /// A sequence.
    List(Vec<Self>),
    /// Names and values, in this order.
    Map(Vec<(String, Self)>),
    /// One of CloudFormation's functions and its argument: `!Ref Table`.
    Call(&'static str, Box<Self>),
}

/// A node in lines: what is behind `name:`, and what is below it.
struct Block {
    head: String,
    body: Vec<String>,
}

impl Node {
    /// The document as YAML.
    pub fn to_yaml(&self) -> String {
        let Block { head, mut body } = self.block();
        if !head.is_empty() {
            body.insert(0, head);
        }
        body.into_iter().map(|line| line + "\n").collect()
    }

    /// The same as JSON, with functions in their long form.
    pub fn to_json(&self) -> Value {
        match self {
            Self::Text(text) => text.as_str().into(),
            Self::Number(number) => (*number).into(),
            Self::Flag(flag) => (*flag).into(),
            Self::List(items) => items.iter().map(Self::to_json).collect(),
            Self::Map(entries) => {
                Value::Object(entries.iter().map(|(name, node)| (name.clone(), node.to_json())).collect())
            }
            Self::Call(function, argument) => called(function, argument.to_json()),
        }
    }

    fn block(&self) -> Block {
        let line = |head: String| Block { head, body: Vec::new() };
        match self {
            Self::Text(text) if is_literal(text) => {
                Block { head: "|-".to_owned(), body: text.split('\n').map(str::to_owned).collect() }
            }
            Self::Text(text) => line(scalar(text, false)),
            Self::Number(number) => line(number.to_string()),
            Self::Flag(flag) => line(flag.to_string()),
            Self::List(items) if items.iter().all(|item| matches!(item, Self::Number(_))) => {
                line(self.flow().unwrap_or_default())
            }
            Self::Map(entries) if entries.is_empty() => line("{}".to_owned()),
            Self::List(items) => Block { head: String::new(), body: items.iter().flat_map(item).collect() },
            Self::Map(entries) => Block {
                head: String::new(),
                body: entries.iter().flat_map(|(name, node)| entry(name, node)).collect(),
            },
            Self::Call(function, argument) => {
                match self.flow().filter(|flow| flow.len() <= WIDTH || is_text(argument)) {
                    Some(flow) => line(flow),
                    None => {
                        let Block { head, body } = argument.block();
                        let space = if head.is_empty() { "" } else { " " };
                        Block { head: format!("!{function}{space}{head}"), body }
                    }
                }
            }
        }
    }

    /// The node on one line, if it can stand there.
    fn flow(&self) -> Option<String> {
        match self {
            Self::Text(text) => (!text.contains('\n')).then(|| scalar(text, true)),
            Self::Number(_) | Self::Flag(_) => Some(self.block().head),
            Self::List(items) => {
                let items: Option<Vec<_>> = items.iter().map(Self::flow).collect();
                Some(format!("[{}]", items?.join(", ")))
            }
            Self::Map(_) => None,
            Self::Call(function, argument) => Some(format!("!{function} {}", argument.flow()?)),
        }
    }
}

fn is_text(node: &Node) -> bool {
    matches!(node, Node::Text(_))
}

/// A function in its long form.
fn called(function: &str, argument: Value) -> Value {
    let name = match function {
        "Ref" | "Condition" => function.to_owned(),
        _ => format!("Fn::{function}"),
    };
    let argument = match argument.as_str().and_then(|text| text.split_once('.')) {
        Some((resource, attribute)) if function == "GetAtt" => json!([resource, attribute]),
        _ => argument,
    };
    Value::Object(Map::from_iter([(name, argument)]))
}

fn entry(name: &str, node: &Node) -> Vec<String> {
    let Block { head, body } = node.block();
    let space = if head.is_empty() { "" } else { " " };
    let first = format!("{}:{space}{head}", scalar(name, false));
    std::iter::once(first).chain(indented(body)).collect()
}

fn item(node: &Node) -> Vec<String> {
    let Block { head, mut body } = node.block();
    let first = if head.is_empty() { body.remove(0) } else { head };
    std::iter::once(format!("- {first}")).chain(indented(body)).collect()
}

fn indented(lines: Vec<String>) -> impl Iterator<Item = String> {
    lines.into_iter().map(|line| if line.is_empty() { line } else { format!("  {line}") })
}

/// Whether text of several lines can stand as it is.
fn is_literal(text: &str) -> bool {
    let begins_well = text.starts_with(|c: char| !c.is_whitespace()) && !text.ends_with('\n');
    text.contains('\n') && begins_well && text.chars().all(|c| c == '\n' || is_plain(c))
}

/// Text in the plainest form that means this text and nothing else. In a `flow` commas, brackets and, to some readers, colons
/// are not text.
fn scalar(text: &str, flow: bool) -> String {
    if is_bare(text) && !(flow && text.contains([',', '[', ']', '{', '}', ':'])) {
        return text.to_owned();
    }
    if text.chars().all(is_plain) {
        return format!("'{}'", text.replace('\'', "''"));
    }
    let escaped = text.chars().map(|c| match c {
        '"' | '\\' => format!("\\{c}"),
        c if is_plain(c) => c.to_string(),
        c => c.encode_utf16(&mut [0; 2]).iter().map(|unit| format!("\\u{unit:04x}")).collect(),
    });
    format!("\"{}\"", escaped.collect::<String>())
}

/// Whether text needs no quotes: letters and some signs, nothing that reads as a number, a date, a word for yes or no, a
/// comment or another entry.
fn is_bare(text: &str) -> bool {
    const WORDS: [&str; 9] = ["true", "false", "yes", "no", "on", "off", "null", "y", "n"];
    let first = text.starts_with(|c: char| c.is_ascii_alphabetic() || matches!(c, '/' | '$'));
    let fits = |c: char| c.is_ascii_alphanumeric() || " _-./:$@=,;+{}()<>#*'".contains(c);
    let entry = text.contains(": ") || text.contains(" #") || text.ends_with([':', ' ']);
    first && text.chars().all(fits) && !entry && !WORDS.contains(&text.to_ascii_lowercase().as_str())
}

/// Whether a character stands for itself between quotes. Controls do not, nor what some readers take for a line's end.
fn is_plain(c: char) -> bool {
    !c.is_control() && !matches!(c, '\u{2028}' | '\u{2029}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> Node {
        Node::Text(text.to_owned())
    }

    fn call(function: &'static str, argument: Node) -> Node {
        Node::Call(function, Box::new(argument))
    }

    #[test]
    fn ambiguous_yaml_strings_are_quoted() {
        for (given, written) in [
            ("plain text", "plain text"),
            ("USER#*", "USER#*"),
            ("arn:${AWS::Partition}:x", "arn:${AWS::Partition}:x"),
            ("$default", "$default"),
            ("", "''"),
            ("2012-10-17", "'2012-10-17'"),
            ("1.0", "'1.0'"),
            ("No", "'No'"),
            ("a: b", "'a: b'"),
            ("a #b", "'a #b'"),
            ("{a}", "'{a}'"),
            ("*", "'*'"),
            ("- a", "'- a'"),
            ("it's: so", "'it''s: so'"),
            ("a\tb\\", "\"a\\u0009b\\\\\""),
            ("\u{2028}", "\"\\u2028\""),
            ("é", "'é'"),
        ] {
            assert_eq!(text(given).to_yaml(), format!("{written}\n"), "{given}");
        }
    }

    #[test]
    fn short_functions_are_written_on_one_line() {
        let short =
            call("If", Node::List(vec![text("A"), call("Ref", text("B")), call("Sub", text("${C},d"))]));
        assert_eq!(short.to_yaml(), "!If [A, !Ref B, !Sub '${C},d']\n");
        let long = call("If", Node::List(vec![text("A"), call("Sub", text(&"x".repeat(WIDTH)))]));
        assert_eq!(long.to_yaml(), format!("!If\n- A\n- !Sub {}\n", "x".repeat(WIDTH)));
        assert_eq!(Node::List(vec![Node::Number(1), Node::Number(2)]).to_yaml(), "[1, 2]\n");
        let lines = call("Sub", text("a\n  b"));
        let map = Node::Map(vec![("K".to_owned(), lines)]);
        assert_eq!(map.to_yaml(), "K: !Sub |-\n  a\n    b\n");
    }

    #[test]
    fn maps_and_lists_nest() {
        let inner = Node::Map(vec![("A".to_owned(), Node::Number(1)), ("B".to_owned(), Node::List(vec![]))]);
        let list = Node::List(vec![inner.clone(), text("x"), Node::List(vec![text("v"), text("w")])]);
        let map = Node::Map(vec![("Things".to_owned(), list), ("Last".to_owned(), Node::Flag(true))]);
        let wanted = "Things:\n  - A: 1\n    B: []\n  - x\n  - - v\n    - w\nLast: true\n";
        assert_eq!(map.to_yaml(), wanted);
    }

    #[test]
    fn json_has_the_long_forms_of_functions() {
        let map = Node::Map(vec![
            ("A".to_owned(), call("GetAtt", text("Table.Arn"))),
            ("B".to_owned(), call("Ref", text("Table"))),
            ("C".to_owned(), call("Not", Node::List(vec![call("Condition", text("D"))]))),
        ]);
        let wanted = json!({
            "A": {"Fn::GetAtt": ["Table", "Arn"]},
            "B": {"Ref": "Table"},
            "C": {"Fn::Not": [{"Condition": "D"}]},
        });
        assert_eq!(map.to_json(), wanted);
    }
}
