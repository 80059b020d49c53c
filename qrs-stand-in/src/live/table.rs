//! The tables of entities: what is listed, read, created, changed and deleted alike.

use serde_json::{Value, json};

use crate::rows::Row;
use crate::state::{Pool, State};

/// A table of entities.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Table {
    Users,
    Rules,
    Selections,
    Passes(Pool),
    Groups(Pool),
    Sessions(Pool),
    /// The sessions of every kind, as far as they are alike.
    AllSessions,
}

/// The operations that a table has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Operations {
    All,
    ReadOnly,
    /// Neither `full`, `count` nor `many`.
    Basic,
    ListOnly,
}

impl Table {
    pub(super) const ALL: [Self; 17] = [
        Self::Users,
        Self::Rules,
        Self::Selections,
        Self::AllSessions,
        Self::Passes(Pool::Professional),
        Self::Passes(Pool::Analyzer),
        Self::Passes(Pool::User),
        Self::Passes(Pool::Login),
        Self::Passes(Pool::AnalyzerTime),
        Self::Groups(Pool::Professional),
        Self::Groups(Pool::Analyzer),
        Self::Groups(Pool::User),
        Self::Sessions(Pool::Professional),
        Self::Sessions(Pool::Analyzer),
        Self::Sessions(Pool::User),
        Self::Sessions(Pool::Login),
        Self::Sessions(Pool::AnalyzerTime),
    ];

    pub(super) fn operations(self) -> Operations {
        match self {
            Self::Users | Self::Rules | Self::Passes(_) | Self::Groups(_) => Operations::All,
            Self::Sessions(_) => Operations::ReadOnly,
            Self::Selections => Operations::Basic,
            Self::AllSessions => Operations::ListOnly,
        }
    }

    /// The path below `/qrs`.
    pub(super) fn path(self) -> String {
        match self {
            Self::Users => "/user".to_owned(),
            Self::Rules => "/systemrule".to_owned(),
            Self::Selections => "/selection".to_owned(),
            Self::AllSessions => "/licenseaccessusage".to_owned(),
            Self::Passes(_) | Self::Groups(_) | Self::Sessions(_) => {
                format!("/license/{}", self.schema().trim_start_matches("License.").to_lowercase())
            }
        }
    }

    /// The name of the type of its full entities. Where the condensed ones have another type, it ends with `Condensed`.
    pub(super) fn type_name(self) -> String {
        self.schema().replace('.', "")
    }

    /// The name in `schemaPath`.
    pub(super) fn schema(self) -> String {
        let of = |pool: Pool, end: &str| pool.schema_path().replace("AccessType", end);
        match self {
            Self::Users => "User".to_owned(),
            Self::Rules => "SystemRule".to_owned(),
            Self::Selections => "Selection".to_owned(),
            Self::AllSessions => "LicenseAccessUsage".to_owned(),
            Self::Passes(pool) => pool.schema_path().to_owned(),
            Self::Groups(pool) => of(pool, "AccessGroup"),
            Self::Sessions(pool) => of(pool, "AccessUsage"),
        }
    }

    /// The entities in full.
    pub(super) fn rows(self, state: &State) -> Vec<Row> {
        match self {
            Self::Users => state.users.iter().map(|member| member.row.clone()).collect(),
            Self::Rules => state.rules.clone(),
            Self::Selections => state.selections.clone(),
            Self::Passes(pool) => state.passes_in_full(pool),
            Self::Groups(pool) => state.groups.get(&pool).cloned().unwrap_or_default(),
            Self::Sessions(pool) => state.sessions.get(&pool).cloned().unwrap_or_default(),
            Self::AllSessions => {
                state.sessions.values().flatten().map(|row| super::types::project("LicenseAccessUsage", row)).collect()
            }
        }
    }

    /// The rows, where they are rows and nothing else.
    pub(super) fn plain_rows_mut(self, state: &mut State) -> Option<&mut Vec<Row>> {
        match self {
            Self::Rules => Some(&mut state.rules),
            Self::Selections => Some(&mut state.selections),
            Self::Groups(pool) => Some(state.groups.entry(pool).or_default()),
            Self::Sessions(pool) => Some(state.sessions.entry(pool).or_default()),
            Self::Users | Self::Passes(_) | Self::AllSessions => None,
        }
    }
}

/// Says what the caller may do with an entity, where that was asked for.
pub(super) fn tell_privileges(row: &mut Row, asked: bool) {
    if asked {
        row.insert("privileges".into(), json!(["create", "read", "update", "delete"]));
    } else {
        row.entry("privileges").or_insert(Value::Null);
    }
}
