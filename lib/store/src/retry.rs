//! Which refusals are worth another attempt, beyond what the SDK repeats by itself (throttles, timeouts, 5xx).

use aws_sdk_dynamodb::{
    config::{
        interceptors::InterceptorContext,
        retry::{ClassifyRetry, RetryAction},
    },
    operation::{
        put_item::PutItemError, transact_write_items::TransactWriteItemsError, update_item::UpdateItemError,
    },
    types::CancellationReason,
};

/// Reasons for which a transaction is cancelled though nothing is wrong with it.
const PASSING: [&str; 3] = ["TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"];
/// The reason that is an outcome.
pub(crate) const CONDITION_FAILED: &str = "ConditionalCheckFailed";

/// Collisions of writes with transactions on the same rows (#99). Of these the SDK repeats none.
#[derive(Debug)]
pub(crate) struct Conflicts;

impl ClassifyRetry for Conflicts {
    fn classify_retry(&self, context: &InterceptorContext) -> RetryAction {
        let error =
            context.output_or_error().and_then(Result::err).and_then(|error| error.as_operation_error());
        let Some(error) = error else { return RetryAction::NoActionIndicated };
        let conflict = matches!(error.downcast_ref(), Some(PutItemError::TransactionConflictException(_)))
            || matches!(error.downcast_ref(), Some(UpdateItemError::TransactionConflictException(_)))
            || error.downcast_ref().is_some_and(will_pass);
        if conflict { RetryAction::transient_error() } else { RetryAction::NoActionIndicated }
    }

    fn name(&self) -> &'static str {
        "conflicts between writes and transactions"
    }
}

/// Whether a transaction failed for a reason that goes away. A failed condition does not.
pub(crate) fn will_pass(error: &TransactWriteItemsError) -> bool {
    let TransactWriteItemsError::TransactionCanceledException(cancelled) = error else { return false };
    let codes = || cancelled.cancellation_reasons().iter().filter_map(CancellationReason::code);
    codes().any(|code| PASSING.contains(&code)) && codes().all(|code| code != CONDITION_FAILED)
}
