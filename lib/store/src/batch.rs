//! Reading rows of two kinds at once.

use aws_sdk_dynamodb::types::KeysAndAttributes;

use crate::{
    Error, Record, Row, Table,
    record::{Item, is_alive, key},
    schema::PARTITION_KEY,
};

impl Table {
    /// The living rows with these ids, one of each kind at most, in one request: each strongly consistent (#97), its end
    /// compared with `now` (#100). What the service leaves undone because it is busy counts as no answer.
    pub async fn get_pair<A: Record, B: Record>(
        &self,
        a: Option<&str>,
        b: Option<&str>,
        now: impl Into<i64>,
    ) -> Result<(Option<Row<A>>, Option<Row<B>>), Error> {
        let keys: Vec<_> = [a.and_then(key::<A>), b.and_then(key::<B>)].into_iter().flatten().collect();
        if keys.is_empty() {
            return Ok((None, None));
        }
        let wanted = KeysAndAttributes::builder().set_keys(Some(keys)).consistent_read(true).build();
        let wanted = wanted.map_err(|_| Error::Malformed(A::KIND))?;
        let request = self.client().await.batch_get_item().request_items(self.name(), wanted);
        let answer = request.send().await.map_err(|error| Error::of("BatchGetItem", &error))?;
        if answer.unprocessed_keys.is_some_and(|left| !left.is_empty()) {
            return Err(std::io::Error::from(std::io::ErrorKind::ResourceBusy).into());
        }
        let items = answer.responses.unwrap_or_default().remove(self.name()).unwrap_or_default();
        let (now, mut found) = (now.into(), (None, None));
        for item in items.into_iter().filter(|item| is_alive(item, now)) {
            if is_of::<A>(&item) {
                found.0 = Some(Row::read(item)?);
            } else if is_of::<B>(&item) {
                found.1 = Some(Row::read(item)?);
            }
        }
        Ok(found)
    }
}

fn is_of<R: Record>(item: &Item) -> bool {
    let partition = item.get(PARTITION_KEY).and_then(|key| key.as_s().ok());
    partition.and_then(|key| key.split_once('#')).is_some_and(|(kind, _)| kind == R::KIND)
}
