//! How a page looks to the person who asks for it, and in which language it speaks.

use std::sync::Arc;

use http::header;
use maud::Markup;
use oauth::RedirectTarget;

use crate::{Brand, Request, Response, Words, page, words};

/// The language of whoever asks, and what is the same on all pages of an installation.
#[derive(Debug, Clone)]
pub struct Look {
    /// What pages say.
    pub words: &'static Words,
    /// What the installation is called, and how it looks.
    pub brand: Arc<Brand>,
}

impl Look {
    /// The look for somebody who prefers these languages: as an app says it for its person (`ui_locales`, OpenID Connect Core
    /// §3.1.2.1), and as their browser does (`Accept-Language`).
    pub(crate) fn of(brand: Arc<Brand>, ui_locales: Option<&str>, accept_language: Option<&str>) -> Self {
        Self { words: words::choose(ui_locales, accept_language), brand }
    }

    /// A page.
    pub fn page(&self, title: &str, content: &Markup) -> Response {
        self.with_policy(&page::policy(&self.brand, None), title, content)
    }

    /// A page with a form of ours, whose answer may lead to a client.
    pub fn page_towards(&self, target: &RedirectTarget, title: &str, content: &Markup) -> Response {
        self.with_policy(&page::policy_towards(&self.brand, target), title, content)
    }

    /// A page that may show one picture from elsewhere.
    pub fn page_with_picture(&self, picture: Option<&str>, title: &str, content: &Markup) -> Response {
        self.with_policy(&page::policy(&self.brand, picture), title, content)
    }

    fn with_policy(&self, policy: &str, title: &str, content: &Markup) -> Response {
        Response::of("text/html; charset=utf-8", page::layout(self, title, content).into_string())
            .header(header::CONTENT_SECURITY_POLICY, policy)
            .header(header::CONTENT_LANGUAGE, self.words.tag)
            .header(header::VARY, "Accept-Language")
    }
}

impl Request {
    /// The look for whoever asks.
    pub fn look(&self) -> Look {
        self.look_for(self.text("ui_locales").as_deref())
    }

    /// The same for the person of an app that says which languages they read.
    pub fn look_for(&self, ui_locales: Option<&str>) -> Look {
        Look::of(self.brand.clone(), ui_locales, self.header(header::ACCEPT_LANGUAGE.as_str()))
    }
}
