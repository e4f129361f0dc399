//! Workloads: services that prove who they are by a token of the platform on which they run, and hold no secret.

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use url::Url;

use crate::Invalid;

mod flaw;

pub use flaw::WorkloadFlaw;

/// Who issues the tokens of GitHub's own runners.
const GITHUB: &str = "https://token.actions.githubusercontent.com";
/// The member of AWS's tokens with all that OpenID Connect has no word for.
const AWS: &str = "https://sts.amazonaws.com/";
/// The member of Kubernetes's tokens about where the workload is.
const KUBERNETES: &str = "kubernetes.io";
/// The longest value, in bytes.
const LONGEST: usize = 512;

/// One workload, by what its platform says of it: an issuer, and names that nobody else on that platform can have. All of it is compared
/// exactly.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "platform", rename_all = "lowercase")]
pub enum Workload {
    /// A job of GitHub Actions.
    GitHub {
        /// `iss`: GitHub's, or that of an enterprise.
        issuer: String,
        /// The id of the repository: a name can be given to somebody else.
        repository_id: String,
        /// The branch or tag, as `refs/heads/main`.
        #[serde(rename = "ref")]
        git_ref: Option<String>,
        /// The environment, whose rules say which jobs may have it.
        environment: Option<String>,
    },
    /// An IAM role (`sts:GetWebIdentityToken`).
    Aws {
        /// `iss`, of which each account has its own.
        issuer: String,
        /// Its ARN, in which the account is.
        role: String,
    },
    /// A service account of a Kubernetes cluster.
    Kubernetes {
        /// `iss` of the cluster.
        issuer: String,
        /// Its namespace.
        namespace: String,
        /// Its name there.
        service_account: String,
    },
}

impl Workload {
    /// Reads `github:repository_id=…,environment=…`, `aws:issuer=…,role=…` or
    /// `kubernetes:issuer=…,namespace=…,service_account=…`.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let (platform, members) = text.split_once(':').unwrap_or((text, ""));
        let mut members = Members::read(text, members)?;
        let workload = match platform {
            "github" => Self::GitHub {
                issuer: members.take("issuer").unwrap_or_else(|| GITHUB.to_owned()),
                repository_id: members.require("repository_id")?,
                git_ref: members.take("ref"),
                environment: members.take("environment"),
            },
            "aws" => Self::Aws { issuer: members.require("issuer")?, role: members.require("role")? },
            "kubernetes" => Self::Kubernetes {
                issuer: members.require("issuer")?,
                namespace: members.require("namespace")?,
                service_account: members.require("service_account")?,
            },
            _ => {
                return Err(WorkloadFlaw::Platform(text.to_owned()).into());
            }
        };
        members.none_left()?;
        workload.check()?;
        Ok(workload)
    }

    /// The issuer of its tokens.
    pub fn issuer(&self) -> &str {
        match self {
            Self::GitHub { issuer, .. } | Self::Aws { issuer, .. } | Self::Kubernetes { issuer, .. } => {
                issuer
            }
        }
    }

    /// Whether each of its tokens counts once. GitHub and AWS issue another one whenever they are asked. Kubernetes puts one into a file
    /// for as long as it is valid, and every process of the pod reads that, so it must be taken again.
    pub(crate) fn is_once(&self) -> bool {
        !matches!(self, Self::Kubernetes { .. })
    }

    /// Whether it can be registered.
    pub(crate) fn check(&self) -> Result<(), WorkloadFlaw> {
        let issuer = self.issuer();
        if !is_issuer(issuer) {
            return Err(WorkloadFlaw::Issuer(issuer.to_owned()));
        }
        if let Some(value) = self.members().into_iter().map(|(_, value)| value).find(|value| !is_plain(value))
        {
            return Err(WorkloadFlaw::Value(value.to_owned()));
        }
        match self {
            Self::GitHub { repository_id, git_ref, environment, .. } => {
                github(repository_id, git_ref.as_deref(), environment.as_deref())
            }
            Self::Aws { role, .. } if account_of(role).is_none() => Err(WorkloadFlaw::Role(role.clone())),
            Self::Aws { .. } | Self::Kubernetes { .. } => Ok(()),
        }
    }

    /// Whether these claims, whose signature is verified, are of this workload; or the one that differs.
    pub(crate) fn fits(&self, claims: &Map<String, Value>) -> Result<(), &'static str> {
        let is = |name: &'static str, expected: &str| same(claims.get(name), expected, name);
        match self {
            Self::GitHub { repository_id, git_ref, environment, .. } => {
                no_pull_request(claims)?;
                is("repository_id", repository_id)?;
                git_ref.as_deref().map_or(Ok(()), |git_ref| is("ref", git_ref))?;
                environment.as_deref().map_or(Ok(()), |environment| is("environment", environment))
            }
            Self::Aws { role, .. } => {
                let account = claims.get(AWS).and_then(|more| more.get("aws_account"));
                is("sub", role)?;
                same(account, account_of(role).unwrap_or_default(), "aws_account")
            }
            Self::Kubernetes { namespace, service_account, .. } => {
                let place = claims.get(KUBERNETES).unwrap_or(&Value::Null);
                is("sub", &format!("system:serviceaccount:{namespace}:{service_account}"))?;
                same(place.get("namespace"), namespace, "kubernetes.io/namespace")?;
                let account = place.get("serviceaccount").and_then(|account| account.get("name"));
                same(account, service_account, "kubernetes.io/serviceaccount")
            }
        }
    }

    fn platform(&self) -> &'static str {
        match self {
            Self::GitHub { .. } => "github",
            Self::Aws { .. } => "aws",
            Self::Kubernetes { .. } => "kubernetes",
        }
    }

    /// What it is written down as; GitHub's own issuer is left out.
    fn members(&self) -> Vec<(&'static str, &str)> {
        let all = match self {
            Self::GitHub { issuer, repository_id, git_ref, environment } => vec![
                ("issuer", Some(issuer.as_str()).filter(|issuer| *issuer != GITHUB)),
                ("repository_id", Some(repository_id.as_str())),
                ("ref", git_ref.as_deref()),
                ("environment", environment.as_deref()),
            ],
            Self::Aws { issuer, role } => {
                vec![("issuer", Some(issuer.as_str())), ("role", Some(role.as_str()))]
            }
            Self::Kubernetes { issuer, namespace, service_account } => vec![
                ("issuer", Some(issuer.as_str())),
                ("namespace", Some(namespace.as_str())),
                ("service_account", Some(service_account.as_str())),
            ],
        };
        all.into_iter().filter_map(|(name, value)| Some((name, value?))).collect()
    }
}

/// As [`Workload::parse`] reads it.
impl fmt::Display for Workload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let members: Vec<_> =
            self.members().into_iter().map(|(name, value)| format!("{name}={value}")).collect();
        write!(f, "{}:{}", self.platform(), members.join(","))
    }
}

/// `name=value`, separated by commas.
struct Members<'a> {
    all: &'a str,
    left: Vec<(&'a str, &'a str)>,
}

impl<'a> Members<'a> {
    fn read(all: &'a str, members: &'a str) -> Result<Self, WorkloadFlaw> {
        let pairs =
            members.split(',').filter(|pair| !pair.trim().is_empty()).map(|pair| pair.trim().split_once('='));
        match pairs.collect::<Option<Vec<_>>>() {
            Some(left) => Ok(Self { all, left }),
            None => Err(WorkloadFlaw::Unreadable(all.to_owned())),
        }
    }

    fn take(&mut self, name: &str) -> Option<String> {
        let at = self.left.iter().position(|(other, value)| *other == name && !value.is_empty())?;
        Some(self.left.remove(at).1.to_owned())
    }

    fn require(&mut self, name: &'static str) -> Result<String, WorkloadFlaw> {
        self.take(name).ok_or_else(|| WorkloadFlaw::Lacks(self.all.to_owned(), name))
    }

    fn none_left(&self) -> Result<(), WorkloadFlaw> {
        match self.left.first() {
            None => Ok(()),
            Some((name, _)) => Err(WorkloadFlaw::NoPlaceFor(self.all.to_owned(), (*name).to_owned())),
        }
    }
}

/// GitHub says in its claims `repository_id` and `ref` or `environment` what nobody else can have.
fn github(repository_id: &str, git_ref: Option<&str>, environment: Option<&str>) -> Result<(), WorkloadFlaw> {
    if repository_id.is_empty() || !repository_id.bytes().all(|b| b.is_ascii_digit()) {
        return Err(WorkloadFlaw::RepositoryId(repository_id.to_owned()));
    }
    if git_ref.is_none() && environment.is_none() {
        return Err(WorkloadFlaw::WholeRepository);
    }
    match git_ref {
        Some(git_ref) if !git_ref.starts_with("refs/heads/") && !git_ref.starts_with("refs/tags/") => {
            Err(WorkloadFlaw::GitRef(git_ref.to_owned()))
        }
        _ => Ok(()),
    }
}

/// Whoever opens a pull request may change what runs for it: such a job is nobody, whatever else its token says.
fn no_pull_request(claims: &Map<String, Value>) -> Result<(), &'static str> {
    let text = |name: &str| claims.get(name).and_then(Value::as_str).unwrap_or_default();
    if text("event_name").starts_with("pull_request") {
        return Err("event_name");
    }
    if text("ref").starts_with("refs/pull/") {
        return Err("ref");
    }
    if text("sub").split(':').any(|part| part.starts_with("pull_request")) { Err("sub") } else { Ok(()) }
}

/// The account in the ARN of a role.
fn account_of(role: &str) -> Option<&str> {
    let mut parts = role.splitn(6, ':');
    let (arn, partition, iam) = (parts.next()?, parts.next()?, parts.next()?);
    let (region, account, name) = (parts.next()?, parts.next()?, parts.next()?);
    let is_account = account.len() == 12 && account.bytes().all(|b| b.is_ascii_digit());
    let fits =
        arn == "arn" && partition.starts_with("aws") && iam == "iam" && region.is_empty() && is_account;
    (fits && name.strip_prefix("role/").is_some_and(|name| !name.is_empty())).then_some(account)
}

/// https, or http on this machine, where a test plays the platform.
fn is_issuer(text: &str) -> bool {
    let Ok(url) = Url::parse(text) else { return false };
    let local = matches!(url.host_str(), Some("localhost" | "127.0.0.1"));
    let safe = url.scheme() == "https" || (url.scheme() == "http" && local);
    let plain = url.username().is_empty() && url.password().is_none();
    safe && plain && url.query().is_none() && url.fragment().is_none()
}

fn is_plain(value: &str) -> bool {
    value.len() <= LONGEST && value.bytes().all(|b| b.is_ascii_graphic() && b != b',')
}

fn same(claim: Option<&Value>, expected: &str, name: &'static str) -> Result<(), &'static str> {
    if claim.and_then(Value::as_str).is_some_and(|claim| !claim.is_empty() && claim == expected) {
        Ok(())
    } else {
        Err(name)
    }
}

/// Whom a platform's token is for: us and nobody else. A platform's own default, such as the address of a repository's owner, is
/// somebody else.
pub(crate) fn is_for(claims: &Map<String, Value>, issuer: &str) -> bool {
    match claims.get("aud") {
        Some(Value::String(one)) => one == issuer,
        Some(Value::Array(all)) => all.len() == 1 && all[0] == issuer,
        _ => false,
    }
}

#[cfg(test)]
mod tests;
