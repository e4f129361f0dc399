//! RFC 6749 §2.3.1: secrets, in Basic and in the form.

use client::{Client, Kind, Presented, add, manage::NOTHING};
use forge::Numbers;
use oauth::{Code, Error, Secret, server::ClientAuth};
use store::Table;

use crate::{ENDPOINT, NOW, form, new, support::Database};

fn base64(text: impl AsRef<[u8]>) -> String {
    use base64::{Engine, engine::general_purpose::STANDARD};
    STANDARD.encode(text)
}

fn basic(id: &str, secret: &str) -> String {
    format!("Basic {}", base64(format!("{id}:{secret}")))
}

async fn client(table: &Table, kind: Kind, auth: Option<&[ClientAuth]>) -> (Client, String) {
    let mut new = new(kind);
    if let Some(auth) = auth {
        new.auth = auth.to_vec();
    }
    let (client, secret) = add(table, &new, NOTHING, NOW).await.unwrap();
    (client, secret.map(|secret| secret.expose().to_owned()).unwrap_or_default())
}

fn verify(
    client: Option<&Client>,
    authorization: Option<&str>,
    parameters: &[(&str, &str)],
) -> Result<ClientAuth, Error> {
    let presented = Presented::read(authorization, &form(parameters))?;
    presented.verify(client, &ENDPOINT, NOW).map(|verified| verified.method)
}

#[tokio::test]
async fn a_client_with_a_secret_uses_basic_or_the_form_unless_it_is_pinned() {
    // #91
    let database = Database::start().await;
    for (auth, allowed) in [
        (None, [true, true]),
        (Some([ClientAuth::Basic].as_slice()), [true, false]),
        (Some([ClientAuth::Post].as_slice()), [false, true]),
    ] {
        let (client, secret) = client(&database.table, Kind::Web, auth).await;
        let by_basic = verify(Some(&client), Some(&basic(&client.id, &secret)), &[]);
        let by_form = verify(Some(&client), None, &[("client_id", &client.id), ("client_secret", &secret)]);
        assert_eq!([by_basic.is_ok(), by_form.is_ok()], allowed, "{auth:?}");
        for refused in [by_basic, by_form].into_iter().filter_map(Result::err) {
            assert_eq!((refused.code(), refused.status()), (Code::InvalidClient, 401));
        }
    }
}

#[tokio::test]
async fn what_real_clients_send_beside_basic_is_accepted_and_a_second_proof_is_not() {
    // #91
    let database = Database::start().await;
    let (client, secret) = client(&database.table, Kind::Web, None).await;
    let (id, basic) = (client.id.as_str(), basic(&client.id, &secret));
    let with = |parameters: &[(&str, &str)]| {
        verify(Some(&client), Some(&basic), parameters).map_err(|error| error.code())
    };
    for accepted in [
        &[("client_id", id)][..],
        &[("client_id", id), ("client_secret", "")],
        &[("client_id", "")],
        &[("client_assertion", ""), ("client_assertion_type", "")],
    ] {
        assert_eq!(with(accepted), Ok(ClientAuth::Basic), "{accepted:?}");
    }
    for refused in [
        &[("client_secret", secret.as_str())][..],
        &[("client_id", id), ("client_secret", &secret)],
        &[("client_id", "other")],
        &[("client_id", &id.to_uppercase())],
        &[("client_assertion", "a.b.c")],
        &[("client_assertion", "a.b.c"), ("client_assertion_type", "x")],
        &[("client_assertion_type", "x")],
    ] {
        assert_eq!(with(refused), Err(Code::InvalidRequest), "{refused:?}");
    }
    let both = [("client_id", id), ("client_secret", &secret), ("client_assertion", "a.b.c")];
    assert_eq!(verify(Some(&client), None, &both).unwrap_err().code(), Code::InvalidRequest);
}

#[test]
fn basic_is_decoded_strictly() {
    // #91, RFC 7617 §2, RFC 6749 §2.3.1
    let secret = "s".repeat(43);
    let good = base64(format!("app:{secret}"));
    for header in [format!("Basic {good}"), format!("basic {good}"), format!("BASIC  {good}")] {
        assert_eq!(Presented::read(Some(&header), &form(&[])).unwrap().client_id(), "app", "{header}");
    }
    for header in [
        String::new(),
        "Basic".to_owned(),
        "Basic ".to_owned(),
        good.clone(),
        format!("Bearer {good}"),
        format!("Basic{good}"),
        format!("Basic {good}="),
        format!("Basic {good}{good}"),
        format!("Basic {good} "),
        format!("Basic {good},Basic {good}"),
        format!("Basic\t{good}"),
        "Basic YXBw".to_owned(),
        "Basic !!!!".to_owned(),
        "Basic YXBwOnM".to_owned(),
        "Basic YXBwOnN=".to_owned(),
        format!("Basic {}", base64([b"app:".as_slice(), &[0xff]].concat())),
        basic("app", "%zz"),
        basic("app", "%"),
        basic("app", "a%2"),
        basic("app", "%ff"),
        basic("%zz", &secret),
        basic("", &secret),
        basic("", ""),
        basic("a b", &secret),
        basic("a%3Ab", &secret),
        basic("a%00", &secret),
        basic("0192f0c1-0000-7000-8000-000000000000", &secret),
    ] {
        let error = Presented::read(Some(&header), &form(&[])).expect_err(&header);
        assert_eq!((error.code(), error.status()), (Code::InvalidClient, 401), "{header}");
    }
}

#[tokio::test]
async fn a_secret_in_basic_is_form_urlencoded() {
    // RFC 6749 §2.3.1
    let database = Database::start().await;
    let secret = "p+ss word: 100%, \"&=?\\ ~ 0123456789abcdef";
    let mut new = new(Kind::Web);
    new.id = Some("my.app~1".to_owned());
    new.secret = Some(Secret::new(secret));
    let (client, made) = add(&database.table, &new, NOTHING, NOW).await.unwrap();
    assert!(made.is_none(), "it is known already");
    let encoded: String = url::form_urlencoded::byte_serialize(secret.as_bytes()).collect();
    let header = |id: &str, secret: &str| verify(Some(&client), Some(&basic(id, secret)), &[]).is_ok();
    assert!(header("my.app~1", &encoded) && header("my.app%7E1", &encoded));
    assert!(!header("my.app~1", secret), "100%, encodes nothing");
    let in_form = [("client_id", "my.app~1"), ("client_secret", secret)];
    assert!(verify(Some(&client), None, &in_form).is_ok());
}

#[tokio::test]
async fn without_the_secret_nobody_is_that_client() {
    // #91: and the answer does not say whether there is one.
    let database = Database::start().await;
    let (client, secret) = client(&database.table, Kind::Web, None).await;
    let id = client.id.as_str();
    let unknown = verify(None, Some(&basic("nobody", &secret)), &[]).unwrap_err();
    let mut wrong: Vec<_> =
        ["", "x", &secret[1..], &secret.to_uppercase(), client.secrets[0].digest.as_str()]
            .into_iter()
            .map(str::to_owned)
            .collect();
    wrong.push(format!("{secret}x"));
    for wrong in &wrong {
        for error in [
            verify(Some(&client), Some(&basic(id, wrong)), &[]).unwrap_err(),
            verify(Some(&client), None, &[("client_id", id), ("client_secret", wrong)]).unwrap_err(),
        ] {
            assert_eq!(error, unknown, "{wrong}");
        }
    }
    assert_eq!(verify(Some(&client), None, &[("client_id", id)]).unwrap_err(), unknown);
    assert_eq!(verify(None, None, &[("client_id", "nobody")]).unwrap_err(), unknown);
    // The row of another client proves nothing, nor does that of a disabled one.
    let other = Client { id: "other".to_owned(), ..client.clone() };
    let disabled = Client { status: client::Status::Disabled, ..client.clone() };
    for client in [&other, &disabled] {
        assert_eq!(verify(Some(client), Some(&basic(id, &secret)), &[]).unwrap_err(), unknown);
    }
    // A row without any secret is opened by none, not even by the empty one.
    let without = Client { secrets: Vec::new(), ..client.clone() };
    for secret in ["", " ", &secret] {
        assert!(verify(Some(&without), Some(&basic(id, secret)), &[]).is_err());
    }
}

#[tokio::test]
async fn a_public_client_says_its_name_and_brings_no_secret() {
    // RFC 6749 §2.3: curl -u app: and libraries that send an empty secret
    let database = Database::start().await;
    let (client, _) = client(&database.table, Kind::Spa, None).await;
    let id = client.id.as_str();
    for (authorization, parameters) in [
        (None, &[("client_id", id)][..]),
        (None, &[("client_id", id), ("client_secret", "")]),
        (Some(basic(id, "")), &[]),
        (Some(basic(id, "")), &[("client_id", id)]),
    ] {
        assert_eq!(verify(Some(&client), authorization.as_deref(), parameters), Ok(ClientAuth::None));
    }
    assert!(verify(Some(&client), Some(&basic(id, "secret")), &[]).is_err());
    assert!(verify(Some(&client), None, &[("client_id", id), ("client_secret", "x")]).is_err());
    assert_eq!(verify(None, None, &[]).unwrap_err().code(), Code::InvalidClient);
    // A row that lists another way beside none is no public client's.
    let mixed = Client { auth: vec![ClientAuth::None, ClientAuth::Basic], ..client.clone() };
    assert!(verify(Some(&mixed), None, &[("client_id", id)]).is_err());
}

#[test]
fn no_header_and_no_form_breaks_the_reader() {
    // #91: whatever is sent is read or refused, with one of two codes.
    let mut numbers = Numbers(91);
    for _ in 0..20_000 {
        let text = |numbers: &mut Numbers| {
            String::from_utf8_lossy(&numbers.bytes(b"aB9%+:= .-_\0\xc3\xa9Basic", 24)).into_owned()
        };
        let inner = text(&mut numbers);
        let header = match numbers.below(4) {
            0 => None,
            1 => Some(inner),
            _ => Some(format!("Basic {}", base64(inner))),
        };
        let mut parameters = Vec::new();
        for name in ["client_id", "client_secret", "client_assertion", "client_assertion_type"] {
            if numbers.below(2) == 0 {
                parameters.push((name, text(&mut numbers)));
            }
        }
        let parameters: Vec<_> = parameters.iter().map(|(name, value)| (*name, value.as_str())).collect();
        match Presented::read(header.as_deref(), &form(&parameters)) {
            Ok(presented) => assert!(client::is_client_id(presented.client_id())),
            Err(error) => assert!(matches!(error.code(), Code::InvalidClient | Code::InvalidRequest)),
        }
    }
}

#[test]
fn nothing_that_is_presented_is_printed() {
    // #103
    let form = form(&[("client_id", "app"), ("client_secret", "canary")]);
    let presented = Presented::read(None, &form).unwrap();
    assert!(!format!("{form:?}{presented:?}").contains("canary"));
    let basic = Presented::read(Some(&basic("app", "canary")), &client::ClientForm::default()).unwrap();
    assert!(!format!("{basic:?}").contains("canary"));
}
