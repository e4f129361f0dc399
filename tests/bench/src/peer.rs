//! The authorizer that others would use: npm `aws-jwt-verify` on Node, in a folder that `bin/bench` prepares.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use serde_json::Value;

/// Node, and what it is to run.
pub struct Peer {
    pub node: PathBuf,
    folder: PathBuf,
    /// As Node says it: `v20.1.0`.
    pub node_version: String,
}

impl Peer {
    /// Fails if this Node does not work.
    pub fn new(node: &str, folder: &Path) -> Result<Self, String> {
        let answer =
            Command::new(node).arg("--version").output().map_err(|error| format!("{node}: {error}"))?;
        let node_version = String::from_utf8_lossy(&answer.stdout).trim().to_owned();
        Ok(Self { node: node.into(), folder: folder.to_owned(), node_version })
    }

    /// What stands in for Lambda's Node runtime.
    pub fn runtime(&self) -> PathBuf {
        self.folder.join("runtime.js")
    }

    /// A function, as one file.
    pub fn function(&self, name: &str) -> PathBuf {
        self.folder.join(name).with_extension("js")
    }

    /// The version of the library.
    pub fn library_version() -> String {
        let package: Value = serde_json::from_str(include_str!("../peer/package.json")).unwrap();
        package["dependencies"]["aws-jwt-verify"].as_str().unwrap().to_owned()
    }
}
