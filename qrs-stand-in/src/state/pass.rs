//! Allocations of access: passes, and what the licence holds of them.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{LicenseKind, State, User};
use crate::reply::Refusal;
use crate::rows::{NEVER, Row, date, has_id, id_in, is_true, later, number_in, text_in};

/// The time for which a released pass stays reserved for its user, counted from its last use.
const QUARANTINE: SignedDuration = SignedDuration::from_hours(7 * 24);

/// The kinds of access that a site hands out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Pool {
    /// Professional access.
    Professional,
    /// Analyzer access.
    Analyzer,
    /// Named user access, a token each.
    User,
    /// Login access, as many tokens as its rows say.
    Login,
    /// Analyzer capacity, in units of [`MINUTES_A_UNIT`](Self::MINUTES_A_UNIT) minutes.
    AnalyzerTime,
}

impl Pool {
    pub(crate) const ALL: [Self; 5] = [Self::Professional, Self::Analyzer, Self::User, Self::Login, Self::AnalyzerTime];

    /// The minutes that a unit of analyzer capacity stands for.
    pub const MINUTES_A_UNIT: i64 = 1000;

    /// The sessions that a token of login access stands for.
    pub const LOGINS_A_TOKEN: i64 = 10;

    /// The type's name in `schemaPath`.
    pub(crate) const fn schema_path(self) -> &'static str {
        match self {
            Self::Professional => "License.ProfessionalAccessType",
            Self::Analyzer => "License.AnalyzerAccessType",
            Self::User => "License.UserAccessType",
            Self::Login => "License.LoginAccessType",
            Self::AnalyzerTime => "License.AnalyzerTimeAccessType",
        }
    }

    /// Whether its allocations are users' own.
    pub(crate) const fn is_personal(self) -> bool {
        matches!(self, Self::Professional | Self::Analyzer | Self::User)
    }

    /// The other kind of which a site that gives a user one pass gives none beside this one.
    const fn rival(self) -> Option<Self> {
        match self {
            Self::Professional => Some(Self::Analyzer),
            Self::Analyzer => Some(Self::Professional),
            _ => None,
        }
    }
}

/// An allocation, and what the site knows of it without showing it.
pub(crate) struct Pass {
    pub(crate) row: Row,
    pub(crate) last_used: Option<Timestamp>,
    quarantine_end: Option<Timestamp>,
    /// The user, the weight and the quarantine that the row says: cached, because each allocation looks at all passes.
    user: Option<Uuid>,
    weight: i64,
    quarantined: bool,
}

impl Pass {
    pub(crate) fn new(row: Row) -> Self {
        let user = row.get("user").and_then(Value::as_object).and_then(|user| id_in(user, "id"));
        // Login access and analyzer capacity say how much they take, everything else takes one.
        let weight = ["tokensUsed", "assignedTokens", "assignedUnits"].iter().find_map(|name| number_in(&row, name));
        let quarantined = is_true(&row, "quarantined");
        let last_used = text_in(&row, "lastUsed").parse().ok().filter(|used: &Timestamp| *date(*used) > *NEVER);
        Self { row, last_used, quarantine_end: None, user, weight: weight.unwrap_or(1), quarantined }
    }

    pub(crate) fn mark_used(&mut self, when: Timestamp) {
        self.row.remove("lastUsed");
        self.last_used = Some(when);
    }

    fn quarantine(&mut self, end: Option<Timestamp>, now: Timestamp) {
        self.quarantine_end = end;
        self.quarantined = end.is_some();
        self.row.insert("quarantined".into(), json!(self.quarantined));
        self.row.insert("quarantineEnd".into(), end.map_or_else(|| json!(NEVER), |end| json!(date(end))));
        self.row.insert("modifiedDate".into(), json!(date(now)));
    }

    /// Takes over the fields of a row; what the site alone knows stays.
    pub(crate) fn replace(&mut self, row: Row) {
        let fresh = Self::new(row);
        self.row = fresh.row;
        // The site tells them afresh each time.
        for name in ["lastUsed", "excess", "privileges"] {
            self.row.remove(name);
        }
        self.weight = fresh.weight;
    }

    /// The row, and when the pass was last used.
    pub(crate) fn in_full(&self) -> Row {
        let mut row = self.row.clone();
        let used = || json!(self.last_used.map_or_else(|| NEVER.to_owned(), date));
        row.entry("lastUsed").or_insert_with(used);
        row
    }

    pub(crate) fn is(&self, id: Uuid) -> bool {
        has_id(&self.row, id)
    }

    /// Forgets a user who was deleted; only the name stays.
    fn orphan(&mut self, user: &User) {
        self.user = None;
        self.row.insert("user".into(), Value::Null);
        self.row.insert("deletedUserId".into(), json!(user.user_id));
        self.row.insert("deletedUserDirectory".into(), json!(user.directory));
    }
}

/// The capacity of a kind, and its use.
#[derive(Clone, Copy)]
pub(crate) struct Usage {
    pub(crate) total: i64,
    pub(crate) allocated: i64,
    pub(crate) quarantined: i64,
    /// The passes that were used at least once, and are not in quarantine.
    pub(crate) used: i64,
}

impl Usage {
    pub(crate) fn taken(&self) -> i64 {
        self.allocated + self.quarantined
    }

    pub(crate) fn available(&self) -> i64 {
        (self.total - self.taken()).max(0)
    }

    pub(crate) fn excess(&self) -> i64 {
        (self.taken() - self.total).max(0)
    }
}

impl State {
    pub(crate) fn pool(&self, pool: Pool) -> &[Pass] {
        self.passes.get(&pool).map_or(&[], Vec::as_slice)
    }

    pub(crate) fn pool_mut(&mut self, pool: Pool) -> &mut Vec<Pass> {
        self.passes.entry(pool).or_default()
    }

    pub(crate) fn set_capacity(&mut self, pool: Pool, capacity: i64) {
        self.capacity.insert(pool, capacity);
    }

    pub(crate) fn capacity(&self, pool: Pool) -> i64 {
        self.license.as_ref().and_then(|_| self.capacity.get(&pool).copied()).unwrap_or(0)
    }

    pub(crate) fn unavailable(&self, pool: Pool) -> i64 {
        self.unavailable.get(&pool).copied().unwrap_or(0)
    }

    pub(crate) fn usage(&self, pool: Pool) -> Usage {
        let mut usage = Usage { total: self.capacity(pool), allocated: 0, quarantined: 0, used: 0 };
        for pass in self.pool(pool) {
            if pass.quarantined {
                usage.quarantined += pass.weight;
            } else {
                usage.allocated += pass.weight;
                usage.used += i64::from(pass.last_used.is_some());
            }
        }
        usage
    }

    pub(crate) fn end_quarantines(&mut self) {
        let now = self.now();
        for passes in self.passes.values_mut() {
            passes.retain(|pass| pass.quarantine_end.is_none_or(|end| end > now));
        }
    }

    /// Allocates a pass to a user, if the licence holds another one.
    pub(crate) fn allocate(&mut self, pool: Pool, user: Uuid, by: &User) -> Result<Row, Refusal> {
        let Some(user) = self.user(user).map(|member| member.user.clone()) else {
            return Err(Refusal::bad_request("The user does not exist."));
        };
        let holds = |passes: &[Pass]| passes.iter().any(|pass| pass.user == Some(user.id) && !pass.quarantined);
        if self.variations.one_pass_a_user && pool.rival().is_some_and(|rival| holds(self.pool(rival))) {
            return Err(Refusal::bad_request("The user already has access of another type."));
        }
        let now = self.now();
        let held = self.pool_mut(pool).iter_mut().find(|pass| pass.user == Some(user.id));
        match held {
            // A quarantined pass still is its user's, who gets it back without taking another.
            Some(pass) if pass.quarantine_end.is_some() => {
                pass.quarantine(None, now);
                return Ok(pass.row.clone());
            }
            Some(_) => return Err(Refusal::bad_request("The user already has access of this type.")),
            None => {}
        }
        let usage = self.usage(pool);
        if usage.taken() >= usage.total {
            return Err(Refusal::bad_request("There is no capacity left for access of this type."));
        }
        Ok(self.grant(pool, &user, &by.account()))
    }

    /// Adds a pass for a user, capacity or not.
    fn grant(&mut self, pool: Pool, user: &User, by: &str) -> Row {
        let now = date(self.now());
        let mut row = Row::new();
        row.insert("id".into(), json!(Uuid::new_v4()));
        row.insert("createdDate".into(), json!(now));
        row.insert("modifiedDate".into(), json!(now));
        row.insert("modifiedByUserName".into(), json!(by));
        row.insert("user".into(), user.condensed());
        row.insert("quarantined".into(), json!(false));
        row.insert("quarantineEnd".into(), json!(NEVER));
        row.insert("deletedUserId".into(), json!(""));
        row.insert("deletedUserDirectory".into(), json!(""));
        row.insert("privileges".into(), Value::Null);
        row.insert("schemaPath".into(), json!(pool.schema_path()));
        self.pool_mut(pool).push(Pass::new(row.clone()));
        row
    }

    /// Releases a pass. With a serial licence, one that was used lately goes into quarantine.
    pub(crate) fn release(&mut self, pool: Pool, id: Uuid) -> Result<(), Refusal> {
        let now = self.now();
        let quarantines = self.license.as_ref().is_some_and(|license| license.kind == LicenseKind::Serial);
        let passes = self.pool_mut(pool);
        let place = passes.iter().position(|pass| pass.is(id)).ok_or_else(Refusal::not_found)?;
        let pass = &mut passes[place];
        if pass.quarantine_end.is_some() {
            return Ok(());
        }
        let end = pass.last_used.map(|used| later(used, QUARANTINE));
        if let Some(end) = end.filter(|end| quarantines && *end > now) {
            pass.quarantine(Some(end), now);
            return Ok(());
        }
        let spent = match pool {
            Pool::Login => {
                (number_in(&pass.row, "usedAccessTypes").unwrap_or(0) + Pool::LOGINS_A_TOKEN - 1) / Pool::LOGINS_A_TOKEN
            }
            _ => number_in(&pass.row, "usedMinutes").unwrap_or(0),
        };
        passes.remove(place);
        *self.unavailable.entry(pool).or_default() += spent;
        Ok(())
    }

    /// Deletes a user; the passes stay, with the name of whom they were.
    pub(crate) fn delete_user(&mut self, id: Uuid) -> Option<User> {
        let place = self.users.iter().position(|member| member.user.id == id)?;
        let user = self.users.remove(place).user;
        for passes in self.passes.values_mut() {
            passes.iter_mut().filter(|pass| pass.user == Some(id)).for_each(|pass| pass.orphan(&user));
        }
        Some(user)
    }

    /// The rows of a kind in full, each with whether it is beyond what the licence holds.
    pub(crate) fn passes_in_full(&self, pool: Pool) -> Vec<Row> {
        self.with_excess(pool).map(|(pass, is_excess)| in_full(pool, pass, is_excess)).collect()
    }

    /// A row of [`passes_in_full`](Self::passes_in_full).
    pub(crate) fn pass_in_full(&self, pool: Pool, id: Uuid) -> Option<Row> {
        let (pass, is_excess) = self.with_excess(pool).find(|(pass, _)| pass.is(id))?;
        Some(in_full(pool, pass, is_excess))
    }

    fn with_excess(&self, pool: Pool) -> impl Iterator<Item = (&Pass, bool)> {
        let total = self.capacity(pool);
        self.pool(pool).iter().scan(0, move |taken, pass| {
            *taken += pass.weight;
            Some((pass, *taken > total))
        })
    }
}

fn in_full(pool: Pool, pass: &Pass, is_excess: bool) -> Row {
    let mut row = pass.row.clone();
    if pool.is_personal() {
        row = pass.in_full();
    }
    if matches!(pool, Pool::Professional | Pool::Analyzer) {
        row.entry("excess").or_insert(json!(is_excess));
    }
    row
}
