//! `latchkey events`, as the documentation has it.

mod running;

use running::Running;

#[test]
fn the_example_of_the_documentation_does_what_it_says() {
    // #90
    let running = Running::start("EVENTS=on\nPROVIDERS=google\n");
    assert_eq!(running.example(include_str!("../../../docs/events.md"), "From start to end"), 10);
}
