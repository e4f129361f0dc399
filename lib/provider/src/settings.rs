//! The settings of a provider that signing in and the gate both read.

use setting::Setting;

setting::declare! {
    ISSUER = Setting::new("<NAME>_ISSUER", None, "The provider's issuer, for a provider without a preset or of your own. Its endpoints and keys are discovered from there, unless they are set. For plain OAuth 2.0, the name that its people are kept under, which no other provider may have: the origin of its user endpoint if not set.");
    DOMAIN = Setting::new("<NAME>_DOMAIN", None, "Where your Auth0 tenant, your Okta authorization server (`host`, or `host/oauth2/name`; an API needs one with a name), your GitLab, your Keycloak realm (`host/realms/name`) or the hosted pages of your Cognito pool live, without `https://`.");
    METADATA_URL = Setting::new("<NAME>_METADATA_URL", None, "Where the metadata of `<NAME>_ISSUER` is, if not at its well-known path: a query is allowed. It must name that issuer. Azure AD B2C has one for each policy.");
    TENANT = Setting::new("<NAME>_TENANT", None, "The one Entra tenant whose people may sign in: its id.");
    TENANTS = Setting::new("<NAME>_TENANTS", None, "Several Entra tenants whose people may sign in: their ids, separated by commas.");
    JWKS_URI = Setting::new("<NAME>_JWKS_URI", None, "Where the keys of the provider, or of an issuer of `ISSUERS`, are; a query is allowed, such as Entra's `?appid=`.");
    HOSTS = Setting::new("<NAME>_HOSTS", None, "Hosts besides the issuer's own on which discovered endpoints may live: `host`, `host:port`, or `.example.com` for all below it.");
    ALGORITHMS = Setting::new("<NAME>_ALGORITHMS", None, "What tokens are signed with, separated by commas, such as `EdDSA,ES512`. Of a provider, its ID tokens: besides RS256 or what else is usual there, and what its metadata says. Of an issuer of `ISSUERS`, its access tokens: instead of what its profile says.");
    CA_FILE = Setting::new("CA_FILE", None, "A PEM file with further certificate authorities, for a provider inside your own house. With it, providers may have private addresses.");
}
