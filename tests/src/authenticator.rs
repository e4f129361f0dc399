//! An authenticator of the tests: it makes passkeys and signs with them, and says what a test wants it to say.

use aws_lc_rs::{
    digest::{SHA256, digest},
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};

/// Somebody is there (W3C §6.1).
pub const UP: u8 = 0x01;
/// It is the person.
pub const UV: u8 = 0x04;
/// The key may be copied to other devices.
pub const BE: u8 = 0x08;
/// And was.
pub const BS: u8 = 0x10;
/// There is a new credential in it.
const AT: u8 = 0x40;

/// A passkey in its authenticator. What it says can be changed before it is asked.
pub struct Authenticator {
    key: EcdsaKeyPair,
    /// The id of the credential.
    pub id: Vec<u8>,
    /// Whose it is, as it was told when the passkey was made.
    pub handle: Vec<u8>,
    /// Where the page is that asks.
    pub origin: String,
    /// In a frame of another site.
    pub cross_origin: bool,
    /// Of which host it says it is.
    pub rp_id: String,
    /// What it says of the person.
    pub flags: u8,
    /// What it has counted.
    pub counter: u32,
    /// Another challenge than the one that it was given.
    pub challenge: Option<String>,
    /// Another type of the client data.
    pub kind: Option<&'static str>,
}

impl Authenticator {
    /// One for the page at this address, which keeps its key and counts nothing.
    pub fn new(origin: &str) -> Self {
        let host = url::Url::parse(origin).unwrap().host_str().unwrap().to_owned();
        let key = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING).unwrap();
        let id = digest(&SHA256, key.public_key().as_ref()).as_ref().to_vec();
        Self {
            key,
            id,
            handle: Vec::new(),
            origin: origin.to_owned(),
            cross_origin: false,
            rp_id: host,
            flags: UP | UV,
            counter: 0,
            challenge: None,
            kind: None,
        }
    }

    /// Makes a passkey, as `navigator.credentials.create()` gives it as JSON.
    pub fn create(&mut self, options: &Value) -> Value {
        self.handle = URL_SAFE_NO_PAD.decode(options["user"]["id"].as_str().unwrap()).unwrap();
        let client_data = self.client_data("webauthn.create", options);
        let object =
            [&b"\xa3\x63fmt\x64none\x67attStmt\xa0\x68authData"[..], &bytes(&self.attested())].concat();
        self.credential(json!({"clientDataJSON": text(&client_data), "attestationObject": text(&object)}))
    }

    /// Signs, as `navigator.credentials.get()` gives it as JSON.
    pub fn get(&self, options: &Value) -> Value {
        let client_data = self.client_data("webauthn.get", options);
        let data = self.data(self.flags);
        let signed = [&data[..], digest(&SHA256, &client_data).as_ref()].concat();
        let signature = self.key.sign(&SystemRandom::new(), &signed).unwrap();
        self.credential(json!({
            "clientDataJSON": text(&client_data),
            "authenticatorData": text(&data),
            "signature": text(signature.as_ref()),
            "userHandle": text(&self.handle),
        }))
    }

    fn credential(&self, response: Value) -> Value {
        let id = text(&self.id);
        json!({"id": id, "rawId": id, "type": "public-key", "response": response, "clientExtensionResults": {}})
    }

    fn client_data(&self, kind: &str, options: &Value) -> Vec<u8> {
        let challenge = self.challenge.as_deref().or(options["challenge"].as_str()).unwrap();
        let (kind, origin) = (self.kind.unwrap_or(kind), &self.origin);
        let data =
            json!({"type": kind, "challenge": challenge, "origin": origin, "crossOrigin": self.cross_origin});
        data.to_string().into_bytes()
    }

    fn data(&self, flags: u8) -> Vec<u8> {
        let host = digest(&SHA256, self.rp_id.as_bytes());
        [host.as_ref(), &[flags], &self.counter.to_be_bytes()].concat()
    }

    /// With the credential (W3C §6.5.2), whose key is a COSE key of ES256.
    fn attested(&self) -> Vec<u8> {
        let point = self.key.public_key().as_ref();
        let length = u16::try_from(self.id.len()).unwrap().to_be_bytes();
        let start = [0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21];
        let (x, y) = (bytes(&point[1..33]), bytes(&point[33..65]));
        let key = [&start[..], &x, &[0x22], &y].concat();
        [&self.data(self.flags | AT)[..], &[0; 16], &length, &self.id, &key].concat()
    }
}

/// A byte string of CBOR (RFC 8949 §3.1).
fn bytes(content: &[u8]) -> Vec<u8> {
    let length = u16::try_from(content.len()).unwrap();
    let head = match u8::try_from(length) {
        Ok(short) if short < 24 => vec![0x40 | short],
        Ok(short) => vec![0x58, short],
        Err(_) => [&[0x59][..], &length.to_be_bytes()].concat(),
    };
    [head, content.to_vec()].concat()
}

fn text(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}
