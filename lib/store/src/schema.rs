//! What the table is made of, in one place: [`Table::provision`](crate::Table::provision) makes a local table of it and the
//! CloudFormation template a real one.

/// The table's name where no setting says otherwise.
pub const TABLE: &str = "latchkey";

/// Partition key, a string: the kind of row, `#`, its id.
pub const PARTITION_KEY: &str = "pk";

/// Sort key, a string: what of the thing this row is.
pub const SORT_KEY: &str = "sk";

/// When the row ends, in epoch seconds: the attribute DynamoDB's time-to-live looks at.
pub const EXPIRES_AT: &str = "expires_at";

/// When the row stops being there for everybody, in epoch seconds, where it is kept beyond that: then [`EXPIRES_AT`] says when it is
/// deleted.
pub(crate) const LIVES_UNTIL: &str = "lives_until";

/// In a row that is kept and was taken: when that was, in epoch seconds.
pub(crate) const TAKEN_AT: &str = "taken_at";

/// The id of the write that left the row as it is.
pub const VERSION: &str = "version";

/// In a row that was taken: the `expires_at` it had before.
pub(crate) const TAKEN_FROM: &str = "taken_from";

/// In a row that counts: the ids of the attempts, as a set.
pub(crate) const ATTEMPTS: &str = "attempts";

/// The index that lists rows. It is sparse: only rows with [`LIST_KEY`] are in it.
pub const LIST_INDEX: &str = "list";

/// Partition key of the list, a string: its name.
pub const LIST_KEY: &str = "gsi";

/// Sort key of the list, a string: the row's id, a UUIDv7, so that it is in the order of birth.
pub const LIST_SORT: &str = "id";

/// The index that says what belongs to a person or a client. It is sparse: only rows with [`OWNER`] are in it. It copies nothing
/// but keys, and decides nothing.
pub const OWNED_INDEX: &str = "owned";

/// Partition key of that index, a string: the partition key of the owner's own row. Its sort key is [`PARTITION_KEY`].
pub const OWNER: &str = "belongs_to";

/// What the list copies beside the keys: what a list of users shows, and nothing that a login changes.
pub const LIST_PROJECTED: [&str; 5] = ["name", "email", "roles", "status", "created_at"];
