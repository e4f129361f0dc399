//! What a function's role may do with the table.

use crate::Setting;

/// Leave to do some things with rows of one kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Permission {
    /// The prefix of the partition key before `#`, such as `SESSION`; of the index of lists, the name of the list,
    /// or with `*` at its end the beginning of the names of several.
    pub rows: &'static str,
    /// What may be done with them.
    pub actions: &'static [Action],
}

impl Permission {
    /// Leave to do `actions` with rows of one kind.
    pub const fn on(rows: &'static str, actions: &'static [Action]) -> Self {
        Self { rows, actions }
    }
}

/// What one operation of a library needs. A function declares those of all operations that it calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Permissions {
    /// What it does with which rows.
    pub all: &'static [Permission],
    /// The settings that ask for the operation, where not every installation wants it: nothing is permitted where one of them is unset
    /// or `off`.
    only_with: [Option<&'static Setting>; 2],
}

impl Permissions {
    /// What an operation does with which rows.
    pub const fn new(all: &'static [Permission]) -> Self {
        Self { all, only_with: [None, None] }
    }

    /// The same, for installations alone that ask for it by this setting; of two, by both.
    #[must_use]
    pub const fn only_with(self, setting: &'static Setting) -> Self {
        let only_with = match self.only_with {
            [None, _] => [Some(setting), None],
            [first, _] => [first, Some(setting)],
        };
        Self { only_with, ..self }
    }

    /// Whether an installation asks for it, of which it is known what is on.
    pub fn is_asked_for(&self, is_on: impl Fn(&'static Setting) -> bool) -> bool {
        self.only_with.into_iter().flatten().all(is_on)
    }
}

/// A DynamoDB action.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Action {
    /// `dynamodb:GetItem`
    Get,
    /// `dynamodb:BatchGetItem`
    BatchGet,
    /// `dynamodb:PutItem`
    Put,
    /// `dynamodb:UpdateItem`
    Update,
    /// `dynamodb:DeleteItem`
    Delete,
    /// `dynamodb:ConditionCheckItem`, in a transaction
    Check,
    /// `dynamodb:Query`, on the index of lists
    List,
    /// `dynamodb:Query`, on the index of what belongs to somebody: the kind is that of the owner's own row
    ListOwned,
}
