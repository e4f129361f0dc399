//! Finding people among many: what a page of each list costs, and that it costs the same among a thousand.

mod crowd;

use std::{
    path::PathBuf,
    time::{Duration, Instant},
};

use user::search::{self, Search};

use self::crowd::{Crowd, Number};
use crate::{
    Outcome,
    aws::Calls,
    cost::units,
    measure::median,
    report::{self, head, milliseconds, named, row},
};

/// Beside how many people the many stand.
const FEW: Number = 1_000;
/// How often each page is asked for.
const TIMES: u32 = 20;

/// What is to be done.
pub struct People {
    pub scratch: PathBuf,
    pub date: String,
    pub count: Number,
}

/// A page that is asked for.
struct Page {
    what: &'static str,
    search: Search,
    /// For the first page, one in the middle, and the last: behind which person it begins, by their place in the list.
    at: &'static [Place],
    /// The key of somebody in the list.
    key: fn(&Crowd, Number) -> String,
    /// Every how many of the people is in the list.
    every: Number,
    newest_first: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    First,
    Middle,
    Last,
}

const ALL: &[Place] = &[Place::First, Place::Middle, Place::Last];

/// What one page took.
#[derive(Debug)]
struct Found {
    page: String,
    people: usize,
    calls: Calls,
    took: Duration,
}

impl People {
    /// Fills both tables, and asks for each page.
    pub async fn run(&self) -> Result<Outcome, String> {
        let few = Crowd::of(FEW, &self.scratch).await?.asked().await?;
        let crowd = Crowd::of(self.count, &self.scratch).await?;
        let filled = crowd.filled();
        let many = crowd.asked().await?;
        let mut text = format!("Measured on {}: {}. {filled}\n\n", self.date, report::machine());
        table(&mut text, &few, &many, self.count);
        let wrong = few.iter().zip(&many).filter(|(few, many)| few.calls != many.calls);
        let wrong = wrong.map(|(few, many)| {
            format!("{} does not cost the same among {FEW} and {}: {few:?}, {many:?}", few.page, self.count)
        });
        Ok(Outcome { text: report::part("people", &text), wrong: wrong.collect() })
    }
}

fn table(text: &mut String, few: &[Found], many: &[Found], count: Number) {
    let among = |what: &str, count| format!("{what} among {}", grouped(count));
    let columns = [
        "people on it".to_owned(),
        "calls to DynamoDB".to_owned(),
        "read units".to_owned(),
        among("ms", FEW),
        among("ms", count),
    ];
    head(text, &columns.each_ref().map(String::as_str));
    for (few, many) in few.iter().zip(many) {
        let numbers = [
            many.people.to_string(),
            named(&many.calls),
            units(&many.calls).0.to_string(),
            milliseconds(few.took),
            milliseconds(many.took),
        ];
        row(text, [many.page.clone()].into_iter().chain(numbers));
    }
}

/// With commas, as in English.
fn grouped(number: Number) -> String {
    let digits = number.to_string();
    let first = digits.len() % 3;
    let (head, rest) = digits.split_at(first);
    let groups: Vec<_> = (0..rest.len()).step_by(3).map(|at| &rest[at..at + 3]).collect();
    [head].into_iter().filter(|head| !head.is_empty()).chain(groups).collect::<Vec<_>>().join(",")
}

impl Crowd {
    /// Asks for each page.
    async fn asked(self) -> Result<Vec<Found>, String> {
        let mut all = Vec::new();
        for page in pages() {
            for place in page.at {
                all.push(self.ask(&page, *place).await?);
            }
        }
        Ok(all)
    }

    async fn ask(&self, page: &Page, place: Place) -> Result<Found, String> {
        let of_list = self.count / page.every;
        let behind = match place {
            Place::First => None,
            Place::Middle => Some(of_list / 2),
            Place::Last if page.newest_first => Some(search::MOST.min(of_list - 1)),
            Place::Last => Some(of_list.saturating_sub(search::MOST + 1)),
        };
        let after = behind.map(|nth| (page.key)(self, nth * page.every));
        let ask = || search::search(&self.table, &page.search, search::MOST, after.as_deref(), self.now);
        let (mut took, mut calls, mut people) = (Vec::new(), Calls::default(), 0);
        for _ in 0..TIMES {
            self.aws.calls();
            let started = Instant::now();
            let found = ask().await.map_err(|why| oauth::causes(&why))?;
            took.push(started.elapsed());
            (calls, people) = (self.aws.calls(), found.people.len());
            if (place == Place::Last) != found.next.is_none() && page.at.len() > 1 {
                return Err(format!("{}, {place:?}: there is more, or nothing more", page.what));
            }
        }
        let place = if page.at.len() > 1 { format!(", {place:?}").to_lowercase() } else { String::new() };
        let page = format!("{}{place}", page.what) + if place.is_empty() { "" } else { " page" };
        Ok(Found { page, people, calls, took: median(&took) })
    }
}

/// Every list, and what narrows it.
fn pages() -> Vec<Page> {
    let text = |text: &str| Some(text.to_owned());
    let page = |what, search, key| Page { what, search, at: ALL, key, every: 1, newest_first: false };
    vec![
        Page { newest_first: true, ..page("everybody", Search::default(), Crowd::id) },
        page("e-mail begins with `pat`", Search { email: text("pat"), ..Search::default() }, Crowd::address),
        page("name begins with `pat`", Search { name: text("pat"), ..Search::default() }, Crowd::name),
        Page {
            every: crowd::EDITORS,
            ..page(
                "role `editor`, which every fourth has",
                Search { role: text("editor"), ..Search::default() },
                Crowd::editor,
            )
        },
        Page {
            at: &[Place::First],
            ..page(
                "one e-mail address",
                Search { email: text("pat0000321@"), ..Search::default() },
                Crowd::address,
            )
        },
        Page {
            at: &[Place::First],
            ..page(
                "disabled, one of a thousand: a search through four pages",
                Search { disabled: Some(true), ..Search::default() },
                Crowd::id,
            )
        },
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_commas() {
        assert_eq!([7, 1_000, 250_000, 1_000_000].map(grouped), ["7", "1,000", "250,000", "1,000,000"]);
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_page_costs_the_same_whatever_the_number_of_people() {
        let folder = std::env::temp_dir().join(format!("latchkey-{}", oauth::Secret::random().expose()));
        std::fs::create_dir(&folder).unwrap();
        let people = People { scratch: folder.clone(), date: "today".to_owned(), count: 3_000 };
        let Outcome { text, wrong } = people.run().await.unwrap();
        std::fs::remove_dir_all(folder).unwrap();
        assert_eq!(wrong, [""; 0]);
        assert!(text.contains("| everybody, last page | 100 | BatchGetItem, Query |"), "{text}");
        assert!(text.contains("| one e-mail address | 1 | 2 BatchGetItem, Query |"), "{text}");
    }
}
