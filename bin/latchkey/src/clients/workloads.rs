//! What a platform is told, so that its token proves a workload.

use client::{Client, Workload};
use oauth::server::TOKEN;

use super::{place::Place, print};

/// What to do where the workloads run: for each, how it gets its platform's token and shows it to us.
pub(super) fn setup(place: &Place, client: &Client, scope: &str) -> String {
    let ask = ask(place, client, scope);
    let each =
        client.workloads.iter().map(|workload| format!("\n# {workload}\n{}", steps(workload, place, &ask)));
    let note = "\n# It needs FOREIGN_TOKENS=on, which `cargo run` has.";
    std::iter::once(note.to_owned()).chain(each).collect::<Vec<_>>().join("\n")
}

/// The token request, with the platform's token in `$token`.
fn ask(place: &Place, client: &Client, scope: &str) -> String {
    format!(
        "curl -d grant_type=client_credentials -d client_id={} -d 'scope={scope}'{} \\\n  \
         -d client_assertion_type=urn:ietf:params:oauth:client-assertion-type:jwt-bearer \\\n  \
         -d client_assertion=\"$token\" {}",
        client.id,
        print::resource(client),
        place.at(TOKEN),
    )
}

fn steps(workload: &Workload, place: &Place, ask: &str) -> String {
    let audience = place.issuer.as_str();
    match workload {
        Workload::GitHub { environment, .. } => {
            let environment =
                environment.as_deref().map(|name| format!("    environment: {name}\n")).unwrap_or_default();
            format!(
                "# In the workflow, for the job:\n    permissions:\n      id-token: write\n{environment}\
                 # and in a step of it:\n\
                 token=$(curl -sS --get --data-urlencode audience={audience} \\\n  \
                 -H \"Authorization: bearer $ACTIONS_ID_TOKEN_REQUEST_TOKEN\" \"$ACTIONS_ID_TOKEN_REQUEST_URL\" | jq -r .value)\n{ask}"
            )
        }
        Workload::Aws { .. } => format!(
            "# Once for the account: aws iam enable-outbound-web-identity-federation\n\
             # The role may call sts:GetWebIdentityToken, on the condition\n\
             #   \"ForAllValues:StringEquals\": {{\"sts:IdentityTokenAudience\": \"{audience}\"}}\n\
             token=$(aws sts get-web-identity-token --audience {audience} --signing-algorithm ES384 \\\n  \
             --duration-seconds 300 --query WebIdentityToken --output text)\n{ask}"
        ),
        Workload::Kubernetes { service_account, .. } => format!(
            "# In the pod's spec, beside its container, which mounts the volume at /var/run/secrets/latchkey:\n\
             serviceAccountName: {service_account}\n\
             volumes:\n  - name: latchkey\n    projected:\n      sources:\n        - serviceAccountToken:\n            \
             audience: {audience}\n            expirationSeconds: 3600\n            path: token\n\
             # and in the container:\n\
             token=$(cat /var/run/secrets/latchkey/token)\n{ask}"
        ),
    }
}
