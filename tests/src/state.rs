//! What the site holds, and what its operations do to it.

use std::cmp::Ordering;

use axum::http::StatusCode;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use crate::answer::ErrorStyle;
use crate::filter::{Column, Filter, Kind};
use crate::{Operation, seed};

/// How long a pass used lately stays reserved for its user, and how recent "lately" is.
const QUARANTINE: SignedDuration = SignedDuration::from_hours(7 * 24);

/// The date by which the repository says "never".
pub(crate) const NEVER: &str = "1753-01-01T00:00:00.000Z";

/// One row of a list, as JSON.
pub(crate) type Row = Map<String, Value>;

/// The kinds of access that a site hands out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Pool {
    /// Professional access.
    Professional,
    /// Analyzer access.
    Analyzer,
    /// Named user access, a token each.
    User,
    /// Login access, as many tokens as its rows say.
    Login,
}

impl Pool {
    pub(crate) const ALL: [Self; 4] = [Self::Professional, Self::Analyzer, Self::User, Self::Login];

    const fn schema_path(self) -> &'static str {
        match self {
            Self::Professional => "License.ProfessionalAccessType",
            Self::Analyzer => "License.AnalyzerAccessType",
            Self::User => "License.UserAccessType",
            Self::Login => "License.LoginAccessType",
        }
    }

    fn columns(self) -> &'static [Column] {
        match self {
            Self::Professional | Self::Analyzer | Self::User => &ALLOCATION_COLUMNS,
            Self::Login => &LOGIN_COLUMNS,
        }
    }
}

/// What kind of licence a site runs on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LicenseKind {
    /// A serial and a control number: passes used lately are quarantined when they are taken back.
    Serial,
    /// A signed key: passes are free at once.
    SignedKey,
}

/// A user whom the site knows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    /// Its identifier.
    pub id: Uuid,
    /// Its directory.
    pub directory: String,
    /// Its id within the directory.
    pub user_id: String,
    /// Its display name.
    pub name: String,
    /// Whether its account is inactive: then it may not call the site.
    pub inactive: bool,
}

impl User {
    fn condensed(&self) -> Value {
        json!({
            "id": self.id,
            "userId": self.user_id,
            "userDirectory": self.directory,
            "name": self.name,
            "privileges": null,
        })
    }
}

/// An allocation, and what the site knows of it without showing it.
pub(crate) struct Pass {
    pub(crate) row: Row,
    pub(crate) last_used: Option<Timestamp>,
    quarantine_end: Option<Timestamp>,
    /// Whose it is, what it takes and whether it is in quarantine, as the row says: kept beside it because each
    /// allocation looks at all of them.
    user: Option<Uuid>,
    weight: i64,
    quarantined: bool,
}

impl Pass {
    pub(crate) fn new(row: Row) -> Self {
        let user = row.get("user").and_then(|user| user.get("id")).and_then(Value::as_str).and_then(guid);
        // A login allocation says how many tokens it takes, everything else takes one.
        let weight = row.get("tokensUsed").and_then(Value::as_i64).unwrap_or(1);
        let quarantined = row.get("quarantined") == Some(&Value::Bool(true));
        Self { row, last_used: None, quarantine_end: None, user, weight, quarantined }
    }

    fn quarantine(&mut self, end: Option<Timestamp>, now: Timestamp) {
        self.quarantine_end = end;
        self.quarantined = end.is_some();
        self.row.insert("quarantined".into(), json!(self.quarantined));
        self.row.insert("quarantineEnd".into(), end.map_or_else(|| json!(NEVER), |end| json!(date(end))));
        self.row.insert("modifiedDate".into(), json!(date(now)));
    }

    /// The row, and when the pass was last used.
    fn in_full(&self) -> Row {
        let mut row = self.row.clone();
        let used = self.last_used.map_or_else(|| json!(NEVER), |used| json!(date(used)));
        row.entry("lastUsed").or_insert(used);
        row
    }

    fn is(&self, id: Uuid) -> bool {
        has_id(&self.row, id)
    }
}

pub(crate) struct License {
    pub(crate) row: Row,
    pub(crate) kind: LicenseKind,
    pub(crate) lef: String,
}

/// Why an operation was refused.
#[derive(Debug)]
pub(crate) enum Refusal {
    /// The key pair was missing or unequal; worded as plain text whatever the style.
    Xsrf,
    /// The path has no such method; `allow` lists those it has.
    WrongMethod { allow: String },
    /// Anything else: a status and its text.
    Because(StatusCode, String),
}

impl Refusal {
    pub(crate) fn new(status: StatusCode, text: impl Into<String>) -> Self {
        Self::Because(status, text.into())
    }

    fn bad_request(text: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, text)
    }

    fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "The requested resource was not found.")
    }
}

/// What an operation that succeeded gives back.
#[derive(Debug)]
pub(crate) enum Reply {
    /// 200, or 201 where the method is POST.
    Json(Value),
    /// 200.
    Text(String),
    /// 204.
    Nothing,
}

/// What a list shows of its rows.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    /// What the document describes.
    Short,
    /// All that the site knows, when a pass was last used among it.
    Full,
    /// How many they are.
    Count,
}

/// What an operation is called with, once the wire has been read and checked.
pub(crate) struct Call<'a> {
    pub(crate) operation: Operation,
    /// What is shown of a list of passes.
    pub(crate) shape: Shape,
    /// The `{id}` of the path, decoded.
    pub(crate) id: Option<String>,
    /// Each `filter` sent, decoded.
    pub(crate) filters: Vec<&'a str>,
    /// The body; `null` where there was none.
    pub(crate) body: Value,
    /// Who calls.
    pub(crate) caller: User,
}

pub(crate) struct State {
    pub(crate) users: Vec<User>,
    pub(crate) license: Option<License>,
    pub(crate) rules: Vec<Row>,
    pub(crate) error_style: ErrorStyle,
    /// Every request is answered 401, as while a site's certificates do not match.
    pub(crate) refuses_credentials: bool,
    pools: [Vec<Pass>; 4],
    capacity: [i64; 4],
    /// How far the site's clock is ahead of the machine's.
    pub(crate) clock: SignedDuration,
}

impl State {
    /// A site with nothing in it.
    pub(crate) fn empty() -> Self {
        Self {
            users: Vec::new(),
            license: None,
            rules: Vec::new(),
            error_style: ErrorStyle::default(),
            refuses_credentials: false,
            pools: [const { Vec::new() }; 4],
            capacity: [0; 4],
            clock: SignedDuration::ZERO,
        }
    }

    pub(crate) fn now(&self) -> Timestamp {
        later(Timestamp::now(), self.clock)
    }

    pub(crate) fn pool(&self, pool: Pool) -> &Vec<Pass> {
        &self.pools[pool as usize]
    }

    pub(crate) fn pool_mut(&mut self, pool: Pool) -> &mut Vec<Pass> {
        &mut self.pools[pool as usize]
    }

    pub(crate) fn set_capacity(&mut self, pool: Pool, capacity: i64) {
        self.capacity[pool as usize] = capacity;
    }

    /// The user of a directory; case does not matter, as on Windows.
    pub(crate) fn user_named(&self, directory: &str, user_id: &str) -> Option<&User> {
        let (directory, user_id) = (directory.to_lowercase(), user_id.to_lowercase());
        self.users
            .iter()
            .find(|user| user.directory.to_lowercase() == directory && user.user_id.to_lowercase() == user_id)
    }

    /// Adds a pass for a user, capacity or not, and returns its identifier.
    pub(crate) fn grant(&mut self, pool: Pool, user: &User, by: &str) -> Row {
        let now = date(self.now());
        let mut row = Row::new();
        row.insert("id".into(), json!(Uuid::new_v4()));
        row.insert("createdDate".into(), json!(now));
        row.insert("modifiedDate".into(), json!(now));
        row.insert("modifiedByUserName".into(), json!(by));
        row.insert("user".into(), user.condensed());
        if pool == Pool::Login {
            row.insert("tokensUsed".into(), json!(1));
        } else {
            row.insert("quarantined".into(), json!(false));
            row.insert("quarantineEnd".into(), json!(NEVER));
            row.insert("deletedUserId".into(), json!(""));
            row.insert("deletedUserDirectory".into(), json!(""));
        }
        row.insert("privileges".into(), Value::Null);
        row.insert("schemaPath".into(), json!(pool.schema_path()));
        self.pool_mut(pool).push(Pass::new(row.clone()));
        row
    }

    pub(crate) fn perform(&mut self, call: &Call<'_>) -> Result<Reply, Refusal> {
        self.end_quarantines();
        match call.operation {
            Operation::GetLicense => {
                Ok(Reply::Json(self.license.as_ref().map_or(Value::Null, |license| Value::Object(license.row.clone()))))
            }
            Operation::SetLicense => self.set_license(call),
            Operation::DownloadLef => match &self.license {
                Some(license) => Ok(Reply::Text(license.lef.clone())),
                None => Err(Refusal::not_found()),
            },
            Operation::GetAccessTypeInfo => Ok(Reply::Json(self.info())),
            Operation::GetAccessTypeOverview => Ok(Reply::Json(self.overview())),
            Operation::GetProfessionalAccessTypes => self.list(Pool::Professional, call),
            Operation::CreateProfessionalAccessType => self.allocate(Pool::Professional, call),
            Operation::GetProfessionalAccessType => self.read(Pool::Professional, call),
            Operation::DeleteProfessionalAccessType => self.take_back(Pool::Professional, call),
            Operation::GetAnalyzerAccessTypes => self.list(Pool::Analyzer, call),
            Operation::CreateAnalyzerAccessType => self.allocate(Pool::Analyzer, call),
            Operation::GetAnalyzerAccessType => self.read(Pool::Analyzer, call),
            Operation::DeleteAnalyzerAccessType => self.take_back(Pool::Analyzer, call),
            Operation::GetLoginAccessTypes => self.list(Pool::Login, call),
            Operation::GetUserAccessTypes => self.list(Pool::User, call),
            Operation::CreateUserAccessType => self.allocate(Pool::User, call),
            Operation::DeleteUserAccessType => self.take_back(Pool::User, call),
            Operation::GetLicenseRules => select(self.rules.iter(), call, &RULE_COLUMNS, condensed_rule),
            Operation::GetLicenseRulesFull => select(self.rules.iter(), call, &RULE_COLUMNS, Clone::clone),
            Operation::GetLicenseRule => {
                let id = identifier(call)?;
                let rule = self.rules.iter().find(|rule| has_id(rule, id));
                rule.map(|rule| Reply::Json(Value::Object(rule.clone()))).ok_or_else(Refusal::not_found)
            }
            Operation::AuditLicenseRules => self.audit(call),
        }
    }

    fn end_quarantines(&mut self) {
        let now = self.now();
        for pool in &mut self.pools {
            pool.retain(|pass| pass.quarantine_end.is_none_or(|end| end > now));
        }
    }

    fn set_license(&mut self, call: &Call<'_>) -> Result<Reply, Refusal> {
        let serial = required_text(&call.body, "serial")?;
        let control = required_text(&call.body, "control")?;
        let name = optional_text(&call.body, "name")?;
        let organization = optional_text(&call.body, "organization")?;
        let lef = optional_text(&call.body, "lef")?;
        // Only Qlik can tell whether the two belong together; their form is all that can be judged here.
        if !is_digits(serial, 16) {
            return Err(Refusal::bad_request("The serial number is not valid."));
        }
        if !is_digits(control, 5) {
            return Err(Refusal::bad_request("The control number is not valid."));
        }
        let lef = lef.map_or_else(|| seed::lef(serial), str::to_owned);
        let now = date(self.now());
        let mut license = seed::license_row(serial, &lef);
        for (key, value) in [
            ("id", json!(Uuid::new_v4())),
            ("createdDate", json!(now)),
            ("modifiedDate", json!(now)),
            ("modifiedByUserName", json!(account(&call.caller))),
            ("name", json!(name.unwrap_or_default())),
            ("organization", json!(organization.unwrap_or_default())),
        ] {
            license.insert(key.to_owned(), value);
        }
        self.license = Some(License { row: license.clone(), kind: LicenseKind::Serial, lef });
        Ok(Reply::Json(Value::Object(license)))
    }

    fn info(&self) -> Value {
        let [professional, analyzer, user, login] = Pool::ALL.map(|pool| self.usage(pool));
        let tokens = user.total + login.total;
        let used_tokens = user.taken() + login.taken();
        json!({
            "totalTokens": tokens,
            "availableTokens": (tokens - used_tokens).max(0),
            "usedTokens": used_tokens,
            "tokensEnabled": tokens > 0,
            "totalProfessional": professional.total,
            "usedProfessional": professional.taken(),
            "totalAnalyzer": analyzer.total,
            "usedAnalyzer": analyzer.taken(),
            "schemaPath": "AccessTypeInfo",
        })
    }

    fn overview(&self) -> Value {
        let [professional, analyzer, user, login] = Pool::ALL.map(|pool| self.usage(pool).summary());
        json!({
            "professional": professional,
            "analyzer": analyzer,
            "userAccess": user,
            "loginAccess": login,
            "schemaPath": "AccessTypeOverview",
        })
    }

    fn usage(&self, pool: Pool) -> Usage {
        let mut usage = Usage {
            total: if self.license.is_some() { self.capacity[pool as usize] } else { 0 },
            allocated: 0,
            quarantined: 0,
        };
        for pass in self.pool(pool) {
            if pass.quarantined {
                usage.quarantined += pass.weight;
            } else {
                usage.allocated += pass.weight;
            }
        }
        usage
    }

    fn list(&self, pool: Pool, call: &Call<'_>) -> Result<Reply, Refusal> {
        let rows: Vec<Row> = self.pool(pool).iter().map(Pass::in_full).collect();
        match call.shape {
            Shape::Short => select(rows.iter(), call, pool.columns(), |row| {
                let mut row = row.clone();
                row.remove("lastUsed");
                row
            }),
            Shape::Full => select(rows.iter(), call, pool.columns(), Clone::clone),
            Shape::Count => {
                let Reply::Json(rows) = select(rows.iter(), call, pool.columns(), |_| Row::new())? else {
                    return Err(Refusal::not_found());
                };
                Ok(Reply::Json(json!({ "value": rows.as_array().map_or(0, Vec::len) })))
            }
        }
    }

    fn read(&self, pool: Pool, call: &Call<'_>) -> Result<Reply, Refusal> {
        let id = identifier(call)?;
        let pass = self.pool(pool).iter().find(|pass| pass.is(id));
        pass.map(|pass| Reply::Json(Value::Object(pass.row.clone()))).ok_or_else(Refusal::not_found)
    }

    fn allocate(&mut self, pool: Pool, call: &Call<'_>) -> Result<Reply, Refusal> {
        let id = call.body.pointer("/user/id").ok_or_else(missing_parameter)?;
        let id = id
            .as_str()
            .and_then(guid)
            .ok_or_else(|| Refusal::bad_request("The identifier of the user is not a valid GUID."))?;
        let Some(user) = self.users.iter().find(|user| user.id == id).cloned() else {
            return Err(Refusal::bad_request("The user does not exist."));
        };
        let now = self.now();
        let held = self.pool_mut(pool).iter_mut().find(|pass| pass.user == Some(id));
        match held {
            // A quarantined pass still is its user's, who gets it back without taking another.
            Some(pass) if pass.quarantine_end.is_some() => {
                pass.quarantine(None, now);
                return Ok(Reply::Json(Value::Object(pass.row.clone())));
            }
            Some(_) => {
                return Err(Refusal::bad_request("The user already has access of this type."));
            }
            None => {}
        }
        let usage = self.usage(pool);
        if usage.taken() >= usage.total {
            return Err(Refusal::bad_request("There is no capacity left for access of this type."));
        }
        let row = self.grant(pool, &user, &account(&call.caller));
        Ok(Reply::Json(Value::Object(row)))
    }

    fn take_back(&mut self, pool: Pool, call: &Call<'_>) -> Result<Reply, Refusal> {
        let id = identifier(call)?;
        let now = self.now();
        let quarantines = self.license.as_ref().is_some_and(|license| license.kind == LicenseKind::Serial);
        let passes = self.pool_mut(pool);
        let place = passes.iter().position(|pass| pass.is(id)).ok_or_else(Refusal::not_found)?;
        let pass = &mut passes[place];
        if pass.quarantine_end.is_some() {
            return Ok(Reply::Nothing);
        }
        let end = pass.last_used.map(|used| later(used, QUARANTINE));
        match end.filter(|end| quarantines && *end > now) {
            Some(end) => pass.quarantine(Some(end), now),
            None => {
                passes.remove(place);
            }
        }
        Ok(Reply::Nothing)
    }

    fn audit(&self, call: &Call<'_>) -> Result<Reply, Refusal> {
        let resource_type = optional_text(&call.body, "resourceType")?;
        optional_text(&call.body, "resourceFilter")?;
        let user_filter = match optional_text(&call.body, "userFilter")? {
            None | Some("") => None,
            Some(text) => Some(parse_filter(text, &USER_COLUMNS)?),
        };
        let mut matrix = Vec::new();
        for user in &self.users {
            let Value::Object(subject) = user.condensed() else {
                continue;
            };
            if user_filter.as_ref().is_some_and(|filter| !filter.keeps(&subject)) {
                continue;
            }
            for rule in &self.rules {
                let disabled = rule.get("disabled") == Some(&Value::Bool(true));
                matrix.push(json!({
                    "subject": subject,
                    "rule": { "id": rule.get("id"), "name": rule.get("name") },
                    "resourceType": resource_type,
                    "audit": {
                        "access": { "granted": !disabled, "actions": rule.get("actions") },
                        "trail": [{ "step": 1, "weight": 0.5 }, null, [true, "end"]],
                    },
                    "request": call.body,
                }));
            }
        }
        Ok(Reply::Json(json!({ "matrix": matrix, "schemaPath": "LicenseAuditResult" })))
    }
}

struct Usage {
    total: i64,
    allocated: i64,
    quarantined: i64,
}

impl Usage {
    fn taken(&self) -> i64 {
        self.allocated + self.quarantined
    }

    fn summary(&self) -> Value {
        let left = self.total - self.taken();
        json!({
            "total": self.total,
            "allocated": self.allocated,
            "available": left.max(0),
            "quarantined": self.quarantined,
            "excess": (-left).max(0),
        })
    }
}

fn select<'row>(
    rows: impl Iterator<Item = &'row Row>,
    call: &Call<'_>,
    columns: &'static [Column],
    shown: impl Fn(&Row) -> Row,
) -> Result<Reply, Refusal> {
    let filter = match call.filters.as_slice() {
        [] => None,
        [text] if text.trim().is_empty() => return Err(missing_parameter()),
        [text] => Some(parse_filter(text, columns)?),
        _ => return Err(Refusal::bad_request("More than one filter was given.")),
    };
    let kept =
        rows.filter(|row| filter.as_ref().is_none_or(|filter| filter.keeps(row))).map(|row| Value::Object(shown(row)));
    Ok(Reply::Json(kept.collect()))
}

fn parse_filter(text: &str, columns: &'static [Column]) -> Result<Filter, Refusal> {
    Filter::parse(text, columns).map_err(|error| Refusal::bad_request(error.to_string()))
}

/// A rule as the plain list shows it: without who made it and when.
fn condensed_rule(rule: &Row) -> Row {
    rule.iter()
        .filter(|(key, _)| !matches!(key.as_str(), "createdDate" | "modifiedDate" | "modifiedByUserName"))
        .map(|(key, value)| (key.clone(), value.clone()))
        .collect()
}

/// The path's identifier. What is no GUID names nothing, so it is not found.
fn identifier(call: &Call<'_>) -> Result<Uuid, Refusal> {
    call.id.as_deref().and_then(guid).ok_or_else(Refusal::not_found)
}

/// Reads the hyphenated form alone.
fn guid(text: &str) -> Option<Uuid> {
    (text.len() == 36).then(|| Uuid::parse_str(text).ok()).flatten()
}

pub(crate) fn has_id(row: &Row, id: Uuid) -> bool {
    value_is(row.get("id"), id)
}

fn value_is(value: Option<&Value>, id: Uuid) -> bool {
    value.and_then(Value::as_str).and_then(guid) == Some(id)
}

fn missing_parameter() -> Refusal {
    Refusal::bad_request("Missing parameter value(s)")
}

fn required_text<'body>(body: &'body Value, name: &str) -> Result<&'body str, Refusal> {
    optional_text(body, name)?.filter(|text| !text.is_empty()).ok_or_else(missing_parameter)
}

/// A text property that may be absent; anything but text, `null` too, is refused: the document allows only text.
fn optional_text<'body>(body: &'body Value, name: &str) -> Result<Option<&'body str>, Refusal> {
    match body.get(name) {
        None => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(Refusal::bad_request(format!("'{name}' is not a string."))),
    }
}

fn is_digits(text: &str, length: usize) -> bool {
    text.len() == length && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn account(user: &User) -> String {
    format!(r"{}\{}", user.directory, user.user_id)
}

/// A moment as the repository writes it: UTC, milliseconds.
pub(crate) fn date(moment: Timestamp) -> String {
    format!("{moment:.3}")
}

/// A moment so much later, or the last there is.
pub(crate) fn later(moment: Timestamp, by: SignedDuration) -> Timestamp {
    moment.checked_add(by).unwrap_or(match by.cmp(&SignedDuration::ZERO) {
        Ordering::Less => Timestamp::MIN,
        _ => Timestamp::MAX,
    })
}

const fn column(path: &'static str, kind: Kind) -> Column {
    Column { path, kind }
}

static ALLOCATION_COLUMNS: [Column; 11] = [
    column("id", Kind::Guid),
    column("createdDate", Kind::Date),
    column("modifiedDate", Kind::Date),
    column("modifiedByUserName", Kind::Text),
    column("user.id", Kind::Guid),
    column("user.name", Kind::Text),
    column("user.userDirectory", Kind::Text),
    column("user.userId", Kind::Text),
    column("quarantined", Kind::Boolean),
    column("quarantineEnd", Kind::Date),
    // The short list does not show it, and is filtered by it all the same.
    column("lastUsed", Kind::Date),
];

static LOGIN_COLUMNS: [Column; 8] = [
    column("id", Kind::Guid),
    column("createdDate", Kind::Date),
    column("modifiedDate", Kind::Date),
    column("user.id", Kind::Guid),
    column("user.name", Kind::Text),
    column("user.userDirectory", Kind::Text),
    column("user.userId", Kind::Text),
    column("tokensUsed", Kind::Number),
];

static RULE_COLUMNS: [Column; 12] = [
    column("id", Kind::Guid),
    column("createdDate", Kind::Date),
    column("modifiedDate", Kind::Date),
    column("modifiedByUserName", Kind::Text),
    column("name", Kind::Text),
    column("category", Kind::Text),
    column("type", Kind::Number),
    column("rule", Kind::Text),
    column("resourceFilter", Kind::Text),
    column("actions", Kind::Number),
    column("comment", Kind::Text),
    column("disabled", Kind::Boolean),
];

static USER_COLUMNS: [Column; 4] = [
    column("id", Kind::Guid),
    column("name", Kind::Text),
    column("userDirectory", Kind::Text),
    column("userId", Kind::Text),
];
