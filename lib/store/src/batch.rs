//! Reading rows of three kinds at once.

use aws_sdk_dynamodb::types::KeysAndAttributes;

use crate::{
    Error, Record, Row, Table,
    record::{Item, is_alive, key},
    schema::PARTITION_KEY,
};

/// A row that was asked for: nothing if there is none, an error if there is one that cannot be read. That concerns the person of the row, and not the rows beside it.
pub type Found<R> = Option<Result<Row<R>, Error>>;

impl Table {
    /// The living rows with these ids, one of each kind at most, in one request: each strongly consistent (#97), its end
    /// compared with `now` (#100). What the service leaves undone because it is busy counts as no answer.
    ///
    /// One BatchGetItem: a read unit for each 4 KB of each row, and one for each that is not there. Without any id, no call.
    pub async fn get_three<A: Record, B: Record, C: Record>(
        &self,
        (a, b, c): (Option<&str>, Option<&str>, Option<&str>),
        now: impl Into<i64>,
    ) -> Result<(Found<A>, Found<B>, Found<C>), Error> {
        let keys = [a.and_then(key::<A>), b.and_then(key::<B>), c.and_then(key::<C>)];
        let (now, mut found) = (now.into(), (None, None, None));
        for item in self.get_items(keys.into_iter().flatten().collect(), A::KIND).await? {
            match kind(&item) {
                _ if !is_alive(&item, now) => {}
                Some(kind) if kind == A::KIND => found.0 = Some(Row::read(item)),
                Some(kind) if kind == B::KIND => found.1 = Some(Row::read(item)),
                Some(kind) if kind == C::KIND => found.2 = Some(Row::read(item)),
                _ => {}
            }
        }
        Ok(found)
    }

    async fn get_items(&self, keys: Vec<Item>, kind: &'static str) -> Result<Vec<Item>, Error> {
        if keys.is_empty() {
            return Ok(Vec::new());
        }
        let wanted = KeysAndAttributes::builder().set_keys(Some(keys)).consistent_read(true).build();
        let wanted = wanted.map_err(|_| Error::Malformed(kind))?;
        let request = self.client().await.batch_get_item().request_items(self.name(), wanted);
        let answer = request.send().await.map_err(|error| Error::of("BatchGetItem", &error))?;
        if answer.unprocessed_keys.is_some_and(|left| !left.is_empty()) {
            return Err(std::io::Error::from(std::io::ErrorKind::ResourceBusy).into());
        }
        Ok(answer.responses.unwrap_or_default().remove(self.name()).unwrap_or_default())
    }
}

fn kind(item: &Item) -> Option<&str> {
    let partition = item.get(PARTITION_KEY)?.as_s().ok()?;
    partition.split_once('#').map(|(kind, _)| kind)
}
