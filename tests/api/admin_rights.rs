//! `/admin`: roles, rules, what everybody gets and entitlements, each tried before it is saved.

use tests::{Agent, Answer, World};
use user::{
    Rights,
    rights::{self, Claim},
};

use crate::admin::{enter, person, press, row, somebody, world};

const TRY: &str = "Show who would gain or lose what";

async fn current(world: &World) -> Option<Rights> {
    rights::read(&world.table().await, world.now()).await.unwrap()
}

async fn scope(world: &World, role: &str) -> Option<String> {
    current(world).await?.roles().get(role).map(ToString::to_string)
}

/// Sends the form that has the button that tries, and saves.
async fn save(browser: &Agent, page: &Answer, typed: &[(&str, &str)]) -> Answer {
    press(browser, page, TRY, &[&[("step", "save")], typed].concat()).await
}

async fn attempt(browser: &Agent, page: &Answer, typed: &[(&str, &str)]) -> Answer {
    press(browser, page, TRY, &[&[("step", "try")], typed].concat()).await
}

#[tokio::test]
async fn a_role_is_tried_and_saved_and_the_trail_has_both_states() {
    // #81, #97
    let world = world().await;
    let (admin, _) = somebody(&world, "ada", &["admin"]).await;
    let (_, alan) = somebody(&world, "alan", &["member"]).await;
    let page = admin.get("/admin/roles/edit?name=member").await.expect(200);
    assert!(page.body.contains("value=\"get:profile\""), "{page:?}");
    let typed = [("scope", " users:read   get:profile ")];
    let tried = attempt(&admin, &page, &typed).await.expect(200);
    assert!(tried.body.contains("Nothing is saved yet") && tried.body.contains("1 would gain"), "{tried:?}");
    assert!(tried.body.contains(&person(&alan)) && tried.body.contains("Gains: users:read"), "{tried:?}");
    assert!(tried.body.contains("value=\"users:read   get:profile\""), "what was typed is still there");
    assert_eq!(current(&world).await, None, "nothing is changed");
    // The page after it saves what was tried.
    let answer = save(&admin, &tried, &typed).await.expect(303);
    assert_eq!(answer.location(), "/admin/roles?changed");
    assert_eq!(scope(&world, "member").await.as_deref(), Some("get:profile users:read"));
    assert!(admin.get("/admin/roles").await.expect(200).body.contains("Scopes of member"));
    // The first page is older than this change now.
    let stale = save(&admin, &page, &[("scope", "get:profile")]).await.expect(412);
    assert!(stale.body.contains("Somebody has changed the roles"), "{stale:?}");
    attempt(&admin, &page, &[("scope", "get:profile")]).await.expect(412);
    assert_eq!(scope(&world, "member").await.as_deref(), Some("get:profile users:read"));
    let trail = admin.get("/admin/trail?what=role_set").await.expect(200).body;
    let told = "name=member before=&quot;get:profile&quot; after=&quot;get:profile users:read&quot;";
    assert!(trail.contains(told), "{trail}");
    // #99: the settings' rights were written first, and that has an event of its own.
    let begun = admin.get("/admin/trail?what=rights_begun").await.expect(200).body;
    assert_eq!(begun.matches("Rights taken over from the settings</td>").count(), 1, "{begun}");
}

#[tokio::test]
async fn a_box_makes_a_role_demand_a_second_factor_and_who_is_asked_is_said_before() {
    // #81: and whoever looks after people needs it too, from the moment on that it is in force.
    let none = world().await;
    let (admin, _) = somebody(&none, "ada", &["admin"]).await;
    let page = admin.get("/admin/roles/edit?name=member").await.expect(200);
    assert!(!page.body.contains("second_factor"), "nobody can show one: {page:?}");
    let on = ("second_factor", "on");
    save(&admin, &page, &[("scope", "get:profile"), on]).await.expect(409);
    let world = World::with(&[("ROLES", crate::admin::ROLES), ("SECOND_FACTORS", "on")]).await;
    let (admin, _) = somebody(&world, "ada", &["admin"]).await;
    let (_, alan) = somebody(&world, "alan", &["member"]).await;
    let page = admin.get("/admin/roles/edit?name=member").await.expect(200);
    let tried = attempt(&admin, &page, &[("scope", "get:profile"), on]).await.expect(200);
    assert!(tried.body.contains(&person(&alan)), "{tried:?}");
    assert!(tried.body.contains("Would be asked for a second factor."), "{tried:?}");
    assert!(tried.body.contains("name=\"second_factor\" value=\"on\" checked"), "{tried:?}");
    save(&admin, &tried, &[("scope", "get:profile"), on]).await.expect(303);
    assert!(current(&world).await.unwrap().demands_factor("member"));
    let roles = admin.get("/admin/roles").await.expect(200);
    assert!(roles.body.contains("Counts only where somebody has shown a second factor."), "{roles:?}");
    let page = admin.get("/admin/roles/edit?name=member").await.expect(200);
    assert!(page.body.contains("name=\"second_factor\" value=\"on\" checked"), "{page:?}");
    save(&admin, &page, &[("scope", "get:profile")]).await.expect(303);
    assert!(!current(&world).await.unwrap().demands_factor("member"));
    // A page that was open before its role demanded one changes nothing after.
    let page = admin.get("/admin/roles/edit?name=member").await.expect(200);
    let scope = current(&world).await.unwrap().roles()["admin"].to_string();
    world.demand_factor("admin", &scope, true).await;
    let refused = save(&admin, &page, &[("scope", "get:profile")]).await.expect(403);
    assert!(refused.body.contains("/users/factor?return_to=%2Fadmin"), "{refused:?}");
    let location = admin.get("/admin").await.expect(303).location().to_owned();
    assert!(location.starts_with("/users/factor?return_to=%2Fadmin"), "{location}");
}

#[tokio::test]
async fn a_role_is_added_and_removed() {
    let world = world().await;
    let (admin, _) = somebody(&world, "ada", &["admin"]).await;
    let (_, alan) = somebody(&world, "alan", &["member"]).await;
    let page = admin.get("/admin/roles/edit").await.expect(200);
    let refused = save(&admin, &page, &[("name", "member"), ("scope", "users:read")]).await.expect(409);
    assert!(refused.body.contains("There is one of this name"), "{refused:?}");
    save(&admin, &page, &[("name", "cook"), ("scope", "users:read")]).await.expect(303);
    world.pass(31);
    let alans = admin.get(&person(&alan)).await.expect(200);
    press(&admin, &alans, "Give", &[("role", "cook")]).await.expect(303);
    let page = admin.get("/admin/roles/edit?name=cook").await.expect(200);
    let ask = press(&admin, &page, "Remove…", &[("step", "try")]).await.expect(200);
    assert!(ask.body.contains("Loses: users:read") && ask.body.contains(&person(&alan)), "{ask:?}");
    assert!(scope(&world, "cook").await.is_some());
    save(&admin, &ask, &[]).await.expect(303);
    assert_eq!(scope(&world, "cook").await, None);
    admin.get("/admin/roles/edit?name=cook").await.expect(404);
    admin.get("/admin/rules/edit?name=cook").await.expect(404);
    // The administrators stay, and so does what somebody still gets.
    assert!(!admin.get("/admin/roles/edit?name=admin").await.expect(200).body.contains("Remove"));
    let page = admin.get("/admin/roles/edit?name=member").await.expect(200);
    let ask = press(&admin, &page, "Remove…", &[("step", "save")]).await.expect(409);
    assert!(ask.body.contains("Change that first"), "{ask:?}");
}

#[tokio::test]
async fn a_rule_is_tried_saved_changed_and_removed() {
    let world = world().await;
    let (admin, _) = somebody(&world, "ada", &["admin"]).await;
    let (_, alan) = somebody(&world, "alan", &["member"]).await;
    let page = admin.get("/admin/rules/edit").await.expect(200);
    let typed = [("name", "all"), ("role.reader", "on"), ("client", "latchkey"), ("provider", "")];
    let tried = attempt(&admin, &page, &typed).await.expect(200);
    assert!(tried.body.contains(&person(&alan)) && tried.body.contains("Gains: users:read"), "{tried:?}");
    assert!(tried.body.contains("name=\"role.reader\" value=\"on\" checked"), "{tried:?}");
    save(&admin, &tried, &typed).await.expect(303);
    let page = admin.get("/admin/rules/edit?name=all").await.expect(200);
    let typed = [
        ("role.reader", "on"),
        ("role.member", "on"),
        ("provider", "google"),
        ("domain", "company.com"),
        ("hd", "company.com"),
        ("group", "cooks"),
        ("claim", "department=the kitchen=1"),
        ("entitlement", "gold"),
        ("max_age", "60"),
    ];
    save(&admin, &page, &typed).await.expect(303);
    let rights = current(&world).await.unwrap();
    let [rule] = rights.rules() else { panic!("{rights:?}") };
    assert_eq!(
        (rule.name.as_str(), &rule.roles[..]),
        ("all", &["member".to_owned(), "reader".to_owned()][..])
    );
    let claim = Claim { name: "department".to_owned(), value: "the kitchen=1".to_owned() };
    assert_eq!((rule.claim.as_ref(), rule.max_age, &rule.client), (Some(&claim), Some(60), &None));
    let said = admin.get("/admin/roles").await.expect(200).body;
    assert!(said.contains("where the provider is google, the address is of company.com"), "{said}");
    let page = admin.get("/admin/rules/edit?name=all").await.expect(200);
    let ask = press(&admin, &page, "Remove…", &[("step", "try")]).await.expect(200);
    save(&admin, &ask, &[]).await.expect(303);
    assert!(current(&world).await.unwrap().rules().is_empty());
    let trail = admin.get("/admin/trail?what=rule_removed").await.expect(200).body;
    assert!(
        trail.contains("--claim &#39;department=the kitchen=1&#39;")
            || trail.contains("department=the kitchen=1"),
        "{trail}"
    );
}

#[tokio::test]
async fn what_is_no_role_and_no_rule_is_said_in_the_form_and_changes_nothing() {
    // #82
    let world = world().await;
    let (admin, _) = somebody(&world, "ada", &["admin"]).await;
    let role = admin.get("/admin/roles/edit").await.expect(200);
    let rule = admin.get("/admin/rules/edit").await.expect(200);
    let defaults = admin.get("/admin/defaults").await.expect(200);
    let long = "x".repeat(65);
    for (page, typed, status) in [
        (&role, &[("name", "Cook"), ("scope", "a")][..], 400),
        (&role, &[("name", ""), ("scope", "a")], 400),
        (&role, &[("name", &*long), ("scope", "a")], 400),
        (&role, &[("name", "cook"), ("scope", "a\"b")], 400),
        (&role, &[("name", "cook"), ("scope", "a\u{e9}")], 400),
        (&rule, &[("name", "x"), ("role.member", "on")], 400),
        (&rule, &[("name", "x"), ("group", "a")], 400),
        (&rule, &[("name", "x"), ("role.none", "on"), ("group", "a")], 404),
        (&rule, &[("name", "X"), ("role.member", "on"), ("group", "a")], 400),
        (&rule, &[("name", "x"), ("role.member", "on"), ("claim", "a")], 400),
        (&rule, &[("name", "x"), ("role.member", "on"), ("claim", "=a")], 400),
        (&rule, &[("name", "x"), ("role.member", "on"), ("domain", "*.example.com")], 400),
        (&rule, &[("name", "x"), ("role.member", "on"), ("group", "a"), ("max_age", "0")], 400),
        (&rule, &[("name", "x"), ("role.member", "on"), ("group", "a"), ("max_age", "a day")], 400),
        (&defaults, &[("role.none", "on")], 404),
    ] {
        for step in ["try", "save"] {
            let answer = press(&admin, page, TRY, &[&[("step", step)], typed].concat()).await;
            assert_eq!(answer.status, status, "{typed:?} {answer:?}");
            assert!(answer.body.contains("This was not saved:"), "{typed:?} {answer:?}");
        }
    }
    for twice in [&[("scope", "a"), ("scope", "b")][..], &[("role.x", "on"), ("role.x", "on")]] {
        save(&admin, &role, twice).await.expect(400);
    }
    assert_eq!(current(&world).await, None);
    // Without a word about it, nothing is saved.
    press(&admin, &role, TRY, &[("name", "cook"), ("scope", "users:read")]).await.expect(200);
    assert_eq!(current(&world).await, None);
    let said = attempt(&admin, &role, &[("name", "<script>"), ("scope", "a")]).await.expect(400);
    assert!(!said.body.contains("<script>") && said.body.contains("value=\"&lt;script&gt;\""), "{said:?}");
}

#[tokio::test]
async fn nobody_saves_or_tries_what_they_do_not_have() {
    // #26, #81
    let world = world().await;
    let (admin, _) = somebody(&world, "ada", &["admin"]).await;
    let (keeper, _) = somebody(&world, "alan", &["keeper"]).await;
    let (reader, _) = somebody(&world, "grace", &["reader"]).await;
    let page = keeper.get("/admin/roles/edit").await.expect(200);
    for step in ["try", "save"] {
        let typed = [("step", step), ("name", "x"), ("scope", "users:delete")];
        let said = press(&keeper, &page, TRY, &typed).await.expect(403);
        assert!(said.body.contains("users:delete"), "{said:?}");
    }
    let rule = keeper.get("/admin/rules/edit").await.expect(200);
    save(&keeper, &rule, &[("name", "x"), ("role.admin", "on"), ("client", "latchkey")]).await.expect(403);
    let admins = keeper.get("/admin/roles/edit?name=admin").await.expect(200);
    save(&keeper, &admins, &[("scope", "")]).await.expect(403);
    // Who may not see people is told how many there are, and not who.
    let own = keeper.get("/admin/roles/edit?name=keeper").await.expect(200);
    let said = attempt(&keeper, &own, &[("scope", "roles:read")]).await.expect(200);
    assert!(said.body.contains("1 would gain or lose") && !said.body.contains("/admin/people/"), "{said:?}");
    assert!(
        said.body.contains("You yourself would lose this")
            && said.body.contains("change roles and rules back")
    );
    assert_eq!(current(&world).await, None);
    for path in ["/admin/roles/edit", "/admin/rules/edit", "/admin/defaults", "/admin/register"] {
        reader.get(path).await.expect(403);
    }
    // The form of one person counts for nobody else.
    let form = crate::admin::form(&page, TRY);
    let typed = [("request", &*form), ("step", "save"), ("name", "x"), ("scope", "roles:read")];
    admin.form("/admin", &typed).await.expect(400);
    // Saving is for somebody who has just signed in; trying is not.
    world.pass(301);
    let page = admin.get("/admin/roles/edit").await.expect(200);
    assert!(page.body.contains("Sign in again"), "{page:?}");
    let typed = [("name", "cook"), ("scope", "users:read")];
    attempt(&admin, &page, &typed).await.expect(200);
    assert_eq!(save(&admin, &page, &typed).await.expect(303).location(), "/admin/again");
    assert_eq!(current(&world).await, None);
    enter(&admin, "ada").await.expect(303);
    let page = admin.get("/admin/roles/edit").await.expect(200);
    save(&admin, &page, &typed).await.expect(303);
}

#[tokio::test]
async fn what_everybody_gets_is_chosen() {
    let world = world().await;
    let (admin, _) = somebody(&world, "ada", &["admin"]).await;
    let page = admin.get("/admin/defaults").await.expect(200);
    assert!(page.body.contains("name=\"role.member\" value=\"on\" checked"), "{page:?}");
    let tried = attempt(&admin, &page, &[("role.reader", "on")]).await.expect(200);
    assert!(tried.body.contains("Nobody would gain or lose anything"), "{tried:?}");
    save(&admin, &tried, &[("role.reader", "on"), ("role.member", "on")]).await.expect(303);
    assert_eq!(current(&world).await.unwrap().defaults(), ["member", "reader"]);
    let said = admin.get("/admin/roles").await.expect(200).body;
    assert!(said.contains("member, reader"), "{said}");
    let page = admin.get("/admin/defaults").await.expect(200);
    save(&admin, &page, &[]).await.expect(303);
    assert!(admin.get("/admin/roles").await.expect(200).body.contains("gets no role"));
}

#[tokio::test]
async fn an_entitlement_is_given_and_taken_and_a_rule_gives_by_it() {
    // #81, #97
    let world = world().await;
    let (admin, _) = somebody(&world, "ada", &["admin"]).await;
    let (helper, _) = somebody(&world, "alan", &["helper"]).await;
    let (_, grace) = somebody(&world, "grace", &["reader"]).await;
    let page = admin.get("/admin/rules/edit").await.expect(200);
    let gold = [("name", "gold"), ("role.keeper", "on"), ("entitlement", "gold")];
    save(&admin, &page, &gold).await.expect(303);
    world.pass(31);
    let page = helper.get(&person(&grace)).await.expect(200);
    let said = press(&helper, &page, "Entitle", &[("entitlement", "gold")]).await.expect(403);
    assert!(said.body.contains("roles:write"), "{said:?}");
    press(&helper, &page, "Entitle", &[("entitlement", "plus")]).await.expect(303);
    let page = admin.get(&person(&grace)).await.expect(200);
    for wrong in ["", " ", "a\u{202e}b", &"x".repeat(101)] {
        press(&admin, &page, "Entitle", &[("entitlement", wrong)]).await.expect(400);
    }
    press(&admin, &page, "Entitle", &[("entitlement", " gold ")]).await.expect(303);
    press(&admin, &page, "Entitle", &[("entitlement", "x")]).await.expect(412);
    let page = admin.get(&person(&grace)).await.expect(200);
    assert!(page.body.contains("They have the role keeper: the rule gold gives it, by the entitlement gold"));
    // Now she may do more than whoever only helps.
    let alans = helper.get(&person(&grace)).await.expect(200);
    press(&helper, &alans, "Take away plus", &[]).await.expect(403);
    press(&admin, &page, "Take away gold", &[]).await.expect(303);
    let names = user::entitlement::names(&row(&world, &grace).await.unwrap().entitlements);
    assert_eq!(names, ["plus"]);
    let trail = admin.get("/admin/trail?what=entitlements_changed").await.expect(200).body;
    assert!(trail.contains("before=&quot;gold, plus&quot; after=&quot;plus&quot;"), "{trail}");
    // To entitle is for somebody who has just signed in.
    world.pass(301);
    let page = admin.get(&person(&grace)).await.expect(200);
    let answer = press(&admin, &page, "Entitle", &[("entitlement", "x")]).await.expect(303);
    assert_eq!(answer.location(), "/admin/again");
}
