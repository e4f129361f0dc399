//! AWS Signature Version 4 with nothing in it that varies but the body. The database of the benchmark wants a signature and
//! does not verify it, so the date may stand still.

use aws_lc_rs::{
    digest::{SHA256, digest},
    hmac::{HMAC_SHA256, Key, Tag, sign},
};

const DATE: &str = "20260101T000000Z";
const SCOPE: [&str; 4] = ["20260101", "eu-central-1", "dynamodb", "aws4_request"];
const HEADERS: &str = "content-type;host;x-amz-date;x-amz-target";

/// What a signed request has beside its body.
pub(crate) struct Signed {
    pub(crate) date: &'static str,
    pub(crate) authorization: String,
}

impl Signed {
    /// For a GetItem with this body, sent to this host.
    pub(crate) fn of(body: &str, host: &str) -> Self {
        let body = hex(digest(&SHA256, body.as_bytes()).as_ref());
        let request = format!(
            "POST\n/\n\ncontent-type:application/x-amz-json-1.0\nhost:{host}\nx-amz-date:{DATE}\n\
             x-amz-target:DynamoDB_20120810.GetItem\n\n{HEADERS}\n{body}"
        );
        let scope = SCOPE.join("/");
        let request = hex(digest(&SHA256, request.as_bytes()).as_ref());
        let text = format!("AWS4-HMAC-SHA256\n{DATE}\n{scope}\n{request}");
        let mut key = b"AWS4local".to_vec();
        for part in SCOPE {
            key = tag(&key, part).as_ref().to_vec();
        }
        let signature = hex(tag(&key, &text).as_ref());
        let authorization = format!(
            "AWS4-HMAC-SHA256 Credential=local/{scope}, SignedHeaders={HEADERS}, Signature={signature}"
        );
        Self { date: DATE, authorization }
    }
}

fn tag(key: &[u8], text: &str) -> Tag {
    sign(&Key::new(HMAC_SHA256, key), text.as_bytes())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
