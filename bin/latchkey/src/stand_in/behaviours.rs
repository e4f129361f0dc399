//! The providers that the stand-in can behave like. `docs/providers.md` cites the reports.

use super::behaviour::{
    Answer, Behaviour, Endpoint, IdToken, Iss, PLAIN, Refusal, Token, User,
    Verified::{Text, Unsaid},
};

/// The same ids in every answer: they say nothing.
const SESSION_STATE: &str = "session_state=005c1d5e-9b5f-4a52-8f0f-3f6c2b4d8a01";

const fn no(answer: &'static str) -> Refusal {
    Refusal { key: "yes", button: "Refuse", note: "goes back without signing in.", answer }
}

/// All of them.
pub(crate) static BEHAVIOURS: &[Behaviour] = &[
    Behaviour {
        names: &["google"],
        answer: Answer {
            iss: Iss::Issuer,
            beside: "scope=email+profile+https%3A%2F%2Fwww.googleapis.com%2Fauth%2Fuserinfo.email+openid&authuser=0&hd=example.com&prompt=consent",
            ..PLAIN.answer
        },
        refusals: &[no("error=access_denied")],
        token: Token { media_type: "application/json; charset=utf-8", ..PLAIN.token },
        id_token: IdToken {
            claims: r#"{"given_name":"{given}","family_name":"{family}"}"#,
            ..PLAIN.id_token
        },
        user: User { may_fail: Some(Endpoint::Groups), ..PLAIN.user },
        ..PLAIN
    },
    Behaviour {
        names: &["github"],
        // Its `iss` is the same also at the stand-in.
        settings: &[(&authenticate::settings::ANSWERS_AS, "https://github.com/login/oauth")],
        answer: Answer { iss: Iss::Named("https://github.com/login/oauth"), ..PLAIN.answer },
        refusals: &[no(
            "error=access_denied&error_description=The+user+has+denied+your+application+access.&error_uri=https%3A%2F%2Fdocs.github.com%2Fapps%2Fmanaging-oauth-apps%2Ftroubleshooting-authorization-request-errors%2F%23access-denied",
        )],
        token: Token {
            form_unless_asked: true,
            media_type: "application/json; charset=utf-8",
            members: r#"{"scope":"read:user,user:email","token_type":"bearer","expires_in":null,"id_token":null}"#,
        },
        user: User {
            document: Some(
                r#"{"login":"{handle}","id":"{number}","node_id":"MDQ6VXNlcjE=","avatar_url":"{picture}","gravatar_id":"",
                    "type":"User","user_view_type":"private","site_admin":false,"name":"{name}","company":null,"blog":"",
                    "location":null,"email":null,"hireable":null,"bio":null,"public_repos":2,"two_factor_authentication":true}"#,
            ),
            further_addresses: r#"[{"email":"someone@users.noreply.github.com","primary":false,"verified":true,"visibility":null}]"#,
            may_fail: Some(Endpoint::Emails),
            ..PLAIN.user
        },
        ..PLAIN
    },
    Behaviour {
        names: &["entra", "microsoft"],
        issuer: "/8eaef023-2b34-4da1-9baa-8bc8c9d6a490/v2.0",
        answer: Answer { iss: Iss::Absent, beside: SESSION_STATE, ..PLAIN.answer },
        refusals: &[
            no(
                "error=access_denied&error_subcode=cancel&error_description=AADSTS65004%3a+User+declined+to+consent+to+access+the+app.%0d%0aTrace+ID%3a+00000000-aaaa-1111-bbbb-2222cccc3333%0d%0aCorrelation+ID%3a+11111111-aaaa-1111-bbbb-2222cccc3333%0d%0aTimestamp%3a+2026-04-01+09%3a00%3a00Z&error_uri=https%3a%2f%2flogin.microsoftonline.com%2ferror%3fcode%3d65004",
            ),
            Refusal {
                key: "french",
                button: "Refuse in French",
                note: "does the same, and says why in Latin-1.",
                answer: "error=access_denied&error_description=AADSTS65004%3a+L%27utilisateur+a+refus%e9+son+consentement.%0d%0aTimestamp%3a+2026-04-01+09%3a00%3a00Z",
            },
            Refusal {
                key: "slow",
                button: "Take too long",
                note: "lets the sign-in expire.",
                answer: "error=invalid_request&error_description=AADSTS90033%3a+A+transient+error+has+occurred.%0d%0aTrace+ID%3a+00000000-aaaa-1111-bbbb-2222cccc3333",
            },
        ],
        token: Token {
            media_type: "application/json; charset=utf-8",
            members: r#"{"ext_expires_in":3599}"#,
            ..PLAIN.token
        },
        id_token: IdToken {
            azp: false,
            verified: Unsaid,
            groups: 200,
            claims: r#"{"ver":"2.0","tid":"8eaef023-2b34-4da1-9baa-8bc8c9d6a490","oid":"11111111-2b34-4da1-9baa-8bc8c9d6a490",
                "preferred_username":"{email}","nbf":"{now}","aio":"AWQAm/8ZAAAA","rh":"1.AAAA","uti":"SomeUti-AAAA","hd":null,
                "sid":"005c1d5e-9b5f-4a52-8f0f-3f6c2b4d8a01","picture":null}"#,
            ..PLAIN.id_token
        },
        ..PLAIN
    },
    Behaviour {
        names: &["apple"],
        answer: Answer { iss: Iss::Absent, introduces: true, ..PLAIN.answer },
        refusals: &[no("error=user_cancelled_authorize")],
        token: Token {
            media_type: "application/json;charset=ISO-8859-1",
            members: r#"{"refresh_token":"r.0.a"}"#,
            ..PLAIN.token
        },
        id_token: IdToken {
            azp: false,
            verified: Text,
            claims: r#"{"auth_time":"{now}","nonce_supported":true,"is_private_email":"false","hd":null,"name":null,"picture":null}"#,
            ..PLAIN.id_token
        },
        ..PLAIN
    },
    Behaviour {
        names: &["keycloak"],
        issuer: "/realms/local",
        answer: Answer { iss: Iss::Issuer, beside: SESSION_STATE, ..PLAIN.answer },
        refusals: &[
            no("error=access_denied"),
            Refusal {
                key: "slow",
                button: "Take too long",
                note: "lets the sign-in expire.",
                answer: "error=temporarily_unavailable&error_description=authentication_expired",
            },
            Refusal {
                key: "down",
                button: "Be out of order",
                note: "is an outage of the provider's.",
                answer: "error=temporarily_unavailable",
            },
        ],
        token: Token {
            members: r#"{"refresh_expires_in":1800,"refresh_token":"r","not-before-policy":0,"session_state":"005c1d5e"}"#,
            ..PLAIN.token
        },
        id_token: IdToken {
            claims: r#"{"typ":"ID","jti":"3f6c2b4d","auth_time":"{now}","acr":"1","sid":"005c1d5e","hd":null,"picture":null,
                "preferred_username":"{handle}","given_name":"{given}","family_name":"{family}"}"#,
            ..PLAIN.id_token
        },
        ..PLAIN
    },
    Behaviour {
        names: &["zitadel"],
        label: Some("Zitadel"),
        settings: &[(&authenticate::settings::TRUSTED_AUDIENCES, "271600000000000002,271600000000000001")],
        answer: Answer { iss: Iss::Absent, ..PLAIN.answer },
        id_token: IdToken {
            also_for: &["271600000000000002", "271600000000000001"],
            without: &["email", "email_verified", "hd", "name", "picture"],
            claims: r#"{"auth_time":"{now}","amr":["pwd"],"client_id":"{client}","sid":"V1_27160000"}"#,
            ..PLAIN.id_token
        },
        user: User { may_fail: Some(Endpoint::Userinfo), ..PLAIN.user },
        ..PLAIN
    },
    Behaviour {
        names: &["okta"],
        issuer: "/oauth2/default",
        answer: Answer { iss: Iss::Absent, ..PLAIN.answer },
        refusals: &[
            no(
                "error=access_denied&error_description=The+resource+owner+or+authorization+server+denied+the+request.",
            ),
            Refusal {
                key: "stranger",
                button: "Be not assigned",
                note: "is somebody whom the administrator did not give the application.",
                answer: "error=access_denied&error_description=User+is+not+assigned+to+the+client+application.",
            },
        ],
        token: Token { media_type: "application/json;charset=UTF-8", ..PLAIN.token },
        id_token: IdToken {
            azp: false,
            without: &["email", "email_verified", "hd", "picture"],
            claims: r#"{"ver":1,"jti":"ID.fGvXAc","amr":["pwd"],"idp":"00o1abcd","auth_time":"{now}","preferred_username":"{email}"}"#,
            ..PLAIN.id_token
        },
        user: User { may_fail: Some(Endpoint::Userinfo), ..PLAIN.user },
        ..PLAIN
    },
    Behaviour {
        names: &["b2c"],
        label: Some("Azure AD B2C"),
        issuer: "/0e96f835-6e34-470c-800b-2e2c5908c54c/v2.0/",
        metadata: "/local.onmicrosoft.com/b2c_1_signupsignin/v2.0/.well-known/openid-configuration",
        discovered: Some(
            r#"{"userinfo_endpoint":null,"authorization_response_iss_parameter_supported":null,"code_challenge_methods_supported":null,
                "scopes_supported":["openid"],"subject_types_supported":["pairwise"]}"#,
        ),
        answer: Answer { iss: Iss::Absent, ..PLAIN.answer },
        refusals: &[
            no(
                "error=access_denied&error_description=AADB2C90091%3a+The+user+has+cancelled+entering+self-asserted+information.%0d%0aCorrelation+ID%3a+0124482e-0fd6-4576-89aa-aa257312a694%0d%0aTimestamp%3a+2026-04-01+09%3a00%3a00Z%0d%0a",
            ),
            Refusal {
                key: "forgotten",
                button: "Forget the password",
                note: "goes back without signing in, too.",
                answer: "error=access_denied&error_description=AADB2C90118%3a+The+user+has+forgotten+their+password.%0d%0aCorrelation+ID%3a+0124482e-0fd6-4576-89aa-aa257312a694%0d%0aTimestamp%3a+2026-04-01+09%3a00%3a00Z%0d%0a",
            },
        ],
        token: Token {
            media_type: "application/json; charset=utf-8",
            members: r#"{"not_before":"{now}","id_token_expires_in":3600,"profile_info":"eyJ2ZXIiOiIxLjAifQ"}"#,
            ..PLAIN.token
        },
        id_token: IdToken {
            azp: false,
            without: &["email", "email_verified", "hd", "picture"],
            claims: r#"{"ver":"1.0","auth_time":"{now}","nbf":"{now}","acr":"b2c_1_signupsignin","tfp":"B2C_1_signupsignin",
                "emails":["{email}"],"given_name":"{given}","family_name":"{family}"}"#,
            ..PLAIN.id_token
        },
        ..PLAIN
    },
    Behaviour {
        names: &["cognito"],
        issuer: "/eu-central-1_Example01",
        answer: Answer { iss: Iss::Absent, ..PLAIN.answer },
        refusals: &[
            no("error_description=User+is+not+authorized.+&error=access_denied"),
            Refusal {
                key: "trigger",
                button: "Fail in a trigger",
                note: "is somebody whom a function of the pool's turns away.",
                answer: "error_description=PreSignUp+failed+with+error+not+invited.+&error=invalid_request",
            },
        ],
        token: Token { media_type: "application/json;charset=UTF-8", ..PLAIN.token },
        id_token: IdToken {
            azp: false,
            claims: r#"{"token_use":"id","cognito:username":"{handle}","cognito:groups":["admins"],"auth_time":"{now}","hd":null,
                "event_id":"3f6c2b4d","origin_jti":"005c1d5e","jti":"9b5f4a52"}"#,
            ..PLAIN.id_token
        },
        user: User { verified: Text, ..PLAIN.user },
        ..PLAIN
    },
    Behaviour {
        names: &["auth0"],
        issuer: "/",
        answer: Answer { iss: Iss::Absent, ..PLAIN.answer },
        refusals: &[
            no("error=access_denied&error_description=User%20did%20not%20authorize%20the%20request"),
            Refusal {
                key: "blocked",
                button: "Be blocked",
                note: "is somebody whom the administrator has shut out.",
                answer: "error=unauthorized&error_description=user%20is%20blocked",
            },
        ],
        token: Token { members: r#"{"expires_in":86400}"#, ..PLAIN.token },
        id_token: IdToken {
            azp: false,
            claims: r#"{"nickname":"{handle}","updated_at":"2026-04-01T09:00:00.000Z","sid":"005c1d5e","hd":null}"#,
            ..PLAIN.id_token
        },
        ..PLAIN
    },
    Behaviour {
        names: &["gitlab"],
        answer: Answer { iss: Iss::Absent, ..PLAIN.answer },
        refusals: &[no(
            "error=access_denied&error_description=The+resource+owner+or+authorization+server+denied+the+request.",
        )],
        token: Token {
            media_type: "application/json; charset=utf-8",
            members: r#"{"refresh_token":"r","created_at":"{now}"}"#,
            ..PLAIN.token
        },
        id_token: IdToken {
            azp: false,
            claims: r#"{"auth_time":"{now}","sub_legacy":"3f6c2b4d","nickname":"{handle}","preferred_username":"{handle}","hd":null,
                "profile":"https://gitlab.com/someone","groups_direct":["example"]}"#,
            ..PLAIN.id_token
        },
        ..PLAIN
    },
    Behaviour {
        names: &["adfs"],
        label: Some("AD FS"),
        issuer: "/adfs",
        answer: Answer {
            iss: Iss::Absent,
            beside: "client-request-id=4d5d9f0a-5e1c-4f0d-0a00-0080000000b1",
            ..PLAIN.answer
        },
        refusals: &[
            no("error=access_denied&client-request-id=4d5d9f0a-5e1c-4f0d-0a00-0080000000b1"),
            Refusal {
                key: "broken",
                button: "Be out of order",
                note: "is a fault of the server's.",
                answer: "error=server_error&error_description=MSIS9604%3a+An+error+occurred.+The+authorization+server+was+not+able+to+fulfill+the+request.&client-request-id=4d5d9f0a-5e1c-4f0d-0a00-0080000000b1",
            },
        ],
        token: Token {
            media_type: "application/json;charset=UTF-8",
            members: r#"{"resource":"urn:microsoft:userinfo","refresh_token":"r","refresh_token_expires_in":28799}"#,
            ..PLAIN.token
        },
        id_token: IdToken {
            azp: false,
            verified: Unsaid,
            claims: r#"{"upn":"{email}","unique_name":"EXAMPLE\\someone","sid":"S-1-5-21-1-2-3-1001","apptype":"Confidential",
                "appid":"{client}","authmethod":"urn:oasis:names:tc:SAML:2.0:ac:classes:PasswordProtectedTransport","ver":"1.0",
                "scp":"openid","auth_time":"2026-04-01T09:00:00.000Z","groups":"admins","hd":null,"picture":null}"#,
            ..PLAIN.id_token
        },
        user: User { document: Some(r#"{"sub":"{sub}"}"#), ..PLAIN.user },
        ..PLAIN
    },
    Behaviour {
        names: &["other"],
        label: Some("Other"),
        answer: Answer {
            iss: Iss::Issuer,
            beside: "place=Orl%E9ans&theme=light&theme=dark&done=100%&odd=%zz&empty",
            ..PLAIN.answer
        },
        refusals: &[
            no(
                "error=access_denied&error_description=nicht+erlaubt%2C+bitte+pr%FCfen&theme=light&theme=dark",
            ),
            Refusal {
                key: "unknown",
                button: "Fail with a word of its own",
                note: "is an error that no standard knows.",
                answer: "error=x_account_locked&error_description=100%+locked",
            },
        ],
        token: Token { media_type: "text/plain;charset=utf-8", ..PLAIN.token },
        id_token: IdToken {
            azp: false,
            without: &["email", "email_verified", "hd", "name", "picture"],
            fractions: true,
            ..PLAIN.id_token
        },
        user: User { signed: true, may_fail: Some(Endpoint::Userinfo), ..PLAIN.user },
        ..PLAIN
    },
];
