//! `latchkey keys`, as an operator types it.

use super::folder::Folder;

#[test]
fn a_key_whose_name_begins_with_a_hyphen_is_a_key_like_others() {
    // A name is base64url (RFC 7638), so one of 64 does.
    let folder = Folder::with(&[]);
    for name in ["-RXCMOfnpaVgiK7f_kw4EY3xs0pUzB9g3oc-Rc0ZaNE", "--XCMOfnpaVgiK7f_kw4EY3xs0pUzB9g3oc-Rc0ZaNE"]
    {
        for command in ["retire", "revoke"] {
            for line in
                [["keys", command, name, "--home", "there"], ["keys", command, "--home", "there", name]]
            {
                let said = folder.says(&line).unwrap_err();
                assert!(said.contains(&format!("there is no signing key \"{name}\"")), "{line:?}: {said}");
            }
        }
    }
}
