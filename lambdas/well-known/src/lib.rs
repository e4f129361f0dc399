//! `GET /.well-known/…`: the key set and the metadata by which others verify our tokens.

mod metadata;

use http::{HeaderName, header};
use oauth::BaseUrl;
use setting::{Env, Permissions, Settings};
use token::PublicKeys;
use web::{ErrorFormat, Function, Guard, Request, Response, Result, Route};

const KEYS: &str = "/.well-known/jwks.json";

/// The function.
pub struct WellKnown {
    metadata: String,
    keys: PublicKeys,
}

impl Function for WellKnown {
    const NAME: &'static str = "well-known";
    const ROUTES: &'static [Route] = &[
        Route::get("/.well-known/openid-configuration", Guard::Public),
        Route::get("/.well-known/oauth-authorization-server", Guard::Public),
        Route::get(KEYS, Guard::Public),
    ];
    const PERMISSIONS: &'static [Permissions] = &[];
    const SETTINGS: Settings = &[&[
        &setting::BASE_URL,
        &setting::BACKCHANNEL_LOGOUT,
        &setting::FOREIGN_TOKENS,
        &setting::PASSKEYS,
        &setting::SECOND_FACTORS,
        &token::settings::PUBLIC_KEYS,
    ]];
    const ERRORS: ErrorFormat = ErrorFormat::Api;

    async fn init(env: &Env) -> Result<Self> {
        let base: BaseUrl = env.parsed(&setting::BASE_URL)?;
        let keys = token::public_keys(env)?;
        let on = metadata::On {
            logout: setting::backchannel_logout(env)?,
            exchange: env.is_on(&setting::FOREIGN_TOKENS)?,
            factors: env.is_on(&setting::SECOND_FACTORS)? || env.is_on(&setting::PASSKEYS)?,
        };
        Ok(Self { metadata: metadata::metadata(&base, keys.all(), on).to_string(), keys })
    }

    async fn handle(&self, request: Request) -> Result<Response> {
        // Retired keys are not in it (#59).
        let document =
            if request.path() == KEYS { self.keys.at(request.now).to_json() } else { self.metadata.clone() };
        let response =
            Response::of("application/json", document).header(header::CACHE_CONTROL, "public, max-age=300");
        // Which pages of other origins may read them, the gateway says (#30).
        Ok(response.header(HeaderName::from_static("cross-origin-resource-policy"), "cross-origin"))
    }
}
