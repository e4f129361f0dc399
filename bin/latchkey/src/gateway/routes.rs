//! Which function answers: a path written out wins over one with a variable in it.

use web::Route;

use crate::mount::Running;

/// The routes of all functions.
pub(super) struct Routes(Vec<(&'static Route, Running)>);

/// The route of a request.
pub(super) struct Found<'a> {
    /// By the method by which it was asked.
    pub(super) route: Route,
    pub(super) captures: Vec<(&'static str, String)>,
    pub(super) function: &'a Running,
}

impl Routes {
    pub(super) fn new(functions: Vec<(&'static [Route], Running)>) -> Self {
        let mut routes: Vec<_> = functions
            .iter()
            .flat_map(|(routes, running)| routes.iter().map(|route| (route, running.clone())))
            .collect();
        routes.sort_by_key(|(route, _)| route.path.matches('{').count());
        Self(routes)
    }

    pub(super) fn find(&self, method: &str, path: &str) -> Option<Found<'_>> {
        self.0.iter().find_map(|(route, function)| {
            let route = route.by_method().find(|route| route.method == method)?;
            Some(Found { route, captures: route.captures(path)?, function })
        })
    }
}
