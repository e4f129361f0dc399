//! To which host passkeys belong: that of `BASE_URL`, for good (W3C §5.1.2, "rp.id").

use oauth::BaseUrl;
use setting::SettingError;
use url::{Host, Url};

/// The host of our address, if passkeys may belong to it.
pub(crate) fn of(base: &Url) -> Result<String, SettingError> {
    match base.host() {
        Some(Host::Domain(host)) if is_gateways(host) => Err(SettingError::new(
            "PASSKEYS=on needs a domain of your own: a passkey belongs to the host of BASE_URL for good, and the address of the \
             gateway is another one as soon as the API is made again, so everybody's passkeys would be lost",
        )),
        Some(Host::Domain(host)) => Ok(host.to_owned()),
        _ => Err(SettingError::new(
            "PASSKEYS=on needs a host name in BASE_URL: a passkey belongs to a domain, and not to a number",
        )),
    }
}

/// Our address as a browser names it.
pub(crate) fn url(base: &BaseUrl) -> Result<Url, SettingError> {
    Url::parse(base.as_str()).map_err(|_| SettingError::new("BASE_URL cannot be read"))
}

/// Whether AWS gave this name away, with an API or a function.
fn is_gateways(host: &str) -> bool {
    host.contains(".execute-api.") || host.contains(".lambda-url.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passkeys_belong_to_a_domain_of_ones_own() {
        for (base, host) in [
            ("https://id.example.com", Ok("id.example.com")),
            ("https://id.example.com:8443", Ok("id.example.com")),
            ("http://localhost:3000", Ok("localhost")),
            ("https://abc123.execute-api.eu-central-1.amazonaws.com", Err("domain of your own")),
            ("https://abc123.execute-api.cn-north-1.amazonaws.com.cn", Err("domain of your own")),
            ("https://abc123.lambda-url.eu-central-1.on.aws", Err("domain of your own")),
            ("http://127.0.0.1:3000", Err("host name")),
            ("https://[::1]", Err("host name")),
        ] {
            let found = of(&url(&BaseUrl::parse(base).unwrap()).unwrap());
            match host {
                Ok(host) => assert_eq!(found.unwrap(), host),
                Err(word) => assert!(found.unwrap_err().to_string().contains(word), "{base}"),
            }
        }
    }
}
