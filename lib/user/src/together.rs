//! What is written of many people, in few transactions.

use store::Write;

/// The most rows of one request, whether they are read or written.
pub(crate) const MOST_ROWS: usize = 100;

/// What is written of each, put together until a transaction is full; who has nothing to write is left out. Nobody's writes are
/// divided.
pub(crate) fn together<T>(each: Vec<(T, Vec<Write>)>) -> Vec<Vec<(T, Vec<Write>)>> {
    let (mut all, mut rows) = (Vec::<Vec<_>>::new(), MOST_ROWS);
    for (who, writes) in each.into_iter().filter(|(_, writes)| !writes.is_empty()) {
        rows += writes.len();
        match all.last_mut() {
            Some(last) if rows <= MOST_ROWS => last.push((who, writes)),
            _ => {
                rows = writes.len();
                all.push(vec![(who, writes)]);
            }
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::User;

    #[test]
    fn transactions_are_as_full_as_they_can_be() {
        let write = || Write::check::<User>("ann", [], 0);
        let sizes = |each: &[usize]| -> Vec<Vec<usize>> {
            let each = each.iter().map(|n| (*n, (0..*n).map(|_| write()).collect())).collect();
            together(each).iter().map(|some| some.iter().map(|(n, _)| *n).collect()).collect()
        };
        assert_eq!(sizes(&[]), [[0_usize; 0]; 0]);
        assert_eq!(sizes(&[0, 0]), [[0_usize; 0]; 0]);
        assert_eq!(sizes(&[50, 0, 50, 1, 99, 1]), [vec![50, 50], vec![1, 99], vec![1]]);
    }
}
