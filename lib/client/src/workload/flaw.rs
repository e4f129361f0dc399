//! What is wrong with a workload.

/// Why a workload cannot be registered. Only commands and imports name workloads.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WorkloadFlaw {
    /// A platform that is not known.
    #[error("the workload {0:?} is of no platform that is known: github, aws or kubernetes")]
    Platform(String),
    /// What cannot be read.
    #[error("the workload {0:?} is not made of name=value, separated by commas")]
    Unreadable(String),
    /// What says too little.
    #[error("the workload {0:?} needs {1}=…")]
    Lacks(String, &'static str),
    /// What says something that its platform does not.
    #[error("the workload {0:?} has no place for {1}")]
    NoPlaceFor(String, String),
    /// An issuer whose keys cannot be fetched.
    #[error("the workload's issuer {0:?} is no address: https://host, as in `iss` of its tokens")]
    Issuer(String),
    /// A value that could be read in two ways.
    #[error("the workload's {0:?} has a comma, a blank or more than 512 characters")]
    Value(String),
    /// A role of AWS that is none.
    #[error("the workload's role {0:?} is no ARN of a role: arn:aws:iam::123456789012:role/name")]
    Role(String),
    /// A repository by its name, which can be given to somebody else.
    #[error("the workload's repository_id {0:?} is no number: gh api repos/OWNER/NAME --jq .id prints it")]
    RepositoryId(String),
    /// All of a repository.
    #[error(
        "a workload of github needs ref=… or environment=…: without, every branch of the repository would do"
    )]
    WholeRepository,
    /// A branch or a tag that is none.
    #[error("the workload's ref {0:?} is no branch or tag: refs/heads/main, refs/tags/v1")]
    GitRef(String),
    /// A client that signs people in.
    #[error("a workload is a service: it acts for itself")]
    NoService,
    /// More than are compared at every request.
    #[error("a client has at most {0} workloads")]
    TooMany(usize),
    /// One of these two is a mistake.
    #[error("the same workload is named twice")]
    Twice,
}
