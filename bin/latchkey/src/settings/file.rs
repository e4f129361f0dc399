//! The syntax of `.env`: `NAME=value`, with quotes as in a shell and comments behind a `#`.
//!
//! A `$` is a `$`: a secret may have one. Only `${NAME}` means the variable of that name, outside single quotes and where there
//! is one.

use std::{iter::Peekable, str::CharIndices};

/// A setting, and the line it begins on.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Line {
    pub(super) number: usize,
    pub(super) name: String,
    pub(super) value: String,
}

impl Line {
    pub(super) fn pair(&self) -> (&str, &str) {
        (&self.name, &self.value)
    }
}

/// What cannot be read, and where.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Wrong {
    pub(super) line: usize,
    pub(super) why: &'static str,
}

const NO_SETTING: &str = "a line is not NAME=value, with quotes round a value that has spaces in it";
const OPEN: &str = "a quote is not closed";
const ESCAPE: &str = "a \\ stands before something that needs none: put single quotes round the value";

/// Reads a file. Names in `${…}` are looked up among the lines before it, and then with `variable`.
pub(super) fn parse(text: &str, variable: &dyn Fn(&str) -> Option<String>) -> Result<Vec<Line>, Wrong> {
    // Some editors begin a file with a byte order mark.
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut reader = Reader { text, rest: text.char_indices().peekable() };
    let mut lines = Vec::<Line>::new();
    while reader.next_line() {
        let number = 1 + text[..reader.at()].matches('\n').count();
        let lookup = |name: &str| {
            let before = lines.iter().rev().find(|line| line.name == name);
            variable(name).or_else(|| before.map(|line| line.value.clone()))
        };
        let read = reader.name().ok_or(NO_SETTING).and_then(|name| Ok((name, reader.value(&lookup)?)));
        let (name, value) = read.map_err(|why| Wrong { line: number, why })?;
        lines.push(Line { number, name, value });
    }
    Ok(lines)
}

struct Reader<'a> {
    text: &'a str,
    rest: Peekable<CharIndices<'a>>,
}

impl Reader<'_> {
    fn peek(&mut self) -> Option<char> {
        self.rest.peek().map(|(_, c)| *c)
    }

    fn next(&mut self) -> Option<char> {
        self.rest.next().map(|(_, c)| c)
    }

    /// Where the next character is.
    fn at(&mut self) -> usize {
        self.rest.peek().map_or(self.text.len(), |(at, _)| *at)
    }

    fn skip(&mut self, unwanted: impl Fn(char) -> bool) {
        while self.peek().is_some_and(&unwanted) {
            self.next();
        }
    }

    fn blanks(&mut self) {
        self.skip(|c| c.is_whitespace() && c != '\n');
    }

    /// Goes to the next line that says something.
    fn next_line(&mut self) -> bool {
        loop {
            self.skip(char::is_whitespace);
            match self.peek() {
                Some('#') => self.skip(|c| c != '\n'),
                other => return other.is_some(),
            }
        }
    }

    /// `NAME =`, or `export NAME =`.
    fn name(&mut self) -> Option<String> {
        let mut name = self.word();
        self.blanks();
        if name == "export" && self.peek() != Some('=') {
            name = self.word();
            self.blanks();
        }
        (!name.is_empty() && self.next() == Some('=')).then_some(name)
    }

    fn word(&mut self) -> String {
        let begin = self.at();
        if self.peek().is_some_and(|c| c.is_ascii_alphabetic() || c == '_') {
            self.skip(|c| c.is_ascii_alphanumeric() || c == '_' || c == '.');
        }
        self.text[begin..self.at()].to_owned()
    }

    /// Up to the end of the line, quoted parts and plain ones in a row; or over several lines, in quotes.
    fn value(&mut self, lookup: &dyn Fn(&str) -> Option<String>) -> Result<String, &'static str> {
        self.blanks();
        let mut value = String::new();
        if self.peek() == Some('#') {
            return self.end().map(|()| value);
        }
        while let Some(c) = self.peek() {
            match c {
                _ if c.is_whitespace() => break,
                '\'' => self.single(&mut value)?,
                '"' => self.double(&mut value, lookup)?,
                _ => self.plain(&mut value, lookup)?,
            }
        }
        self.end().map(|()| value)
    }

    /// Nothing but a comment may follow.
    fn end(&mut self) -> Result<(), &'static str> {
        self.blanks();
        if self.peek() == Some('#') {
            self.skip(|c| c != '\n');
        }
        if matches!(self.next(), None | Some('\n')) { Ok(()) } else { Err(NO_SETTING) }
    }

    fn single(&mut self, value: &mut String) -> Result<(), &'static str> {
        self.next();
        loop {
            match self.next().ok_or(OPEN)? {
                '\'' => return Ok(()),
                c => value.push(c),
            }
        }
    }

    fn double(
        &mut self,
        value: &mut String,
        lookup: &dyn Fn(&str) -> Option<String>,
    ) -> Result<(), &'static str> {
        self.next();
        loop {
            match self.peek().ok_or(OPEN)? {
                '"' => {
                    self.next();
                    return Ok(());
                }
                _ => self.plain(value, lookup)?,
            }
        }
    }

    /// One character outside single quotes, or what it stands for.
    fn plain(
        &mut self,
        value: &mut String,
        lookup: &dyn Fn(&str) -> Option<String>,
    ) -> Result<(), &'static str> {
        match self.next() {
            Some('\\') => match self.next() {
                Some('n') => value.push('\n'),
                Some(c @ ('\\' | '\'' | '"' | '$' | ' ')) => value.push(c),
                _ => return Err(ESCAPE),
            },
            Some('$') => match self.variable(lookup) {
                Some(found) => value.push_str(&found),
                None => value.push('$'),
            },
            Some(c) => value.push(c),
            None => {}
        }
        Ok(())
    }

    /// The variable that `{NAME}` names here, if there is one.
    fn variable(&mut self, lookup: &dyn Fn(&str) -> Option<String>) -> Option<String> {
        let at = self.at();
        let name = self.text[at..].strip_prefix('{')?.split_once('}')?.0;
        let found = lookup(name)?;
        let end = at + name.len() + 2;
        while self.at() < end {
            self.next();
        }
        Some(found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Vec<(String, String)>, Wrong> {
        let variable = |name: &str| (name == "THERE").then(|| "here".to_owned());
        Ok(parse(text, &variable)?.into_iter().map(|line| (line.name, line.value)).collect())
    }

    fn value(text: &str) -> String {
        read(&format!("A={text}")).unwrap_or_else(|error| panic!("{text}: {error:?}")).remove(0).1
    }

    #[test]
    fn a_single_dollar_stays_as_it_is() {
        for text in [
            "a$b",
            "$",
            "a$",
            "$$",
            "$HOME",
            "$THERE",
            "${NOWHERE}",
            "${",
            "a${b",
            "${}",
            "$(THERE)",
            "pa$$w0rd",
        ] {
            assert_eq!(value(text), text);
            assert_eq!(value(&format!("\"{text}\"")), text);
            assert_eq!(value(&format!("'{text}'")), text);
        }
    }

    #[test]
    fn an_existing_variable_is_substituted() {
        assert_eq!(value("x${THERE}y"), "xherey");
        assert_eq!(value("\"${THERE}${THERE}\""), "herehere");
        assert_eq!((value("'${THERE}'"), value(r"\${THERE}")), ("${THERE}".into(), "${THERE}".into()));
        let lines = read("A=one\nB=${A}/${A}\nC=${D}\nD=x").unwrap();
        assert_eq!(lines[1].1, "one/one");
        assert_eq!(lines[2].1, "${D}", "it stands further down");
    }

    #[test]
    fn quotes_spaces_and_comments_work_as_in_a_shell() {
        for (text, expected) in [
            ("", ""),
            ("   ", ""),
            ("# nothing", ""),
            ("  x  # comment", "x"),
            ("plain#1 # a comment", "plain#1"),
            ("'a b' # c", "a b"),
            ("a'b c'\"d e\"f", "ab cd ef"),
            (r#""a \"quoted\" \$word""#, r#"a "quoted" $word"#),
            (r"s\ ix", "s ix"),
            (r"one\ntwo", "one\ntwo"),
            (r"'one\ntwo'", r"one\ntwo"),
            ("\"one\ntwo\"", "one\ntwo"),
            ("'one\n#two'\t", "one\n#two"),
            ("a=b==", "a=b=="),
            ("x\r", "x"),
            ("ä€😀", "ä€😀"),
        ] {
            assert_eq!(value(text), expected, "{text:?}");
        }
    }

    #[test]
    fn each_name_has_its_line_number() {
        let text = "\u{feff}# first\r\n\r\n  export A = 1\r\nB_2='x\ny'\n\nexport=2\n\texport\tC=3";
        let lines: Vec<_> = parse(text, &|_| None).unwrap();
        let lines: Vec<_> = lines.iter().map(|l| (l.number, l.name.as_str(), l.value.as_str())).collect();
        assert_eq!(lines, [(3, "A", "1"), (4, "B_2", "x\ny"), (7, "export", "2"), (8, "C", "3")]);
        assert_eq!(read("\u{feff}A=1").unwrap(), [("A".to_owned(), "1".to_owned())]);
        assert_eq!(read("\u{feff}"), Ok(Vec::new()));
    }

    #[test]
    fn a_malformed_line_is_reported_by_its_number() {
        for (text, line) in [
            ("A=1\nnonsense", 2),
            ("A", 1),
            ("\n\n=x", 3),
            ("1A=x", 1),
            ("A B=x", 1),
            ("export A", 1),
            ("A=one two", 1),
            ("A='x' y", 1),
            ("A='x\n\n", 1),
            ("B=1\nA=\"x", 2),
            (r"A=\x", 1),
            ("A=\\", 1),
            ("A\n=x", 1),
            ("A:x", 1),
            ("A-B=x", 1),
            ("\u{feff}\u{feff}A=1", 1),
        ] {
            assert_eq!(read(text).err().map(|wrong| wrong.line), Some(line), "{text:?}");
        }
    }
}
