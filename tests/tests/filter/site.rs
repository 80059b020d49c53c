//! A site keeps the rows that a filter means.

use std::collections::HashSet;

use jiff::{SignedDuration, Timestamp};
use proptest::collection::vec;
use proptest::prelude::{BoxedStrategy, Strategy, prop_oneof};
use proptest::prop_assert_eq;
use proptest::test_runner::TestCaseError;
use qrs_generated::filter::Decimal;
use qrs_generated::property;
use qrs_generated::types::LicenseAuditRequest;
use qrs_tests::{Pool, StandIn, StatusCode, seed};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::check;
use crate::plan::{Given, List, Meant, Plan, Tree, build, meaning};
use crate::random::plan;
use crate::support::{Checked, builder_for};

/// A row of the site, and what each of its properties holds.
#[derive(Clone, Debug)]
struct Row {
    id: Uuid,
    created: Timestamp,
    name: String,
    directory: String,
    quarantined: bool,
}

impl Row {
    fn json(&self) -> Value {
        json!({
            "id": self.id,
            "createdDate": format!("{:.7}", self.created),
            "user": { "id": Uuid::from_u128(!self.id.as_u128()), "name": self.name, "userDirectory": self.directory },
            "quarantined": self.quarantined,
        })
    }

    fn get(&self, property: &str) -> Given {
        match property {
            "id" => Given::Guid(self.id),
            "createdDate" => Given::Date(self.created),
            "user.name" => Given::Text(self.name.clone()),
            "user.userDirectory" => Given::Text(self.directory.clone()),
            "quarantined" => Given::Flag(self.quarantined),
            other => unreachable!("{other}"),
        }
    }

    /// Whether a filter that was meant so keeps this row. The names here have no letters that differ in case only,
    /// since a site may compare them with or without regard to it.
    fn passes(&self, meant: &Tree<Given>) -> bool {
        match meant {
            Tree::All(parts) => parts.iter().all(|part| self.passes(part)),
            Tree::Any(parts) => parts.iter().any(|part| self.passes(part)),
            Tree::Compare(property, operator, given) => match (self.get(property), operator.as_str(), given) {
                (found, "eq", given) => found == *given,
                (found, "ne", given) => found != *given,
                (Given::Text(found), "sw", Given::Text(given)) => found.starts_with(given.as_str()),
                (Given::Text(found), "ew", Given::Text(given)) => found.ends_with(given.as_str()),
                (Given::Text(found), "so", Given::Text(given)) => found.contains(given.as_str()),
                (Given::Date(found), "gt", Given::Date(given)) => found > *given,
                (Given::Date(found), "ge", Given::Date(given)) => found >= *given,
                (Given::Date(found), "lt", Given::Date(given)) => found < *given,
                (Given::Date(found), "le", Given::Date(given)) => found <= *given,
                other => unreachable!("{other:?}"),
            },
        }
    }
}

const NAMES: [&str; 12] =
    ["", "'", r"\", r"\'", r"'\", "ada", "o'neil", "a & b", "#1", "100%+", "\u{e5}sa \u{1f511}", "x\r\n\ty') or ("];

fn rows() -> Vec<Row> {
    let start: Timestamp = "2022-08-27T06:47:08.584Z".parse().unwrap();
    let row = |at: usize| Row {
        id: Uuid::from_u128(0xa110_0000 + at as u128),
        created: start + SignedDuration::from_micros(i64::try_from(at).unwrap() * 250),
        name: NAMES[at % NAMES.len()].to_owned(),
        directory: ["corp", r"e'a\st"][at % 2].to_owned(),
        quarantined: at.is_multiple_of(3),
    };
    (0..24).map(row).collect()
}

/// Comparisons that are true for some of the rows.
fn comparison_with_rows() -> BoxedStrategy<Plan> {
    let select = |choices: &[&'static str]| proptest::sample::select(choices.to_vec());
    let row = proptest::sample::select(rows());
    let named = |name: &str, meant| Plan::Compare(name.to_owned(), meant);
    prop_oneof![
        (
            row.clone(),
            select(&["id", "createdDate", "user.name", "user.userDirectory", "quarantined"]),
            select(&["eq", "ne"])
        )
            .prop_map(move |(row, name, operator)| named(name, Meant::Equality(operator, row.get(name)))),
        (row.clone(), select(&["gt", "ge", "lt", "le"]))
            .prop_map(move |(row, operator)| named("createdDate", Meant::Order(operator, Given::Date(row.created)))),
        (select(&NAMES), select(&["sw", "ew", "so"]), select(&["user.name", "user.userDirectory"]))
            .prop_map(move |(part, operator, name)| named(name, Meant::Part(operator, part.to_owned()))),
        vec(row.clone(), 1..4)
            .prop_map(|rows| { Plan::OneOf("id".to_owned(), List::Guids(rows.iter().map(|row| row.id).collect())) }),
        vec(row, 1..4).prop_map(|rows| {
            Plan::NoneOf("user.name".to_owned(), List::Texts(rows.into_iter().map(|row| row.name).collect()))
        }),
    ]
    .boxed()
}

#[test]
fn a_site_keeps_the_matching_rows() -> Checked {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    let site = runtime.block_on(StandIn::start())?;
    let client = builder_for(&site)?.build()?;
    let rows = rows();
    site.clear();
    for row in &rows {
        site.push_allocation(Pool::Professional, row.json().as_object().ok_or("a row is an object")?.clone());
    }
    check(300, &plan(comparison_with_rows(), 10), |plan| {
        let fail = |error: &dyn std::error::Error| TestCaseError::fail(error.to_string());
        let built = build(&plan).map_err(|error| fail(&error))?;
        let meant = meaning(&plan);
        let answer = runtime.block_on(client.get_professional_access_types().filter(&built).send());
        let kept: HashSet<Uuid> =
            answer.map_err(|error| fail(&error))?.into_iter().filter_map(|allocation| allocation.id).collect();
        let expected: HashSet<Uuid> = rows.iter().filter(|row| row.passes(&meant)).map(|row| row.id).collect();
        prop_assert_eq!(kept, expected, "{:?}", built);
        site.forget_requests();
        Ok(())
    })
}

#[tokio::test]
async fn every_filter_parameter_takes_a_filter() -> Checked {
    let site = StandIn::start().await?;
    let client = builder_for(&site)?.build()?;
    let sent = || Some(site.last_request()?.parameter("filter")?.to_owned());

    let of_o_neil = property!("user.userId").eq("o'neil").and(property!("user.name").eq(r"O'Neil \ East"));
    let found = client.get_analyzer_access_types().filter(of_o_neil.clone()).send().await?;
    assert_eq!(found.iter().map(|pass| pass.id).collect::<Vec<_>>(), [Some(seed::PASS_OF_O_NEIL)]);
    assert_eq!(sent().as_deref(), Some(of_o_neil.as_str()));

    let of_ada = property!("user.id").one_of([seed::ADA, seed::BJORN])?;
    assert_eq!(client.get_user_access_types().filter(of_ada).send().await?.len(), 1);

    for (tokens, found) in [(4, 1), (5, 0)] {
        let large = property!("tokensUsed").ge(tokens);
        assert_eq!(client.get_login_access_types().filter(large).send().await?.len(), found);
    }

    let enabled = property!("disabled").eq(false).and(property!("type").le(Decimal::new(2.0)?));
    assert_eq!(client.get_license_rules().filter(&enabled).send().await?.len(), 1);
    assert_eq!(client.get_license_rules_full().filter(&enabled).send().await?.len(), 1);
    assert_eq!(sent().as_deref(), Some("disabled eq False and type le 2"));

    let users = property!("userDirectory").eq("CORP").and(property!("name").sw("Ada"));
    let audit = client.audit_license_rules(LicenseAuditRequest::new().user_filter(users)).send().await?;
    assert_eq!(audit.matrix.map(|matrix| matrix.len()), Some(2), "one user by two rules");

    let of_no_type = property!("user.id").eq(seed::ADA.to_string());
    let error = client.get_user_access_types().filter(of_no_type).send().await.unwrap_err();
    assert_eq!(error.status(), Some(StatusCode::BAD_REQUEST), "a GUID is not a string");
    Ok(())
}
