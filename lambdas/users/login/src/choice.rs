//! Several providers: which one?

use authenticate::{Login, Provider};
use http::header;
use maud::{Markup, html};
use serde_json::json;
use web::{Request, Response, Result, page};

use crate::StartQuery;

/// A page with a button for each provider; for a program, the same as a list.
pub(crate) fn offer(
    request: &Request,
    providers: &[&Provider],
    start: &StartQuery,
    own_ways: &[Markup],
) -> Result<Response> {
    if !request.wants_html() {
        let all: Vec<_> = providers
            .iter()
            .map(|p| json!({"name": p.name(), "label": p.label(), "url": path(p, start)}))
            .collect();
        return Response::json(&json!({"message": "Choose a provider", "providers": all}));
    }
    let (look, last) = (request.look(), request.last_provider());
    let (common, said) = (&look.words.common, &look.words.sign_in);
    let content = html! {
        h1 { (common.sign_in) }
        p { (look.brand.sentence.as_deref().unwrap_or(said.text)) }
        div.ways {
            ul.choices {
                @for provider in providers.iter() {
                    li {
                        (page::provider_button(
                            look.words,
                            provider.name(),
                            provider.label(),
                            &path(provider, start),
                            last == Some(provider.name()),
                        ))
                    }
                }
            }
            @for way in own_ways {
                p.or { (look.words.passwords.or) }
                (way)
            }
        }
        p.small { a href="/" { (common.home) } }
    };
    let page = look.page(common.sign_in, &content);
    // With `no-referrer`, a browser sends `Origin: null` with the form, and that is a stranger's (#27).
    Ok(if own_ways.is_empty() { page } else { page.header(header::REFERRER_POLICY, "same-origin") })
}

/// The start of a login with this provider, with the same parameters.
fn path(provider: &Provider, start: &StartQuery) -> String {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    let (choose_account, fresh) = start.wishes();
    if let Some(prompt) = Login::prompt(choose_account, fresh) {
        query.append_pair("prompt", &prompt);
    }
    for (name, value) in [("return_to", &start.return_to), ("login_hint", &start.login_hint)] {
        if let Some(value) = value {
            query.append_pair(name, value);
        }
    }
    let query = query.finish();
    let mark = if query.is_empty() { "" } else { "?" };
    format!("/users/login/{}{mark}{query}", provider.name())
}
