//! `latchkey webhook`, as the documentation has it: from an empty folder to a shop that sells.

mod running;

use running::Running;

#[test]
fn the_examples_of_the_documentation_do_what_they_say() {
    // #90
    let running = Running::start("WEBHOOKS=on\nPROVIDERS=google\n");
    let page = include_str!("../../../docs/webhooks.md");
    assert_eq!(running.example(page, "From start to end"), 10);
    assert_eq!(running.example(page, "Senders"), 3);
}
