//! Whoever operates a world by commands.

use std::{fs, path::PathBuf};

use latchkey::{
    settings::Values,
    users::{self, Command, Users},
};
use tests::World;

/// Where the world's table is, and a folder for files.
pub struct Operator<'a> {
    pub world: &'a World,
    pub values: Values,
    pub folder: PathBuf,
}

impl<'a> Operator<'a> {
    pub fn of(world: &'a World) -> Self {
        let values = [("DYNAMODB_ENDPOINT", &world.cloud.database), ("BASE_URL", &world.cloud.url)];
        let values = values.map(|(name, value)| (name.to_owned(), value.clone())).into();
        let folder = std::env::temp_dir().join(format!("latchkey-{}", oauth::Secret::random().expose()));
        fs::create_dir(&folder).unwrap();
        Self { world, values, folder }
    }

    /// What `latchkey user …` prints, or says where it refuses.
    pub async fn says(&self, command: Command) -> Result<String, String> {
        self.prints(command, false).await
    }

    /// The same as JSON, or not.
    pub async fn prints(&self, command: Command, json: bool) -> Result<String, String> {
        let wanted = Users { command, stack: None, json };
        let said = Box::pin(users::run(&wanted, &self.values, &self.folder, self.world.now())).await;
        said.map_err(|error| error.to_string())
    }
}

impl Drop for Operator<'_> {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.folder);
    }
}
