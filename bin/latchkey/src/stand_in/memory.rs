//! What the stand-in stores for a while.

use std::collections::VecDeque;

use oauth::{Digest, Secret};

/// How many of a kind are stored; beyond that the oldest is deleted.
const MOST: usize = 1000;

/// Values under secrets, of which only the digests are stored.
#[derive(Debug)]
pub(super) struct Memory<T>(VecDeque<(Digest, T)>);

impl<T> Default for Memory<T> {
    fn default() -> Self {
        Self(VecDeque::new())
    }
}

impl<T> Memory<T> {
    /// Keeps `value` under a fresh secret.
    pub(super) fn keep(&mut self, value: T) -> Secret {
        if self.0.len() == MOST {
            self.0.pop_front();
        }
        let secret = Secret::random();
        self.0.push_back((secret.digest(), value));
        secret
    }

    /// Looks without taking, so that a wrong request does not burn what a right one needs (#42).
    pub(super) fn find(&self, secret: &Secret) -> Option<&T> {
        let digest = secret.digest();
        self.0.iter().find(|(d, _)| *d == digest).map(|(_, value)| value)
    }

    /// Takes it out: there is no second time.
    pub(super) fn take(&mut self, secret: &Secret) -> Option<T> {
        let digest = secret.digest();
        let at = self.0.iter().position(|(d, _)| *d == digest)?;
        self.0.remove(at).map(|(_, value)| value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_can_be_taken_once() {
        let mut memory = Memory::default();
        let secret = memory.keep("x");
        assert_eq!(memory.find(&secret), Some(&"x"));
        assert_eq!(memory.take(&secret), Some("x"));
        assert_eq!(memory.take(&secret), None);
    }

    #[test]
    fn the_oldest_value_is_dropped_when_full() {
        let mut memory = Memory::default();
        let secrets: Vec<_> = (0..=MOST).map(|n| memory.keep(n)).collect();
        assert_eq!(memory.0.len(), MOST);
        assert_eq!(memory.find(&secrets[0]), None);
        assert_eq!(memory.find(&secrets[1]), Some(&1));
    }
}
