//! Hashes of other systems, as an import brought them: each is verified until its person signs in, and replaced then.

use std::num::NonZeroU32;

use argon2::Algorithm;
use aws_lc_rs::{constant_time, pbkdf2};
use serde::Deserialize;

use crate::{
    argon::{Argon, Cost},
    firebase::Firebase,
    parse::{base64, number_of, numbers},
    password::Password,
};

/// The most rounds of PBKDF2 that are run for somebody, and the highest cost of bcrypt (#86).
const MOST_ROUNDS: u32 = 2_000_000;
const MOST_COST: u32 = 14;
/// The most memory of scrypt, in bytes.
const MOST_MEMORY: u64 = 64 * 1024 * 1024;
/// The longest salt and the longest digest.
const LONGEST: usize = 512;

/// A hash of another system.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Foreign {
    /// Ours too, but for what it costs.
    Argon(Argon),
    /// `$2b$12$…`
    Bcrypt(String),
    /// `$scrypt$ln=16,r=8,p=1$<salt>$<digest>`
    Scrypt { params: [u32; 3], salt: Vec<u8>, digest: Vec<u8> },
    /// `$firescrypt$ln=14,r=8,p=1$<salt>$<digest>$<salt separator>$<signer key>`
    Firebase(Firebase),
    /// `$pbkdf2-sha256$i=600000,l=32$<salt>$<digest>`, and how passlib, Django and Keycloak write it.
    Pbkdf2 { variant: Variant, rounds: NonZeroU32, salt: Vec<u8>, digest: Vec<u8> },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Variant {
    Sha1,
    Sha256,
    Sha512,
}

impl Variant {
    fn named(name: &str) -> Option<Self> {
        match name {
            "pbkdf2" | "pbkdf2-sha1" | "pbkdf2_sha1" => Some(Self::Sha1),
            "pbkdf2-sha256" | "pbkdf2_sha256" => Some(Self::Sha256),
            "pbkdf2-sha512" | "pbkdf2_sha512" => Some(Self::Sha512),
            _ => None,
        }
    }

    fn algorithm(self) -> pbkdf2::Algorithm {
        match self {
            Self::Sha1 => pbkdf2::PBKDF2_HMAC_SHA1,
            Self::Sha256 => pbkdf2::PBKDF2_HMAC_SHA256,
            Self::Sha512 => pbkdf2::PBKDF2_HMAC_SHA512,
        }
    }
}

/// A password as Keycloak exports it: two texts that are JSON each.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Keycloak {
    secret_data: String,
    credential_data: String,
}

#[derive(Deserialize)]
struct SecretData {
    value: String,
    salt: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct CredentialData {
    algorithm: String,
    hash_iterations: u32,
    #[serde(default)]
    additional_parameters: Parameters,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Parameters {
    memory: Vec<String>,
    parallelism: Vec<String>,
    r#type: Vec<String>,
    version: Vec<String>,
}

impl Foreign {
    /// Reads a hash that we can check, and whose cost is within bounds.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        if text.starts_with('{') {
            return keycloak(text);
        }
        if ["$2a$", "$2b$", "$2y$"].iter().any(|mark| text.starts_with(mark)) {
            return bcrypt_hash(text);
        }
        if text.starts_with("$argon2") {
            return Argon::parse(text).map(Self::Argon);
        }
        let parts: Vec<_> = text.split('$').collect();
        match parts.as_slice() {
            ["", "scrypt", costs, salt, digest] => {
                let params = numbers(costs, ["ln", "r", "p"])?;
                scrypt_hash(params, base64(salt)?, base64(digest)?)
            }
            ["", "firescrypt", costs, salt, digest, separator, key] => {
                Firebase::read(costs, [salt, digest, separator, key]).map(Self::Firebase)
            }
            ["", name, costs, salt, digest] => {
                let with_length = || numbers(costs, ["i", "l"]).map(|[rounds, _]| rounds);
                let rounds = numbers(costs, ["i"]).map(|[rounds]| rounds).or_else(with_length);
                let rounds = rounds.or_else(|| number_of(costs))?;
                pbkdf2_hash(name, rounds, base64(salt)?, base64(digest)?)
            }
            // Django's salt is text.
            [name, rounds, salt, digest] => {
                pbkdf2_hash(name, number_of(rounds)?, salt.as_bytes().to_vec(), base64(digest)?)
            }
            _ => None,
        }
    }

    /// Whether it is the hash of this password, as that was typed: nobody else wrote it in another form before.
    pub(crate) fn is_of(&self, password: &Password) -> bool {
        let text = password.as_given();
        match self {
            Self::Argon(hash) => hash.is_of(text),
            // bcrypt looks at 72 bytes and no more, so what it was made of is not known beyond.
            Self::Bcrypt(hash) => bcrypt::verify(text, hash).unwrap_or(false),
            Self::Scrypt { params: [ln, r, p], salt, digest } => {
                let found = scrypt_of(text, [*ln, *r, *p], salt, digest.len());
                found.is_some_and(|found| constant_time::verify_slices_are_equal(&found, digest).is_ok())
            }
            Self::Firebase(hash) => hash.is_of(text),
            Self::Pbkdf2 { variant, rounds, salt, digest } => {
                pbkdf2::verify(variant.algorithm(), *rounds, salt, text, digest).is_ok()
            }
        }
    }
}

fn bcrypt_hash(text: &str) -> Option<Foreign> {
    let (_, rest) = text.split_at_checked(4)?;
    let (cost, rest) = rest.split_once('$')?;
    let fits = (4..=MOST_COST).contains(&number_of(cost)?) && cost.len() == 2 && rest.len() == 53;
    fits.then(|| Foreign::Bcrypt(text.to_owned()))
}

fn scrypt_hash(params: [u32; 3], salt: Vec<u8>, digest: Vec<u8>) -> Option<Foreign> {
    (is_affordable(params) && are_usual(&salt, &digest)).then_some(Foreign::Scrypt { params, salt, digest })
}

/// Whether scrypt with these parameters (`ln`, `r`, `p`) is run for somebody (#86).
pub(crate) fn is_affordable([ln, r, p]: [u32; 3]) -> bool {
    let memory = 1u64.checked_shl(ln).and_then(|n| n.checked_mul(u64::from(r))?.checked_mul(128));
    let fits = (1..=20).contains(&ln) && (1..=4).contains(&p) && r > 0;
    fits && memory.is_some_and(|memory| memory <= MOST_MEMORY)
}

/// What scrypt makes of a text (RFC 7914).
pub(crate) fn scrypt_of(text: &[u8], [ln, r, p]: [u32; 3], salt: &[u8], length: usize) -> Option<Vec<u8>> {
    let params = scrypt::Params::new(u8::try_from(ln).ok()?, r, p, length).ok()?;
    let mut found = vec![0; length];
    scrypt::scrypt(text, salt, &params, &mut found).ok()?;
    Some(found)
}

fn pbkdf2_hash(name: &str, rounds: u32, salt: Vec<u8>, digest: Vec<u8>) -> Option<Foreign> {
    let variant = Variant::named(name)?;
    let rounds = NonZeroU32::new(rounds).filter(|rounds| rounds.get() <= MOST_ROUNDS)?;
    // Each block of the digest costs all rounds again: eight of the shortest.
    let fits = are_usual(&salt, &digest) && digest.len() <= 160;
    fits.then_some(Foreign::Pbkdf2 { variant, rounds, salt, digest })
}

/// A digest of a few bytes would be one that many passwords have.
pub(crate) fn are_usual(salt: &[u8], digest: &[u8]) -> bool {
    salt.len() <= LONGEST && (16..=LONGEST).contains(&digest.len())
}

fn keycloak(text: &str) -> Option<Foreign> {
    let outer: Keycloak = serde_json::from_str(text).ok()?;
    let secret: SecretData = serde_json::from_str(&outer.secret_data).ok()?;
    let about: CredentialData = serde_json::from_str(&outer.credential_data).ok()?;
    let (salt, digest) = (base64(&secret.salt)?, base64(&secret.value)?);
    if about.algorithm != "argon2" {
        return pbkdf2_hash(&about.algorithm, about.hash_iterations, salt, digest);
    }
    let Parameters { memory, parallelism, r#type, version } = about.additional_parameters;
    let algorithm = match r#type.first()?.as_str() {
        "id" => Algorithm::Argon2id,
        "i" => Algorithm::Argon2i,
        _ => return None,
    };
    let number = |all: &[String]| number_of(all.first()?);
    let cost = Cost { memory: number(&memory)?, passes: about.hash_iterations, lanes: number(&parallelism)? };
    let known = version.first().is_some_and(|version| version == "1.3");
    Argon::new(algorithm, cost, salt, digest).filter(|_| known).map(Foreign::Argon)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_of(hash: &str, password: &str) -> bool {
        Foreign::parse(hash).unwrap_or_else(|| panic!("{hash}")).is_of(&Password::given(password))
    }

    #[test]
    fn hashes_of_other_systems_verify() {
        for (hash, password) in VECTORS {
            assert!(is_of(hash, password), "{hash}");
            assert!(!is_of(hash, &format!("{password}x")), "{hash}");
            assert!(!is_of(hash, ""), "{hash}");
        }
    }

    #[test]
    fn what_would_cost_too_much_or_says_nothing_is_not_read() {
        // #86
        for hash in [
            "",
            "plain",
            "{}",
            "{\"secretData\":\"{}\",\"credentialData\":\"{}\"}",
            "$2b$15$N9qo8uLOickgx2ZMRZoMyeIjZAgcfl7p92ldGxad68LJZdL17lhWy",
            "$2b$31$N9qo8uLOickgx2ZMRZoMyeIjZAgcfl7p92ldGxad68LJZdL17lhWy",
            "$2b$10$N9qo8uLOickgx2ZMRZoMye",
            "$2x$10$N9qo8uLOickgx2ZMRZoMyeIjZAgcfl7p92ldGxad68LJZdL17lhWy",
            "$scrypt$ln=21,r=8,p=1$c29tZXNhbHQ$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
            "$scrypt$ln=64,r=8,p=1$c29tZXNhbHQ$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
            "$scrypt$ln=16,r=8,p=5$c29tZXNhbHQ$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
            "$scrypt$ln=16,r=8,p=1$c29tZXNhbHQ$AAAA",
            "$firescrypt$ln=21,r=8,p=1$42xEC+ixf3L2lw==$lSrfV15cpx95/sZS2W9c9Kp6i/LVgQNDNC/qzrCnh1SAyZvqmZqAjTdn3aoItz+VHjoZilo78198JAdRuid5lQ==$Bw==$jxspr8Ki0RYycVU8zykbdLGjFQ3McFUH0uiiTvC8pVMXAn210wjLNmdZJzxUECKbm0QsEmYUSDzZvpjeJ9WmXA==",
            "$firescrypt$ln=14,r=4294967295,p=1$42xEC+ixf3L2lw==$lSrfV15cpx95/sZS2W9c9Kp6i/LVgQNDNC/qzrCnh1SAyZvqmZqAjTdn3aoItz+VHjoZilo78198JAdRuid5lQ==$Bw==$jxspr8Ki0RYycVU8zykbdLGjFQ3McFUH0uiiTvC8pVMXAn210wjLNmdZJzxUECKbm0QsEmYUSDzZvpjeJ9WmXA==",
            "$firescrypt$ln=14,r=8,p=5$42xEC+ixf3L2lw==$lSrfV15cpx95/sZS2W9c9Kp6i/LVgQNDNC/qzrCnh1SAyZvqmZqAjTdn3aoItz+VHjoZilo78198JAdRuid5lQ==$Bw==$jxspr8Ki0RYycVU8zykbdLGjFQ3McFUH0uiiTvC8pVMXAn210wjLNmdZJzxUECKbm0QsEmYUSDzZvpjeJ9WmXA==",
            // Without the key, with a digest of another length than the key's, and with an empty one.
            "$firescrypt$ln=14,r=8,p=1$42xEC+ixf3L2lw==$lSrfV15cpx95/sZS2W9c9Kp6i/LVgQNDNC/qzrCnh1SAyZvqmZqAjTdn3aoItz+VHjoZilo78198JAdRuid5lQ==$Bw==",
            "$firescrypt$ln=14,r=8,p=1$42xEC+ixf3L2lw==$lSrfV15cpx95/sZS2W9c9Kp6i/LVgQNDNC/qzrCnh1Q=$Bw==$jxspr8Ki0RYycVU8zykbdLGjFQ3McFUH0uiiTvC8pVMXAn210wjLNmdZJzxUECKbm0QsEmYUSDzZvpjeJ9WmXA==",
            "$firescrypt$ln=14,r=8,p=1$42xEC+ixf3L2lw==$$Bw==$",
            "$pbkdf2-sha256$i=2000001$c29tZXNhbHQ$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
            "$pbkdf2-sha256$0$c29tZXNhbHQ$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
            "$pbkdf2-md5$1000$c29tZXNhbHQ$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
            "$pbkdf2-sha256$1000$c29tZXNhbHQ$AAAA",
            "$argon2id$v=19$m=4194304,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4",
            "$1$salt$digest",
        ] {
            assert_eq!(Foreign::parse(hash), None, "{hash}");
        }
    }

    /// Made by Python's hashlib in the form that PHC strings, passlib, Django and Keycloak have; for bcrypt those of jBCrypt's tests.
    const VECTORS: &[(&str, &str)] = &[
        (
            r##"$pbkdf2-sha256$i=1000,l=32$MDEyMzQ1Njc4OWFiY2RlZg$Rs8TKOfmKBAIlY7AWO2dvyQv9J+es6clGU21J8DT+TA"##,
            "correct horse battery é",
        ),
        (
            r##"$pbkdf2-sha512$29000$MDEyMzQ1Njc4OWFiY2RlZg$onal/GQMO.rIJDo0Xws/hTHgRJH8Eh9Y.I3MWYDKHIZ8mysBRlxdrODwAf4YasBX/8mYcimM4ZwiZaYkKe59ug"##,
            "correct horse battery é",
        ),
        (
            r##"pbkdf2_sha256$1200$saltOfDjango$mOfrEU+7jaluQzFyVgCErj4wqL5bKTNR/5X/LHpxQoY="##,
            "correct horse battery é",
        ),
        (
            r##"$scrypt$ln=10,r=8,p=1$MDEyMzQ1Njc4OWFiY2RlZg$772ny8A1XAiGm5vLrXiMEnjrOMIhYn7kg1SXM0kvMvw"##,
            "correct horse battery é",
        ),
        (
            r##"{"secretData": "{\"value\": \"cKYBxjIxclPloQEOFlzvUvaKCkG94R+kdK1JhJWKK9AqQbTB33/okAHX65fGmiSswnWffvUxBdsHupIT4pCDlQ==\", \"salt\": \"MDEyMzQ1Njc4OWFiY2RlZg==\", \"additionalParameters\": {}}", "credentialData": "{\"hashIterations\": 27500, \"algorithm\": \"pbkdf2-sha256\", \"additionalParameters\": {}}"}"##,
            "correct horse battery é",
        ),
        (
            r##"{"secretData": "{\"value\": \"/9PMpwWxEvWQnwLOR4U4+csK/Ug=\", \"salt\": \"MDEyMzQ1Njc4OWFiY2RlZg==\", \"additionalParameters\": {}}", "credentialData": "{\"hashIterations\": 1000, \"algorithm\": \"pbkdf2\", \"additionalParameters\": {}}"}"##,
            "correct horse battery é",
        ),
        (
            r##"{"secretData": "{\"value\": \"5VQIMvMM1LoPQIxCry2xUiLs2sCMQs8c3DOq3iy9oDon1TEHcJ37/66j/KRrj4oS1Ld1/C9/jODDkcIxs8XElg==\", \"salt\": \"MDEyMzQ1Njc4OWFiY2RlZg==\", \"additionalParameters\": {}}", "credentialData": "{\"hashIterations\": 2100, \"algorithm\": \"pbkdf2-sha512\", \"additionalParameters\": {}}"}"##,
            "correct horse battery é",
        ),
        ("$2a$06$.rCVZVOThsIa97pEDOxvGuRRgzG64bvtJ0938xuqzv18d3ZpQhstC", "abcdefghijklmnopqrstuvwxyz"),
        // The one of https://github.com/firebase/scrypt.
        (
            "$firescrypt$ln=14,r=8,p=1$42xEC+ixf3L2lw==$lSrfV15cpx95/sZS2W9c9Kp6i/LVgQNDNC/qzrCnh1SAyZvqmZqAjTdn3aoItz+VHjoZilo78198JAdRuid5lQ==$Bw==$jxspr8Ki0RYycVU8zykbdLGjFQ3McFUH0uiiTvC8pVMXAn210wjLNmdZJzxUECKbm0QsEmYUSDzZvpjeJ9WmXA==",
            "user1password",
        ),
        ("$2a$06$m0CrhHm10qJ3lXRY.5zDGO3rS2KdeeWLuGmsfGlMfOxih58VYVfxe", "a"),
    ];
}
