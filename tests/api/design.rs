//! `docs/design.md` says what is in the table.

use std::fs;

use setting::Action;

/// The table of rows, as it is written there.
fn rows() -> String {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/design.md");
    let design = fs::read_to_string(path).unwrap();
    let rows = design.split_once("| kind | pk | sk | holds |").expect("a table of rows").1;
    rows.split("\n\n").next().unwrap().to_owned()
}

#[test]
fn each_kind_of_row_that_a_function_may_touch_is_in_the_design() {
    let rows = rows();
    let mounts = latchkey::mount::FUNCTIONS.iter().chain(latchkey::mount::EVENTS);
    for mount in mounts.chain([&latchkey::mount::AUTHORIZER]) {
        for (kind, actions) in mount.rows(|_| true) {
            // What is only listed is the name of a list.
            if actions.iter().any(|action| !matches!(action, Action::List | Action::ListOwned)) {
                assert!(rows.contains(&format!("`{kind}#")), "{kind}, of {}, is not there", mount.name);
            }
        }
    }
}
