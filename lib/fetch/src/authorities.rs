//! `CA_FILE`: further certificate authorities.

use rustls::{
    RootCertStore,
    pki_types::{CertificateDer, pem::PemObject},
};

use crate::SettingError;

/// Whether every certificate in the file can be used: the HTTP client reads it later, and panics if not.
pub(crate) fn check(pem: &[u8]) -> Result<(), SettingError> {
    let mut store = RootCertStore::empty();
    let mut bad = false;
    for certificate in CertificateDer::pem_slice_iter(pem) {
        bad |= certificate.map_or(true, |certificate| store.add(certificate).is_err());
    }
    if bad || store.is_empty() {
        return Err(SettingError::new(
            "CA_FILE must hold certificates in PEM, and each must be one: it begins with -----BEGIN CERTIFICATE-----",
        ));
    }
    Ok(())
}
