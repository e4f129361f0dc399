//! What an operator does with clients and APIs.

use std::time::Duration;

use oauth::{
    Secret, Time,
    server::{ClientAuth, OPENID_SCOPES},
};
use serde::{Deserialize, Serialize};
use store::{Change, Record, Row, Table, Transacted, Write};

use crate::{
    Api, Client, Error, Invalid, Misfit, NewApi, NewClient, Status, StoredSecret, api, audience_key, row,
};

/// How many rows of a list are read at a time.
const PAGE: u32 = 100;
/// Longer than any access token is valid.
const LONGEST_TOKEN: Duration = Duration::from_secs(2 * 3600);

/// What is written in the same transaction as a change, of which it gets the id of what changes: a row of the trail. Nothing of it is
/// written where nothing changes.
pub type Noted<'a> = &'a (dyn Fn(&str) -> Vec<Write> + Sync);

/// Nothing else is written.
pub const NOTHING: Noted<'static> = &|_| Vec::new();

/// Registers a client. The secret that was made up for it comes back this once and is stored nowhere.
pub async fn add(
    table: &Table,
    new: &NewClient,
    noted: Noted<'_>,
    now: Time,
) -> Result<(Client, Option<Secret>), Error> {
    let (client, secret) = new.build(now)?;
    let writes = [vec![Write::create(&client.id, &client, now)], noted(&client.id)].concat();
    if table.transact(writes).await? == Transacted::Done {
        Ok((client, secret))
    } else {
        Err(Misfit::IdTaken(client.id).into())
    }
}

/// Registers an API; `own` is latchkey's own, whose audience no other has. Its scopes are those of the roles, by which people get
/// the scopes of every API.
pub async fn add_api(
    table: &Table,
    new: &NewApi,
    own: &Api,
    noted: Noted<'_>,
    now: Time,
) -> Result<Api, Error> {
    let api = new.build(&apis(table, now).await?, now)?;
    let taken = audience_key(&own.audience) == audience_key(&api.audience);
    let create = || Write::create(audience_key(&api.audience), &api, now);
    let writes = || [vec![create()], noted(&api.audience)].concat();
    if !taken && table.transact(writes()).await? == Transacted::Done {
        return Ok(api);
    }
    Err(Invalid::ApiTaken(api.audience).into())
}

/// Registers a client under its given id and secret, in place of one that is there. One that differs in nothing stays as it is;
/// of any other, what it was given is dead. It is noted as `added` where there was none, and as `changed` where another one was.
pub async fn put(
    table: &Table,
    new: &NewClient,
    added: Noted<'_>,
    changed: Noted<'_>,
    now: Time,
) -> Result<Client, Error> {
    let (client, _) = new.build(now)?;
    let Some(row) = table.get::<Client>(&client.id, now).await? else {
        return Ok(add(table, new, added, now).await?.0);
    };
    let client = Client { epoch: client.epoch.max(row.epoch + 1), ..client };
    if row.is_registered_like(&client) {
        return Ok(row.into_inner());
    }
    let write = Write::replace(&client.id, &row, &client, now);
    if replaced(table, write, changed(&client.id)).await? { Ok(client) } else { Err(busy(&client.id)) }
}

/// Registers an API in place of one that is there. One that differs in nothing stays as it is.
pub async fn put_api(
    table: &Table,
    new: &NewApi,
    own: &Api,
    noted: Noted<'_>,
    now: Time,
) -> Result<Api, Error> {
    let Some(row) = table.get::<Api>(audience_key(&new.audience), now).await? else {
        return add_api(table, new, own, noted, now).await;
    };
    let api = new.build(&apis(table, now).await?, now)?;
    if *row == (Api { created_at: row.created_at, ..api.clone() }) {
        return Ok(row.into_inner());
    }
    let write = Write::replace(audience_key(&api.audience), &row, &api, now);
    if replaced(table, write, noted(&api.audience)).await? { Ok(api) } else { Err(busy(&api.audience)) }
}

/// Replaces a row together with what is noted of that, if it is as it was read.
async fn replaced(table: &Table, write: Write, noted: Vec<Write>) -> Result<bool, Error> {
    Ok(table.transact([vec![write], noted].concat()).await? == Transacted::Done)
}

/// The client with this id, whatever its status. A row that cannot be read is an error.
pub async fn get(table: &Table, id: &str, now: Time) -> Result<Option<Client>, Error> {
    let row = table.get::<Client>(id, now).await?.filter(|row| row.status != Status::Removed);
    Ok(row.map(|row| Client { id: id.to_owned(), ..row.into_inner() }))
}

/// All clients, the oldest first, and the ids of those whose rows cannot be read. A client that was registered a moment ago may
/// be missing (#97).
pub async fn list(table: &Table, now: Time) -> Result<(Vec<Client>, Vec<String>), Error> {
    let (mut clients, mut unreadable) = (Vec::new(), Vec::new());
    for id in ids(table, row::LIST).await? {
        match get(table, &id, now).await {
            Err(Error::Store(store::Error::Malformed(_))) => unreadable.push(id),
            found => clients.extend(found?),
        }
    }
    clients.sort_by(|one, other| (one.created_at, &one.id).cmp(&(other.created_at, &other.id)));
    Ok((clients, unreadable))
}

/// All APIs, by their audiences; our own has no row.
pub async fn apis(table: &Table, now: Time) -> Result<Vec<Api>, Error> {
    let mut apis = Vec::new();
    for id in ids(table, api::LIST).await? {
        apis.extend(table.get::<Api>(&id, now).await?.map(Row::into_inner));
    }
    apis.sort_by(|one, other| one.audience.cmp(&other.audience));
    Ok(apis)
}

/// What of a row is in the index.
#[derive(Deserialize)]
struct Listed {
    id: String,
}

async fn ids(table: &Table, list: &str) -> Result<Vec<String>, Error> {
    let (mut ids, mut after) = (Vec::new(), None::<String>);
    loop {
        let page = table.list::<Listed>(list, PAGE, after.as_deref()).await?;
        ids.extend(page.items.into_iter().map(|listed| listed.id));
        after = page.next;
        if after.is_none() {
            return Ok(ids);
        }
    }
}

/// Makes a secret beside the newest one, which goes on working until the next time: so nobody is shut out while it is replaced.
/// With `finish`, only the newest one works from now on, and none is made.
pub async fn rotate_secret(
    table: &Table,
    id: &str,
    finish: bool,
    noted: Noted<'_>,
    now: Time,
) -> Result<Option<Secret>, Error> {
    let client = get(table, id, now).await?.ok_or_else(|| unknown(id))?;
    if !client.auth.contains(&ClientAuth::Basic) && !client.auth.contains(&ClientAuth::Post) {
        return Err(Error::NoSecret(id.to_owned()));
    }
    let mut secrets = client.secrets.clone();
    secrets.truncate(1);
    let made = (!finish).then(Secret::random);
    if let Some(secret) = &made {
        secrets.insert(0, StoredSecret { digest: secret.digest(), created_at: now });
    }
    let change = Change::new().set(Client::SECRETS, &secrets).when(Client::SECRETS.is(&client.secrets));
    apply(table, id, id, change, noted, now).await?;
    Ok(made)
}

/// Shuts a client out: its requests are refused, and with its epoch everything ends that it was given (#35).
pub async fn disable(table: &Table, id: &str, noted: Noted<'_>, now: Time) -> Result<(), Error> {
    needed(table, id, now).await?;
    let change = Change::<Client>::new().set(Client::STATUS, &Status::Disabled).raise(Client::EPOCH);
    apply(table, id, id, change, noted, now).await
}

/// Lets a client take part again. What it was given before stays dead.
pub async fn enable(table: &Table, id: &str, noted: Noted<'_>, now: Time) -> Result<(), Error> {
    needed(table, id, now).await?;
    let change = Change::<Client>::new().set(Client::STATUS, &Status::Active);
    apply(table, id, id, change, noted, now).await
}

/// Removes a client, and with it all that it was given. For as long as an access token of its own may live, a row stays that
/// revokes it (#35).
pub async fn remove(table: &Table, id: &str, noted: Noted<'_>, now: Time) -> Result<(), Error> {
    disable(table, id, noted, now).await?;
    let epoch = removed::<Client>(table, id, now).await?.map(|client| client.epoch).unwrap_or_default();
    let rest = Rest { status: Status::Removed, epoch, expires_at: now.after(LONGEST_TOKEN) };
    table.create(id, &rest, now).await?;
    Ok(())
}

/// Goes on if there is such a client, and be it one whose row cannot be read.
async fn needed(table: &Table, id: &str, now: Time) -> Result<(), Error> {
    match get(table, id, now).await {
        Ok(Some(_)) | Err(Error::Store(store::Error::Malformed(_))) => Ok(()),
        Ok(None) => Err(unknown(id)),
        Err(error) => Err(error),
    }
}

/// What is left of a client.
#[derive(Serialize, Deserialize)]
struct Rest {
    status: Status,
    epoch: u64,
    expires_at: Time,
}

impl Record for Rest {
    const KIND: &'static str = Client::KIND;

    fn expires_at(&self) -> Option<i64> {
        Some(self.expires_at.epoch())
    }
}

/// Stops issuing tokens for an API.
pub async fn disable_api(table: &Table, audience: &str, noted: Noted<'_>, now: Time) -> Result<(), Error> {
    let change = Change::<Api>::new().set(Api::STATUS, &Status::Disabled);
    apply(table, audience_key(audience), audience, change, noted, now).await
}

/// Issues tokens for an API again.
pub async fn enable_api(table: &Table, audience: &str, noted: Noted<'_>, now: Time) -> Result<(), Error> {
    let change = Change::<Api>::new().set(Api::STATUS, &Status::Active);
    apply(table, audience_key(audience), audience, change, noted, now).await
}

/// Removes an API.
pub async fn remove_api(table: &Table, audience: &str, noted: Noted<'_>, now: Time) -> Result<(), Error> {
    disable_api(table, audience, noted, now).await?;
    removed::<Api>(table, audience_key(audience), now).await.map(drop)
}

/// Changes the row `key` of what is called `id`, together with what is noted of that.
async fn apply<R: Record>(
    table: &Table,
    key: &str,
    id: &str,
    change: Change<R>,
    noted: Noted<'_>,
    now: Time,
) -> Result<(), Error> {
    let writes = [vec![Write::update(key, change, now)], noted(id)].concat();
    match table.transact(writes).await {
        Ok(Transacted::Done) => Ok(()),
        Ok(Transacted::Refused(_)) if table.has::<R>(key, now).await? => Err(busy(id)),
        // What no row can be called is not there either.
        Ok(Transacted::Refused(_)) | Err(store::Error::Malformed(_)) => Err(unknown(id)),
        Err(error) => Err(error.into()),
    }
}

/// Takes a row; nothing comes back of one that cannot be read.
async fn removed<R: Record>(table: &Table, id: &str, now: Time) -> Result<Option<R>, Error> {
    if !table.has::<R>(id, now).await? {
        return Err(unknown(id));
    }
    match table.take::<R>(id, now).await {
        Err(store::Error::Malformed(_)) => Ok(None),
        taken => Ok(taken?),
    }
}

fn unknown(id: &str) -> Error {
    Error::Unknown(id.to_owned())
}

fn busy(id: &str) -> Error {
    Error::Busy(id.to_owned())
}

/// Checks that a client's scopes are known to OpenID Connect or to its APIs, and that there are these APIs.
pub fn check_apis(new: &NewClient, apis: &[Api]) -> Result<(), Invalid> {
    let find = |audience: &String| apis.iter().find(|api| api.audience == *audience);
    if let Some(missing) = new.audiences.iter().find(|audience| find(audience).is_none()) {
        return Err(Invalid::NoApi(missing.clone()));
    }
    let known = |scope: &&str| {
        OPENID_SCOPES.contains(scope)
            || new.audiences.iter().filter_map(find).any(|api| api.scope().contains(scope))
    };
    match new.scope.iter().find(|scope| !known(scope)) {
        Some(scope) => Err(Invalid::UnknownScope(scope.to_owned())),
        None => Ok(()),
    }
}
