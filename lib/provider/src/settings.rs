//! The settings of a provider or an issuer that signing in and the authorizer both read.

pub use setting::CA_FILE;
use setting::Setting;

setting::declare! {
    ISSUERS = Setting::new("ISSUERS", None, "Other issuers whose access tokens the authorizer accepts, separated by commas: auth0, okta, cognito, entra, google, keycloak, latchkey, or names of your own. With `FOREIGN_TOKENS=on`, clients that are registered for it exchange their ID tokens too.");
    PROFILE = Setting::new("<NAME>_PROFILE", None, "For an issuer with a name of your own, the profile of its tokens: one of the names that `ISSUERS` knows, or `openid`. If not set, `openid`.");
    ISSUER = Setting::new("<NAME>_ISSUER", None, "The provider's issuer, if it has no preset or is your own. Its endpoints and keys are discovered from there, unless they are set. For plain OAuth 2.0, the issuer under which its people are stored, which no other provider may have; if not set, the origin of its user endpoint.");
    DOMAIN = Setting::new("<NAME>_DOMAIN", None, "The host, without `https://`, of your Auth0 tenant, Okta authorization server (`host`, or `host/oauth2/name`; an API needs one with a name), GitLab, Keycloak realm (`host/realms/name`) or the hosted pages of your Cognito pool.");
    METADATA_URL = Setting::new("<NAME>_METADATA_URL", None, "The address of the metadata of `<NAME>_ISSUER`, if it is not at the well-known path; a query is allowed. It must name that issuer. Azure AD B2C has one for each policy.");
    TENANT = Setting::new("<NAME>_TENANT", None, "The id of the one Entra tenant whose people may sign in.");
    TENANTS = Setting::new("<NAME>_TENANTS", None, "The ids of several Entra tenants whose people may sign in, separated by commas.");
    JWKS_URI = Setting::new("<NAME>_JWKS_URI", None, "The address of the keys of the provider, or of an issuer in `ISSUERS`; a query is allowed, such as Entra's `?appid=`.");
    HOSTS = Setting::new("<NAME>_HOSTS", None, "Further hosts on which discovered endpoints may be, beside the issuer's own: `host`, `host:port`, or `.example.com` for all below it.");
    ALGORITHMS = Setting::new("<NAME>_ALGORITHMS", None, "Signature algorithms, separated by commas, such as `EdDSA,ES512`. For a provider's ID tokens, they are added to the usual ones and to those in its metadata. For the access tokens of an issuer in `ISSUERS`, they replace those of its profile.");
}
