//! The elements of one array in a JSON document that is too long for the memory.

use std::io::{BufRead, Bytes};

use super::LONGEST;

/// The objects of an array that is a member of the document, each as its own text.
pub(super) struct Elements<R> {
    bytes: Bytes<R>,
    ended: bool,
}

impl<R: BufRead> Elements<R> {
    /// Goes to the array with this name.
    pub(super) fn of(file: R, name: &str) -> Result<Self, String> {
        let mut this = Self { bytes: file.bytes(), ended: false };
        let mut depth = 0_usize;
        while let Some(byte) = this.byte()? {
            match byte {
                b'{' | b'[' => depth += 1,
                b'}' | b']' => depth = depth.saturating_sub(1),
                b'"' => {
                    let text = this.string(name.len())?;
                    if depth == 1 && text == name.as_bytes() && this.follows(b':')? {
                        return if this.follows(b'[')? {
                            Ok(this)
                        } else {
                            Err(format!("{name:?} is no array"))
                        };
                    }
                }
                _ => {}
            }
        }
        Err(format!("the document has no array {name:?}"))
    }

    fn byte(&mut self) -> Result<Option<u8>, String> {
        self.bytes.next().transpose().map_err(|error| error.to_string())
    }

    /// A string behind its first quote, as far as this many bytes and one more.
    fn string(&mut self, most: usize) -> Result<Vec<u8>, String> {
        let (mut text, mut escaped) = (Vec::new(), false);
        while let Some(byte) = self.byte()? {
            match byte {
                b'"' if !escaped => return Ok(text),
                _ if text.len() <= most => text.push(byte),
                _ => {}
            }
            escaped = byte == b'\\' && !escaped;
        }
        Err("the document ends in a string".to_owned())
    }

    /// Whether the next byte that is no space is this one.
    fn follows(&mut self, wanted: u8) -> Result<bool, String> {
        loop {
            match self.byte()? {
                Some(byte) if byte.is_ascii_whitespace() => {}
                byte => return Ok(byte == Some(wanted)),
            }
        }
    }

    /// The rest of an object behind its first brace.
    fn object(&mut self) -> Result<Vec<u8>, String> {
        let (mut text, mut depth, mut quoted, mut escaped) = (vec![b'{'], 1_usize, false, false);
        while depth > 0 {
            let byte = self.byte()?.ok_or("the document ends in the middle of a person")?;
            if text.len() >= LONGEST {
                return Err("a person is longer than 1 MB".to_owned());
            }
            text.push(byte);
            match byte {
                b'"' if !escaped => quoted = !quoted,
                b'{' | b'[' if !quoted => depth += 1,
                b'}' | b']' if !quoted => depth -= 1,
                _ => {}
            }
            escaped = quoted && byte == b'\\' && !escaped;
        }
        Ok(text)
    }
}

impl<R: BufRead> Iterator for Elements<R> {
    type Item = Result<Vec<u8>, String>;

    fn next(&mut self) -> Option<Self::Item> {
        while !self.ended {
            let found = match self.byte() {
                Ok(Some(byte)) if byte.is_ascii_whitespace() || byte == b',' => continue,
                Ok(Some(b'{')) => self.object(),
                Ok(Some(b']')) => {
                    self.ended = true;
                    return None;
                }
                Ok(_) => Err("the array has something else than objects, or no end".to_owned()),
                Err(error) => Err(error),
            };
            self.ended = found.is_err();
            return Some(found);
        }
        None
    }
}
