//! Requests to the management API.

use serde_json::Value;
use tests::{Agent, Answer, World};

/// A world, with an administrator who calls.
pub struct Scene {
    pub world: World,
    pub program: Agent,
    pub token: String,
}

impl Scene {
    /// Where these are the roles.
    pub async fn with(roles: &str) -> Self {
        Self::of(World::with(&[("ROLES", roles)]).await).await
    }

    /// In this world.
    pub async fn of(world: World) -> Self {
        let token = world.program().token("ada").await;
        Self { program: world.program(), world, token }
    }

    /// A request of the administrator.
    pub async fn ask(&self, method: &str, path: &str, etag: Option<&str>, body: Option<Value>) -> Answer {
        self.ask_as(&self.token, method, path, etag, body.map(|body| body.to_string())).await
    }

    /// A request of whoever has this token.
    pub async fn ask_as(
        &self,
        token: &str,
        method: &str,
        path: &str,
        etag: Option<&str>,
        body: Option<String>,
    ) -> Answer {
        let mut request = self.program.request(method, path).bearer_auth(token);
        if let Some(etag) = etag {
            request = request.header("if-match", etag);
        }
        if let Some(body) = body {
            request = request.header("content-type", "application/json").body(body);
        }
        self.program.send(request).await
    }
}
