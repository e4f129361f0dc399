//! `cargo run -- template`: the CloudFormation template, made from what the functions declare of themselves.
//!
//! What differs between installations is a parameter, with one exception: which providers there are and what can be said of
//! them in public is written into the template, because no two installations have the same number of them.

mod alarms;
mod api;
mod dashboard;
mod data;
mod events;
mod function;
mod inputs;
mod installation;
mod mail;
mod nodes;
mod outputs;
mod role;
mod trial;
mod yaml;

use setting::{Setting, SettingError};

use web::settings::LOG;

pub(crate) use alarms::alarm_names;
pub(crate) use events::delivery;
pub(crate) use nodes::camel;
pub use trial::check;
pub use yaml::Node;

use self::{
    installation::Installation,
    nodes::{map, text},
};
use crate::{
    mount::{self, Mount},
    settings::{self, Values},
};

const HEADING: &str = "\
# Made by `cargo run -- template` from what the functions declare of themselves: change it there. A test keeps it current.
";

/// The template as text.
pub fn text_of(values: &Values) -> Result<String, SettingError> {
    text_with(values, mount::all())
}

/// The template as text, with the secrets of these names though no function reads them any more: what they encrypt is still in the table.
/// A name that no setting has is left out.
pub fn text_keeping(values: &Values, kept: &[String]) -> Result<String, SettingError> {
    Ok(format!("{HEADING}{}", template_with(values, mount::all(), kept)?.to_yaml()))
}

/// The template as text, with these functions.
pub(crate) fn text_with(values: &Values, mounts: Vec<Mount>) -> Result<String, SettingError> {
    Ok(format!("{HEADING}{}", template_with(values, mounts, &[])?.to_yaml()))
}

/// The template for an installation with these settings; of those that are secret only the names are looked at.
pub fn template(values: &Values) -> Result<Node, SettingError> {
    template_with(values, mount::all(), &[])
}

fn template_with(values: &Values, mounts: Vec<Mount>, kept: &[String]) -> Result<Node, SettingError> {
    let installation = Installation::read(values, mounts)?;
    let resources = data::resources(&installation, kept)
        .into_iter()
        .chain(events::queues(&installation))
        .chain(mail::resources(&installation))
        .chain(api::resources(&installation))
        .chain(installation.mounts.iter().flat_map(|mount| function::resources(mount, &installation)))
        .chain(alarms::resources(&installation));
    Ok(map([
        ("AWSTemplateFormatVersion", text("2010-09-09")),
        (
            "Description",
            text(
                "latchkey: people sign in with a provider, and everything behind the gateway is guarded by a token",
            ),
        ),
        ("Parameters", inputs::parameters(&installation)),
        ("Rules", inputs::rules()),
        ("Conditions", inputs::conditions(&installation)),
        ("Resources", map(resources)),
        ("Outputs", outputs::outputs(&installation)),
    ]))
}

/// The settings a function has, in the order of the documentation: those it declares, and what all have.
fn settings_of(mount: &Mount) -> impl Iterator<Item = &'static Setting> {
    let declares =
        |wanted: &Setting| mount.settings.iter().copied().flatten().any(|each| each.name == wanted.name);
    settings::all().filter(move |setting| setting.name == LOG.name || declares(setting))
}
