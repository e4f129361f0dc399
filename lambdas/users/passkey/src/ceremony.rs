//! What is asked of an authenticator, and whether what it says is right. The one file that knows the library.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use oauth::BaseUrl;
use serde_json::Value;
use setting::SettingError;
use user::{
    User,
    passkey::{Passkey, Seen},
};
use web::Result;
use webauthn_rs_core::{
    WebauthnCore,
    error::WebauthnError,
    proto::{
        AttestationConveyancePreference, Credential, PublicKeyCredential, RegisterPublicKeyCredential,
        RegistrationState, UserVerificationPolicy,
    },
};

use crate::{challenge::LIFETIME, client_data::ClientData, host};

/// How long the id of a credential may be (W3C §7.1, step 25).
const LONGEST_ID: usize = 1023;

/// What a credential is called in JSON.
const TYPE: &str = "public-key";

/// We, as authenticators know us.
pub(crate) struct Party {
    core: WebauthnCore,
    /// Our origin, as browsers write it.
    origin: String,
    /// Whether the person is to show that it is they: what makes a passkey two factors.
    policy: UserVerificationPolicy,
}

/// A challenge in base64url, and what the browser's API gets, as JSON.
pub(crate) struct Asked {
    pub(crate) challenge: String,
    pub(crate) options: Value,
}

/// A passkey that was made.
pub(crate) struct Made {
    /// The id of the credential.
    pub(crate) id: Vec<u8>,
    pub(crate) seen: Seen,
    /// For [`Passkey::credential`].
    pub(crate) credential: String,
}

/// What a passkey proved.
pub(crate) struct Proven {
    pub(crate) seen: Seen,
    /// Whether the key may be copied to other devices.
    pub(crate) is_synced: bool,
}

/// Why an answer is not right.
#[derive(Debug)]
pub(crate) enum Wrong {
    /// The counter did not grow: there may be a copy of the key (W3C §6.1.1).
    Copied,
    /// Anything else, in words of ours: what was sent is in no log (#103).
    Other(&'static str),
}

/// Why somebody was refused, for the log alone.
#[derive(Debug)]
struct Because(&'static str, oauth::Error);

impl std::fmt::Display for Because {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.0)
    }
}

impl std::error::Error for Because {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.1)
    }
}

/// This refusal, and why.
pub(crate) fn because(why: &'static str, refusal: oauth::Error) -> web::Error {
    Because(why, refusal).into()
}

impl Party {
    /// We at this address.
    pub(crate) fn of(base: &BaseUrl) -> Result<Self, SettingError> {
        Self::with(base, UserVerificationPolicy::Required)
    }

    /// The same with another policy, for the vectors of the specification.
    pub(crate) fn with(base: &BaseUrl, policy: UserVerificationPolicy) -> Result<Self, SettingError> {
        let url = host::url(base)?;
        let host = host::of(&url)?;
        let origin = url.origin().ascii_serialization();
        // The name is that of the look, at each request.
        let core = WebauthnCore::new_unsafe_experts_only(&host, &host, vec![url], LIFETIME, None, None);
        Ok(Self { core, origin, policy })
    }

    /// Asks for a signature of one of these passkeys; with none of them, of whichever the person chooses.
    pub(crate) fn signature(&self, of: &[Passkey]) -> Result<Asked> {
        let of = of.iter().filter_map(|known| stored(known).ok()).collect();
        let asked = self.core.new_challenge_authenticate_builder(of, Some(self.policy))?;
        let (options, _) = self.core.generate_challenge_authenticate(asked)?;
        let challenge = URL_SAFE_NO_PAD.encode(&options.public_key.challenge);
        Ok(Asked { challenge, options: serde_json::to_value(options.public_key)? })
    }

    /// Asks for a new passkey of this person, at what we are called, on none of the authenticators that have one of these.
    pub(crate) fn new_passkey(&self, called: &str, user: &User, known: &[Passkey]) -> Result<Asked> {
        let (mut options, _) = self.core.generate_challenge_register(self.registration(user, known)?)?;
        options.public_key.rp.name = called.to_owned();
        let challenge = URL_SAFE_NO_PAD.encode(&options.public_key.challenge);
        Ok(Asked { challenge, options: serde_json::to_value(options.public_key)? })
    }

    fn registration(
        &self,
        user: &User,
        known: &[Passkey],
    ) -> Result<webauthn_rs_core::ChallengeRegisterBuilder> {
        let name = user.email.as_deref().or(user.name.as_deref()).unwrap_or(&user.id);
        let display = user.name.as_deref().unwrap_or(name);
        let ids = known.iter().filter_map(|known| stored(known).ok()).map(|stored| stored.cred_id);
        let asked = self.core.new_challenge_register_builder(user.id.as_bytes(), name, display)?;
        Ok(asked
            .attestation(AttestationConveyancePreference::None)
            .user_verification_policy(self.policy)
            .require_resident_key(true)
            .exclude_credentials(Some(ids.collect())))
    }

    /// Checks a new passkey (W3C §7.1) that answers this challenge.
    pub(crate) fn made(
        &self,
        challenge: &str,
        answer: &RegisterPublicKeyCredential,
        user: &User,
        known: &[Passkey],
    ) -> Result<Made, Wrong> {
        self.is_ours(&answer.response.client_data_json, challenge, &answer.type_)?;
        let state = self.state(challenge, user, known).map_err(unreadable)?;
        let credential = self.core.register_credential(answer, &state, None).map_err(wrong)?;
        if credential.cred_id.len() > LONGEST_ID {
            return Err(Wrong::Other("the id of the credential is too long"));
        }
        Ok(Made {
            id: credential.cred_id.clone(),
            seen: Seen { counter: credential.counter, is_backed_up: credential.backup_state },
            credential: serde_json::to_string(&credential).map_err(unreadable)?,
        })
    }

    /// What the library keeps between the two halves, with the challenge that the browser has kept for us.
    fn state(&self, challenge: &str, user: &User, known: &[Passkey]) -> Result<RegistrationState> {
        let (_, state) = self.core.generate_challenge_register(self.registration(user, known)?)?;
        let mut state = serde_json::to_value(state)?;
        state["challenge"] = Value::from(challenge);
        Ok(serde_json::from_value(state)?)
    }

    /// Checks a signature of this passkey (W3C §7.2) that answers this challenge.
    pub(crate) fn proven(
        &self,
        challenge: &str,
        answer: &PublicKeyCredential,
        passkey: &Passkey,
    ) -> Result<Proven, Wrong> {
        self.is_ours(&answer.response.client_data_json, challenge, &answer.type_)?;
        let mut credential = stored(passkey).map_err(unreadable)?;
        credential.counter = passkey.counter;
        let asked = self
            .core
            .new_challenge_authenticate_builder(Vec::new(), Some(self.policy))
            .map_err(unreadable)?;
        let (_, state) = self.core.generate_challenge_authenticate(asked).map_err(unreadable)?;
        let mut state = serde_json::to_value(state).map_err(unreadable)?;
        state["challenge"] = Value::from(challenge);
        let state = serde_json::from_value(state).map_err(unreadable)?;
        let said = self.core.authenticate_single_credential(answer, &state, &credential).map_err(wrong)?;
        Ok(Proven {
            seen: Seen { counter: said.counter(), is_backed_up: said.backup_state() },
            is_synced: said.backup_eligible(),
        })
    }

    fn is_ours(&self, client_data: &[u8], challenge: &str, kind: &str) -> Result<(), Wrong> {
        let data = ClientData::of(client_data).filter(|data| data.is_from(&self.origin));
        match data.filter(|data| data.challenge == challenge) {
            Some(_) if kind == TYPE => Ok(()),
            _ => Err(Wrong::Other("another page asked for this")),
        }
    }
}

fn stored(passkey: &Passkey) -> Result<Credential, serde_json::Error> {
    serde_json::from_str(&passkey.credential)
}

fn wrong(error: WebauthnError) -> Wrong {
    Wrong::Other(match error {
        WebauthnError::CredentialPossibleCompromise => return Wrong::Copied,
        WebauthnError::MismatchedChallenge => "it answers another challenge",
        WebauthnError::InvalidClientDataType => "it answers another question",
        WebauthnError::InvalidRPIDHash => "it is of another host",
        WebauthnError::UserNotPresent | WebauthnError::UserNotVerified => "nobody unlocked it",
        WebauthnError::AuthenticationFailure => "the signature is wrong",
        WebauthnError::CredentialAlteredAlgFromRequest => "its algorithm is none of ours",
        WebauthnError::CredentialExcludedFromRequest => "they have it already",
        _ => "it cannot be read or verified",
    })
}

fn unreadable<E>(_: E) -> Wrong {
    Wrong::Other("its row cannot be read")
}
