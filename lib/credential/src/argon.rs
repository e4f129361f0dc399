//! argon2 and its hashes as text (PHC string format): `$argon2id$v=19$m=19456,t=2,p=1$<salt>$<digest>`.

use argon2::{Algorithm, Argon2, Params, Version};
use aws_lc_rs::{constant_time, rand};
use base64::{Engine, engine::general_purpose::STANDARD_NO_PAD};

use crate::{parse, password::Password};

/// What a hash of ours costs: 19 MiB of memory, two passes, one lane (RFC 9106; OWASP's Password Storage Cheat Sheet).
pub(crate) const OURS: Cost = Cost { memory: 19_456, passes: 2, lanes: 1 };

/// The most that a hash may cost that we are to check, so that nobody who writes one into the table can stop the function (#86).
const MOST: Cost = Cost { memory: 65_536, passes: 10, lanes: 4 };

const SALT: usize = 16;
const DIGEST: usize = 32;

/// What a run costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Cost {
    /// In KiB.
    pub(crate) memory: u32,
    pub(crate) passes: u32,
    pub(crate) lanes: u32,
}

/// A hash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Argon {
    algorithm: Algorithm,
    cost: Cost,
    salt: Vec<u8>,
    digest: Vec<u8>,
}

impl Argon {
    /// Reads a hash whose cost is within bounds.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let mut parts = text.strip_prefix('$')?.split('$');
        let algorithm = algorithm(parts.next()?)?;
        let (version, costs) = (parts.next()?, parts.next()?);
        let (salt, digest) = (parse::base64(parts.next()?)?, parse::base64(parts.next()?)?);
        let known = version == "v=19" && parts.next().is_none();
        let [memory, passes, lanes] = parse::numbers(costs, ["m", "t", "p"])?;
        Self::new(algorithm, Cost { memory, passes, lanes }, salt, digest).filter(|_| known)
    }

    /// A hash of these parts, if all of them are within bounds.
    pub(crate) fn new(algorithm: Algorithm, cost: Cost, salt: Vec<u8>, digest: Vec<u8>) -> Option<Self> {
        let Cost { memory, passes, lanes } = cost;
        let fits = (8 * lanes..=MOST.memory).contains(&memory)
            && (1..=MOST.passes).contains(&passes)
            && (1..=MOST.lanes).contains(&lanes)
            && (8..=64).contains(&salt.len())
            && (16..=64).contains(&digest.len());
        fits.then_some(Self { algorithm, cost, salt, digest })
    }

    /// One that is the hash of nothing: to do the work where there is nothing to compare with.
    pub(crate) fn of_nothing() -> Self {
        let (salt, digest) = (random::<SALT>().to_vec(), random::<DIGEST>().to_vec());
        Self { algorithm: Algorithm::Argon2id, cost: OURS, salt, digest }
    }

    /// The hash of a password, with a salt of its own.
    pub(crate) fn of(password: &Password) -> Self {
        let empty = Self { digest: vec![0; DIGEST], ..Self::of_nothing() };
        let digest = empty.run(password.bytes());
        Self { digest, ..empty }
    }

    /// Whether it is the hash of this text.
    pub(crate) fn is_of(&self, text: &[u8]) -> bool {
        constant_time::verify_slices_are_equal(&self.run(text), &self.digest).is_ok()
    }

    /// The hash of another text at the same costs.
    #[cfg(test)]
    pub(crate) fn of_text(&self, text: &[u8]) -> Self {
        Self { digest: self.run(text), ..self.clone() }
    }

    /// Whether it costs at least what ours do.
    pub(crate) fn is_ours(&self) -> bool {
        let Cost { memory, passes, lanes } = self.cost;
        let strong = memory >= OURS.memory && passes >= OURS.passes && lanes >= OURS.lanes;
        strong && self.algorithm == Algorithm::Argon2id && self.digest.len() >= DIGEST
    }

    /// One run of argon2.
    fn run(&self, text: &[u8]) -> Vec<u8> {
        let mut digest = vec![0; self.digest.len()];
        let Cost { memory, passes, lanes } = self.cost;
        let params = Params::new(memory, passes, lanes, Some(digest.len())).expect("they are within bounds");
        let argon = Argon2::new(self.algorithm, Version::V0x13, params);
        argon.hash_password_into(text, &self.salt, &mut digest).expect("salt and length are within bounds");
        digest
    }
}

impl std::fmt::Display for Argon {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Cost { memory, passes, lanes } = self.cost;
        let [salt, digest] = [&self.salt, &self.digest].map(|bytes| STANDARD_NO_PAD.encode(bytes));
        let name = self.algorithm.as_str();
        write!(f, "${name}$v=19$m={memory},t={passes},p={lanes}${salt}${digest}")
    }
}

/// By its name. argon2d is nobody's for passwords.
pub(crate) fn algorithm(name: &str) -> Option<Algorithm> {
    match name {
        "argon2id" => Some(Algorithm::Argon2id),
        "argon2i" => Some(Algorithm::Argon2i),
        _ => None,
    }
}

/// Without random bytes no hash is safe, so their failure ends the process.
fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    rand::fill(&mut bytes).expect("the system's random generator works");
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_is_read_as_it_was_written_and_is_of_its_password_alone() {
        // #87: not cut off, as bcrypt does behind 72 bytes.
        let long = |end: &str| Password::given(&format!("{}{end}", "a".repeat(72)));
        let hash = Argon::of(&long("b"));
        let read = Argon::parse(&hash.to_string()).unwrap();
        assert_eq!(read, hash);
        assert!(hash.to_string().starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        assert!(read.is_of(long("b").bytes()) && !read.is_of(long("c").bytes()) && read.is_ours());
    }

    #[test]
    fn a_vector_of_the_reference_implementation_verifies() {
        // phc-winner-argon2, test.c: hashtest(version, 2, 8, 1, "password", "somesalt", …) for argon2id, made smaller for tests.
        let text = "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4";
        let hash = Argon::parse(text).unwrap();
        assert!(hash.is_of(b"password") && !hash.is_of(b"Password") && !hash.is_ours());
    }

    #[test]
    fn a_hash_that_would_cost_too_much_or_is_none_is_not_read() {
        // #86
        let with = |costs: &str| {
            format!("$argon2id$v=19${costs}$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4")
        };
        assert!(Argon::parse(&with("m=65536,t=10,p=4")).is_some());
        for costs in [
            "m=4194304,t=2,p=1",
            "m=65537,t=2,p=1",
            "m=19456,t=11,p=1",
            "m=19456,t=2,p=5",
            "m=19456,t=0,p=1",
            "m=7,t=2,p=1",
            "m=-1,t=2,p=1",
            "m=19456,t=2",
            "m=19456,t=2,p=1,x=1",
            "t=2,m=19456,p=1",
            "m=99999999999999999999,t=2,p=1",
            "",
        ] {
            assert_eq!(Argon::parse(&with(costs)), None, "{costs}");
        }
        for text in [
            "",
            "$",
            "$argon2id$v=16$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4",
            "$argon2d$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4",
            "$argon2id$v=19$m=256,t=2,p=1$c29t$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4",
            "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65",
            "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$n%65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4",
            "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ",
        ] {
            assert_eq!(Argon::parse(text), None, "{text}");
        }
    }
}
