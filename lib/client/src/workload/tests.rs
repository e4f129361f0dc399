use serde_json::json;

use super::*;

const ROLE: &str = "arn:aws:iam::123456789012:role/DataProcessingRole";

/// A token's claims as GitHub documents them.
fn github_claims() -> Value {
    json!({
        "jti": "example-id", "sub": "repo:octo-org/octo-repo:environment:prod", "environment": "prod",
        "aud": "https://id.example.com", "ref": "refs/heads/main", "sha": "example-sha",
        "repository": "octo-org/octo-repo", "repository_owner": "octo-org", "actor_id": "12",
        "repository_visibility": "private", "repository_id": "74", "repository_owner_id": "65",
        "run_id": "example-run-id", "run_number": "10", "run_attempt": "2", "runner_environment": "github-hosted",
        "actor": "octocat", "workflow": "example-workflow", "head_ref": "", "base_ref": "",
        "event_name": "workflow_dispatch", "ref_type": "branch",
        "job_workflow_ref": "octo-org/octo-automation/.github/workflows/oidc.yml@refs/heads/main",
        "iss": GITHUB, "nbf": 1_799_999_400, "exp": 1_800_000_300, "iat": 1_800_000_000,
    })
}

/// As AWS documents them.
fn aws_claims() -> Value {
    json!({
        "iss": "https://abc123-def456-ghi789-jkl012.tokens.sts.global.api.aws", "aud": "https://id.example.com",
        "sub": ROLE, "iat": 1_800_000_000, "exp": 1_800_000_300, "jti": "xyz123-def456-ghi789-jkl012",
        "https://sts.amazonaws.com/": {
            "aws_account": "123456789012", "source_region": "us-east-1", "org_id": "o-abc1234567",
            "ou_path": "o-a1b2c3d4e5/r-ab12/ou-ab12-11111111/", "principal_tags": {"environment": "production"},
            "lambda_source_function_arn": "arn:aws:lambda:us-east-1:123456789012:function:process-data",
            "request_tags": {"job-id": "job-2024-001"},
        },
    })
}

/// As a cluster issues them to a projected volume.
fn kubernetes_claims() -> Value {
    json!({
        "aud": ["https://id.example.com"], "exp": 1_800_003_600, "iat": 1_800_000_000, "nbf": 1_800_000_000,
        "iss": "https://oidc.eks.us-west-2.amazonaws.com/id/EXAMPLE", "jti": "92c43d83-5e9b-4b54-a7a8-0a9c9b1a9d2e",
        "kubernetes.io": {
            "namespace": "shop", "node": {"name": "node-1", "uid": "646e7c5e"},
            "pod": {"name": "importer-0", "uid": "5e0bd49b"},
            "serviceaccount": {"name": "importer", "uid": "14ee3fa4"}, "warnafter": 1_800_003_000,
        },
        "sub": "system:serviceaccount:shop:importer",
    })
}

fn fits(workload: &str, claims: &Value) -> Result<(), &'static str> {
    Workload::parse(workload).unwrap().fits(claims.as_object().unwrap())
}

/// The claims with one at this path changed.
fn with(claims: Value, path: &str, value: Value) -> Value {
    let mut claims = claims;
    *claims.pointer_mut(path).unwrap() = value;
    claims
}

#[test]
fn a_job_of_github_is_its_repository_with_a_branch_or_an_environment() {
    for good in [
        "github:repository_id=74,environment=prod",
        "github:repository_id=74,ref=refs/heads/main",
        "github:repository_id=74,ref=refs/heads/main,environment=prod",
        "github: environment=prod, repository_id=74",
    ] {
        assert_eq!(fits(good, &github_claims()), Ok(()), "{good}");
    }
    for (workload, claim) in [
        ("github:repository_id=75,environment=prod", "repository_id"),
        ("github:repository_id=7,environment=prod", "repository_id"),
        ("github:repository_id=74,environment=production", "environment"),
        ("github:repository_id=74,environment=Prod", "environment"),
        ("github:repository_id=74,ref=refs/heads/mai", "ref"),
        ("github:repository_id=74,ref=refs/heads/other,environment=prod", "ref"),
    ] {
        assert_eq!(fits(workload, &github_claims()), Err(claim), "{workload}");
    }
    let rule = "github:repository_id=74,ref=refs/heads/main,environment=prod";
    for (path, value, claim) in [
        // Another repository, to which the name was given: the id differs, and the name is not asked.
        ("/repository_id", json!("99"), "repository_id"),
        ("/repository_id", json!(74), "repository_id"),
        ("/repository_id", json!(["74"]), "repository_id"),
        ("/repository_id", json!(""), "repository_id"),
        ("/environment", json!(null), "environment"),
        // A pull request, also of a fork, and also one that runs in the context of its target.
        ("/event_name", json!("pull_request"), "event_name"),
        ("/event_name", json!("pull_request_target"), "event_name"),
        ("/event_name", json!("pull_request_review"), "event_name"),
        ("/ref", json!("refs/pull/7/merge"), "ref"),
        ("/sub", json!("repo:octo-org/octo-repo:pull_request"), "sub"),
        ("/sub", json!("repo:octo-org@65/octo-repo@74:pull_request"), "sub"),
    ] {
        assert_eq!(fits(rule, &with(github_claims(), path, value.clone())), Err(claim), "{path} {value}");
    }
    let renamed = with(github_claims(), "/repository", json!("octo-org/renamed"));
    assert_eq!(fits(rule, &renamed), Ok(()), "the id is what counts");
}

#[test]
fn a_role_of_aws_is_its_arn_in_its_account() {
    let rule = format!("aws:issuer=https://abc123.tokens.sts.global.api.aws,role={ROLE}");
    assert_eq!(fits(&rule, &aws_claims()), Ok(()));
    let account = "/https:~1~1sts.amazonaws.com~1/aws_account";
    for (path, value, claim) in [
        ("/sub", json!("arn:aws:iam::123456789012:role/Other"), "sub"),
        ("/sub", json!("arn:aws:iam::210987654321:role/DataProcessingRole"), "sub"),
        ("/sub", json!("arn:aws:iam::123456789012:user/DataProcessingRole"), "sub"),
        ("/sub", json!([ROLE]), "sub"),
        (account, json!("210987654321"), "aws_account"),
        (account, json!(123_456_789_012_u64), "aws_account"),
        ("/https:~1~1sts.amazonaws.com~1", json!(null), "aws_account"),
    ] {
        assert_eq!(fits(&rule, &with(aws_claims(), path, value.clone())), Err(claim), "{path} {value}");
    }
}

#[test]
fn a_pod_is_its_service_account_in_its_namespace() {
    let rule = "kubernetes:issuer=https://k8s.example.com,namespace=shop,service_account=importer";
    assert_eq!(fits(rule, &kubernetes_claims()), Ok(()));
    for (path, value, claim) in [
        ("/sub", json!("system:serviceaccount:shop:other"), "sub"),
        ("/sub", json!("system:serviceaccount:other:importer"), "sub"),
        ("/kubernetes.io/namespace", json!("other"), "kubernetes.io/namespace"),
        ("/kubernetes.io/serviceaccount/name", json!("other"), "kubernetes.io/serviceaccount"),
        ("/kubernetes.io", json!(null), "kubernetes.io/namespace"),
    ] {
        assert_eq!(fits(rule, &with(kubernetes_claims(), path, value.clone())), Err(claim), "{path} {value}");
    }
}

#[test]
fn a_token_is_for_us_alone() {
    // #64
    let issuer = "https://id.example.com";
    let is = |aud: Value| is_for(json!({"aud": aud}).as_object().unwrap(), issuer);
    assert!(is(json!(issuer)) && is(json!([issuer])));
    for bad in [
        json!("https://github.com/octo-org"),
        json!("sts.amazonaws.com"),
        json!(["https://kubernetes.default.svc"]),
        json!([issuer, "https://kubernetes.default.svc"]),
        json!([issuer, issuer]),
        json!([[issuer]]),
        json!([]),
        json!({"0": issuer}),
        json!("https://id.example.com/"),
        json!("https://id.example.com/oauth/token"),
        json!("HTTPS://ID.EXAMPLE.COM"),
        json!(""),
        json!(null),
        json!(1),
    ] {
        assert!(!is(bad.clone()), "{bad}");
    }
    assert!(!is_for(&Map::new(), issuer));
}

#[test]
fn what_is_written_is_read_and_what_cannot_be_safe_is_refused() {
    for text in [
        "github:repository_id=74,environment=prod",
        "github:issuer=https://github.example.com/_services/token,repository_id=74,ref=refs/tags/v1",
        "aws:issuer=https://abc123.tokens.sts.global.api.aws,role=arn:aws:iam::123456789012:role/service/importer",
        "aws:issuer=https://abc123.tokens.sts.global.api.aws,role=arn:aws-us-gov:iam::123456789012:role/x",
        "kubernetes:issuer=https://k8s.example.com,namespace=shop,service_account=importer",
        "kubernetes:issuer=http://127.0.0.1:6443,namespace=shop,service_account=importer",
    ] {
        let workload = Workload::parse(text).unwrap();
        assert_eq!(workload.to_string(), text);
        let stored = serde_json::to_value(&workload).unwrap();
        assert_eq!(serde_json::from_value::<Workload>(stored).unwrap(), workload);
    }
    for (text, part) in [
        ("", "no platform"),
        ("gitlab:project=1", "no platform"),
        ("github", "needs repository_id"),
        ("github:environment=prod", "needs repository_id"),
        ("github:repository_id=74", "ref=… or environment=…"),
        ("github:repository_id=octo/repo,environment=prod", "is no number"),
        ("github:repository_id=,environment=prod", "needs repository_id"),
        ("github:repository_id=74,ref=main", "is no branch or tag"),
        ("github:repository_id=74,ref=refs/pull/1/merge", "is no branch or tag"),
        ("github:repository_id=74,environment=prod,sub=x", "no place for sub"),
        ("github:repository_id=74,environment=a b", "has a comma, a blank"),
        ("github:repository_id=74,environment", "name=value"),
        ("github:issuer=http://github.example.com,repository_id=74,ref=refs/heads/main", "is no address"),
        ("github:issuer=https://github.example.com?x,repository_id=74,ref=refs/heads/main", "is no address"),
        ("github:issuer=https://a@github.example.com,repository_id=74,ref=refs/heads/main", "is no address"),
        ("aws:role=arn:aws:iam::123456789012:role/x", "needs issuer"),
        ("aws:issuer=https://a.example,role=x", "is no ARN"),
        ("aws:issuer=https://a.example,role=arn:aws:iam::123456789012:role/", "is no ARN"),
        ("aws:issuer=https://a.example,role=arn:aws:iam::123456789012:user/x", "is no ARN"),
        ("aws:issuer=https://a.example,role=arn:aws:sts::123456789012:assumed-role/x/y", "is no ARN"),
        ("aws:issuer=https://a.example,role=arn:aws:iam::1234:role/x", "is no ARN"),
        ("kubernetes:issuer=https://a.example,namespace=shop", "needs service_account"),
    ] {
        let why = Workload::parse(text).unwrap_err().to_string();
        assert!(why.contains(part), "{text}: {why}");
    }
}
