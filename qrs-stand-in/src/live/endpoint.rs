//! The operations of QRS 38.22 around licences, users and rules.

use std::sync::LazyLock;

use http::Method;

use super::table::{Operations, Table};
use crate::endpoint::Endpoint;
use crate::state::Pool;

/// An operation: what it takes, what it gives, and what does it.
pub(super) struct LiveEndpoint {
    pub(super) method: Method,
    pub(super) template: String,
    pub(super) parameters: Parameters,
    pub(super) body: Body,
    pub(super) result: Outcome,
    pub(super) action: Action,
}

/// The query parameters of an operation.
#[derive(Clone, Copy)]
pub(super) struct Parameters {
    pub(super) names: &'static [&'static str],
    required: &'static [&'static str],
}

impl Parameters {
    pub(super) fn are_required(self, name: &str) -> bool {
        self.required.contains(&name)
    }
}

const fn optional(names: &'static [&'static str]) -> Parameters {
    Parameters { names, required: &[] }
}

const NONE: Parameters = optional(&[]);
const LIST: Parameters = optional(&["filter", "orderby", "privileges"]);
const FILTER: Parameters = optional(&["filter"]);
const ONE: Parameters = optional(&["privileges"]);
const CONTROL: Parameters = optional(&["control", "privileges"]);
const DOWNLOAD: Parameters =
    Parameters { names: &["serial", "control", "user", "org"], required: &["serial", "control", "user", "org"] };
const ASSOCIATED: Parameters = Parameters {
    names: &["resourcetype", "resourcefilter", "privileges"],
    required: &["resourcetype", "resourcefilter"],
};

/// The request body of an operation: a type, or a list of it.
pub(super) enum Body {
    None,
    One(String),
    Many(String),
}

/// The response body of a success.
pub(super) enum Outcome {
    None,
    One(String),
    Many(String),
    Integer,
    Flag,
    Text,
    Texts,
    Object,
}

#[derive(Clone, Copy)]
pub(super) enum Action {
    List(Table),
    ListFull(Table),
    Count(Table),
    Read(Table),
    Create(Table),
    CreateMany(Table),
    Update(Table),
    Delete(Table),
    SyncUser,
    GetLicense,
    SetLicense,
    UpdateLicense,
    DeleteLicense,
    DownloadLef,
    Overview,
    Info,
    Audit,
    AuditMatrix,
    AuditPreview,
    UserActions,
    AssociatedRules,
    SelectPasses,
    SelectedPasses,
    DeleteSelectedPasses,
    About,
    Enums,
    Interfaces,
    Interface,
}

impl Endpoint for LiveEndpoint {
    fn method(&self) -> Method {
        self.method.clone()
    }

    fn template(&self) -> &str {
        &self.template
    }
}

/// Every operation.
pub(super) fn endpoints() -> &'static [LiveEndpoint] {
    static ENDPOINTS: LazyLock<Vec<LiveEndpoint>> =
        LazyLock::new(|| Table::ALL.into_iter().flat_map(of_table).chain(special()).collect());
    &ENDPOINTS
}

fn of_table(table: Table) -> Vec<LiveEndpoint> {
    let path = table.path();
    let full = table.type_name();
    let condensed = format!("{full}Condensed");
    let one = |method, action, body| LiveEndpoint {
        method,
        template: format!("{path}/{{id}}"),
        parameters: ONE,
        body,
        result: Outcome::One(full.clone()),
        action,
    };
    let list = |end: &str, parameters, result, action| LiveEndpoint {
        method: Method::GET,
        template: format!("{path}{end}"),
        parameters,
        body: Body::None,
        result,
        action,
    };
    let create = |end: &str, body, result, action| LiveEndpoint {
        method: Method::POST,
        template: format!("{path}{end}"),
        parameters: ONE,
        body,
        result,
        action,
    };
    let delete = LiveEndpoint {
        parameters: NONE,
        result: Outcome::None,
        ..one(Method::DELETE, Action::Delete(table), Body::None)
    };

    let mut endpoints = vec![list("", LIST, Outcome::Many(condensed), Action::List(table))];
    let operations = table.operations();
    if operations != Operations::Basic {
        endpoints.push(list("/full", LIST, Outcome::Many(full.clone()), Action::ListFull(table)));
    }
    if matches!(operations, Operations::All | Operations::ReadOnly) {
        endpoints.push(list("/count", FILTER, Outcome::Integer, Action::Count(table)));
    }
    if operations != Operations::ListOnly {
        endpoints.push(one(Method::GET, Action::Read(table), Body::None));
    }
    if matches!(operations, Operations::All | Operations::Basic) {
        endpoints.push(create("", Body::One(full.clone()), Outcome::One(full.clone()), Action::Create(table)));
        endpoints.push(one(Method::PUT, Action::Update(table), Body::One(full.clone())));
        endpoints.push(delete);
    }
    if operations == Operations::All {
        let many = Action::CreateMany(table);
        endpoints.push(create("/many", Body::Many(full.clone()), Outcome::Many(full.clone()), many));
    }
    endpoints
}

/// The operations that no table has.
fn special() -> impl Iterator<Item = LiveEndpoint> {
    of_license().into_iter().chain(of_users_and_rules()).chain(of_selections()).chain(of_site())
}

fn endpoint(
    method: Method,
    template: &str,
    parameters: Parameters,
    body: Body,
    (result, action): (Outcome, Action),
) -> LiveEndpoint {
    LiveEndpoint { method, template: template.to_owned(), parameters, body, result, action }
}

fn get(template: &str, parameters: Parameters, result: Outcome, action: Action) -> LiveEndpoint {
    endpoint(Method::GET, template, parameters, Body::None, (result, action))
}

fn body(name: &str) -> Body {
    Body::One(name.to_owned())
}

fn one(name: &str) -> Outcome {
    Outcome::One(name.to_owned())
}

fn many(name: &str) -> Outcome {
    Outcome::Many(name.to_owned())
}

fn of_license() -> Vec<LiveEndpoint> {
    let license = || one("License");
    vec![
        get("/license", ONE, license(), Action::GetLicense),
        endpoint(Method::POST, "/license", CONTROL, body("License"), (license(), Action::SetLicense)),
        endpoint(Method::PUT, "/license/{id}", CONTROL, body("License"), (license(), Action::UpdateLicense)),
        endpoint(Method::DELETE, "/license/{id}", NONE, Body::None, (Outcome::None, Action::DeleteLicense)),
        get("/license/download", DOWNLOAD, Outcome::Text, Action::DownloadLef),
        get("/license/accesstypeoverview", NONE, one("AccessTypeOverview"), Action::Overview),
        get("/license/accesstypeinfo", NONE, one("AccessTypesInfo"), Action::Info),
    ]
}

fn of_users_and_rules() -> Vec<LiveEndpoint> {
    let audit = |end: &str, parameters, input: &str, outcome| {
        endpoint(Method::POST, &format!("/systemrule/license/{end}"), parameters, body(input), outcome)
    };
    vec![
        get("/user/sync/{userdirectory}/{userid}", NONE, Outcome::Flag, Action::SyncUser),
        get("/systemrule/{category}/associatedrules", ASSOCIATED, many("SystemRuleCondensed"), Action::AssociatedRules),
        audit("audit", NONE, "AuditParameters", (one("Audit"), Action::Audit)),
        audit("audit/matrix", NONE, "AuditMatrixParameters", (one("AuditMatrix"), Action::AuditMatrix)),
        audit("audit/preview", NONE, "AuditPreviewParameters", (one("AuditPreview"), Action::AuditPreview)),
        audit("useractions", ONE, "UserInput", (many("UserLicenseActions"), Action::UserActions)),
    ]
}

/// The operations on the professional passes of a selection.
fn of_selections() -> Vec<LiveEndpoint> {
    let passes = Table::Passes(Pool::Professional);
    let all = format!("/selection{}", passes.path());
    let selected = format!("/selection/{{id}}{}", passes.path());
    let condensed = many(&format!("{}Condensed", passes.type_name()));
    vec![
        endpoint(Method::POST, &all, FILTER, Body::None, (one("Selection"), Action::SelectPasses)),
        get(&selected, LIST, condensed, Action::SelectedPasses),
        endpoint(Method::DELETE, &selected, FILTER, Body::None, (Outcome::None, Action::DeleteSelectedPasses)),
    ]
}

/// The operations that describe the site.
fn of_site() -> Vec<LiveEndpoint> {
    vec![
        get("/about", NONE, one("About"), Action::About),
        get("/about/api/enums", NONE, Outcome::Object, Action::Enums),
        get("/about/openapi", NONE, Outcome::Texts, Action::Interfaces),
        get("/about/openapi/{interfacename}", NONE, Outcome::Object, Action::Interface),
    ]
}
