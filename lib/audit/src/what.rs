//! What can happen.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Names everything that can happen, as it is written, and which of it is kept in the table.
macro_rules! what {
    ($($(#[doc = $doc:literal])+ $name:ident = $text:literal, $kept:literal;)*) => {
        /// What happened.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
        pub enum What {
            $($(#[doc = $doc])+ #[serde(rename = $text)] $name,)*
        }

        impl What {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// As it is written in the log, in the table and by `latchkey audit --what`.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text),* }
            }

            /// Whether it is kept in the table, and not only logged.
            pub const fn is_kept(self) -> bool {
                match self { $(Self::$name => $kept),* }
            }
        }
    };
}

what! {
    /// Somebody signed in, or tried to.
    SignIn = "sign_in", false;
    /// A person signed out of a session. It has a row, which is not kept, where somebody is told.
    SignOut = "sign_out", false;
    /// A session was ended by its person elsewhere, or by an admin.
    SessionEnded = "session_ended", true;
    /// All sessions and grants of a person were ended.
    SignOutEverywhere = "sign_out_everywhere", true;
    /// A client got tokens, or was refused.
    Token = "token", false;
    /// A client renewed its tokens, or was refused.
    Renewal = "renewal", false;
    /// A refresh token came again after it was renewed: its grant ended.
    RefreshTokenReused = "refresh_token_reused", true;
    /// An authorization code or a device code came twice: its grant ended.
    CodeReused = "code_reused", true;
    /// A client revoked a token of its own.
    Revocation = "revocation", false;
    /// A person let a client have something.
    ConsentGiven = "consent_given", false;
    /// A person took that back, and the client's grants ended.
    ConsentRemoved = "consent_removed", false;
    /// Something was tried too often, and is refused for a while.
    Lockout = "lockout", false;
    /// A person was added.
    PersonAdded = "person_added", true;
    /// Somebody was invited, or an invitation changed.
    PersonInvited = "person_invited", true;
    /// An invitation was taken back.
    InvitationRemoved = "invitation_removed", true;
    /// What is known of a person was changed by an admin.
    PersonChanged = "person_changed", true;
    /// The roles of a person changed.
    RolesChanged = "roles_changed", true;
    /// What a person is entitled to changed.
    EntitlementsChanged = "entitlements_changed", true;
    /// A person was disabled: everything that they had ended.
    PersonDisabled = "person_disabled", true;
    /// A person was enabled.
    PersonEnabled = "person_enabled", true;
    /// A person was deleted.
    PersonDeleted = "person_deleted", true;
    /// The data of a person was downloaded.
    PersonExported = "person_exported", true;
    /// People were imported.
    PeopleImported = "people_imported", true;
    /// A person added a passkey.
    PasskeyAdded = "passkey_added", true;
    /// A person removed a passkey.
    PasskeyRemoved = "passkey_removed", true;
    /// A passkey signed with a counter that did not grow: there may be a copy of it.
    PasskeyCopied = "passkey_copied", true;
    /// A person chose another password: everything that they had ended.
    PasswordChanged = "password_changed", true;
    /// A person has shown that an address is theirs, by a mail to it.
    AddressProven = "address_proven", true;
    /// A person added a second factor.
    FactorAdded = "factor_added", true;
    /// A person removed their second factor.
    FactorRemoved = "factor_removed", true;
    /// A person made new recovery codes.
    RecoveryCodesMade = "recovery_codes_made", true;
    /// A person showed their second factor, or tried to.
    FactorUsed = "factor_used", false;
    /// Another identity leads to a person from now on.
    IdentityLinked = "identity_linked", true;
    /// An identity leads to a person no more.
    IdentityUnlinked = "identity_unlinked", true;
    /// A shop's webhook gave somebody what they bought, or lets it wait for them.
    WebhookGave = "webhook_gave", true;
    /// A shop's webhook took back what was refunded.
    WebhookTook = "webhook_took", true;
    /// A source of webhooks was added or changed.
    WebhookSet = "webhook_set", true;
    /// A source of webhooks got another secret, or lost one.
    WebhookSecretChanged = "webhook_secret_changed", true;
    /// A source of webhooks was removed.
    WebhookRemoved = "webhook_removed", true;
    /// The row of rights was written from the settings.
    RightsBegun = "rights_begun", true;
    /// A role was added or changed.
    RoleSet = "role_set", true;
    /// A role was removed.
    RoleRemoved = "role_removed", true;
    /// A rule was added or changed.
    RuleSet = "rule_set", true;
    /// A rule was removed.
    RuleRemoved = "rule_removed", true;
    /// What everybody gets changed.
    DefaultsSet = "defaults_set", true;
    /// A client was added.
    ClientAdded = "client_added", true;
    /// A client was changed.
    ClientChanged = "client_changed", true;
    /// A client got another secret, or lost one.
    ClientSecretChanged = "client_secret_changed", true;
    /// A client was disabled: everything that it had ended.
    ClientDisabled = "client_disabled", true;
    /// A client was enabled.
    ClientEnabled = "client_enabled", true;
    /// A client was removed.
    ClientRemoved = "client_removed", true;
    /// An API was added or changed.
    ApiSet = "api_set", true;
    /// An API was removed.
    ApiRemoved = "api_removed", true;
    /// A receiver of events was added or changed.
    ReceiverSet = "receiver_set", true;
    /// A receiver of events was removed.
    ReceiverRemoved = "receiver_removed", true;
    /// The signing keys changed: one was added, one ended.
    KeysRotated = "keys_rotated", true;
    /// A signing key was retired or revoked before its time.
    KeyRevoked = "key_revoked", true;
    /// The table was restored: what began before counts no more.
    Restored = "restored", true;
}

impl What {
    /// The one that is written like this.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|what| what.as_str() == text)
    }
}

impl fmt::Display for What {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
