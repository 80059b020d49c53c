//! The contents of a site and its behaviour, read and changed from outside.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value, json};
use uuid::Uuid;

use crate::rows::{date, object};
use crate::server::locked;
use crate::stand_in::StandIn;
use crate::state::{License, LicenseKind, Member, Pass, Pool, User};

/// The contents of the site, and how it behaves.
impl StandIn {
    /// Adds a user with a new identifier, which it returns.
    #[must_use]
    pub fn add_user(&self, directory: &str, user_id: &str, name: &str) -> Uuid {
        let user = User {
            id: Uuid::new_v4(),
            directory: directory.to_owned(),
            user_id: user_id.to_owned(),
            name: name.to_owned(),
            inactive: false,
        };
        let mut state = locked(&self.site.state);
        let created = date(state.now());
        state.users.push(Member::of(&user, &created));
        user.id
    }

    /// Changes fields of a user, such as `tags` or `removedExternally`; `false` when there is no such user.
    #[must_use]
    pub fn change_user(&self, id: Uuid, fields: Map<String, Value>) -> bool {
        let mut state = locked(&self.site.state);
        let member = state.users.iter_mut().find(|member| member.user.id == id);
        member.map(|member| member.change(fields)).is_some()
    }

    /// Deletes a user, whose passes stay; `false` when there is no such user.
    #[must_use]
    pub fn delete_user(&self, id: Uuid) -> bool {
        locked(&self.site.state).delete_user(id).is_some()
    }

    /// Makes a user's account inactive; `false` when there is no such user.
    #[must_use]
    pub fn deactivate_user(&self, id: Uuid) -> bool {
        self.change_user(id, object(json!({ "inactive": true })))
    }

    /// The users.
    #[must_use]
    pub fn users(&self) -> Vec<User> {
        locked(&self.site.state).users.iter().map(|member| member.user.clone()).collect()
    }

    /// Sets the licence: its row as JSON, its kind and its enablement file.
    pub fn set_license(&self, row: Map<String, Value>, kind: LicenseKind, lef: &str) {
        locked(&self.site.state).license = Some(License { row, kind, lef: lef.to_owned() });
    }

    /// Changes the kind of the licence, where there is one.
    pub fn set_license_kind(&self, kind: LicenseKind) {
        if let Some(license) = &mut locked(&self.site.state).license {
            license.kind = kind;
        }
    }

    /// Removes the licence: `GET /license` responds with `null`, and there is no capacity of any kind.
    pub fn unlicensed(&self) {
        locked(&self.site.state).license = None;
    }

    /// The licence's row, where there is one.
    #[must_use]
    pub fn license(&self) -> Option<Value> {
        let state = locked(&self.site.state);
        let license = state.license.as_ref()?;
        Some(Value::Object(license.row.clone()))
    }

    /// Sets how many passes, or tokens, of a kind the licence holds.
    pub fn set_capacity(&self, pool: Pool, capacity: u32) {
        locked(&self.site.state).set_capacity(pool, i64::from(capacity));
    }

    /// The allocations of a kind, as the site holds them now.
    #[must_use]
    pub fn allocations(&self, pool: Pool) -> Vec<Value> {
        let state = locked(&self.site.state);
        let rows = state.pool(pool).iter();
        rows.map(|pass| Value::Object(pass.row.clone())).collect()
    }

    /// Adds an allocation without any check of its fields or of the capacity.
    pub fn push_allocation(&self, pool: Pool, row: Map<String, Value>) {
        locked(&self.site.state).pool_mut(pool).push(Pass::new(row));
    }

    /// Sets when the pass of this identifier was last used; `false` when there is none.
    #[must_use]
    pub fn mark_used(&self, pool: Pool, id: Uuid, when: Timestamp) -> bool {
        let mut state = locked(&self.site.state);
        let pass = state.pool_mut(pool).iter_mut().find(|pass| pass.is(id));
        pass.map(|pass| pass.mark_used(when)).is_some()
    }

    /// Adds a licence rule without any check.
    pub fn push_rule(&self, row: Map<String, Value>) {
        locked(&self.site.state).rules.push(row);
    }

    /// The licence rules.
    #[must_use]
    pub fn rules(&self) -> Vec<Value> {
        let state = locked(&self.site.state);
        state.rules.iter().cloned().map(Value::Object).collect()
    }

    /// Removes every allocation and rule.
    pub fn clear(&self) {
        let mut state = locked(&self.site.state);
        state.rules.clear();
        for pool in Pool::ALL {
            state.pool_mut(pool).clear();
        }
    }

    /// Moves the site's clock forward, for example past the end of a quarantine.
    pub fn advance(&self, by: SignedDuration) {
        let mut state = locked(&self.site.state);
        state.clock = state.clock.saturating_add(by);
    }

    /// The site's clock.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        locked(&self.site.state).now()
    }

    /// Gives a user either a professional or an analyzer pass from now on, never both, or stops doing so.
    pub fn limit_to_one_pass(&self, limits: bool) {
        locked(&self.site.state).variations.one_pass_a_user = limits;
    }

    /// Counts by bare numbers from now on, as the description of QRS says, instead of by `{"value": n}`. In live mode.
    pub fn count_by_bare_numbers(&self, bare: bool) {
        locked(&self.site.state).variations.bare_counts = bare;
    }

    /// Adds a field to every entity that no description has, as a newer version does, or stops doing so. In live mode.
    pub fn add_unknown_fields(&self, adds: bool) {
        locked(&self.site.state).variations.unknown_fields = adds;
    }
}
