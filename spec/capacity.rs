//! The capacity of a license as one table, whichever form a site sends.
//!
//! The contract counts every kind of access in passes. QRS 38.22 counts professional and analyzer access in passes, user
//! and login access in tokens, and analyzer time in minutes. [`overview`] and [`info`] read both forms. The type info of QRS
//! 38.22 states every kind in tokens.
//!
//! ```
//! use qrs_generated::capacity::{self, Kind, Unit};
//! use qrs_generated::types::AccessTypeOverview;
//!
//! let overview: AccessTypeOverview = serde_json::from_str(
//!     r#"{ "professionalAccess": { "enabled": true, "total": 10, "allocated": 9, "used": 8, "available": 1, "excess": 0 },
//!          "analyzerTimeAccess": { "enabled": true, "allocatedMinutes": 600, "usedMinutes": 590 } }"#,
//! )?;
//! let rows = capacity::overview(&overview);
//! assert_eq!((rows[0].kind, rows[0].unit, rows[0].available), (Kind::Professional, Unit::Passes, Some(1)));
//! assert_eq!((rows[1].kind, rows[1].unit, rows[1].available), (Kind::AnalyzerTime, Unit::Minutes, Some(10)));
//! # Ok::<(), serde_json::Error>(())
//! ```

use std::fmt;

use crate::types::{AccessTypeInfo, AccessTypeOverview, AccessTypeSummary, AccessTypeTokens, AnalyzerTimeSummary};

/// The kind of access that a row counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Kind {
    /// Professional access.
    Professional,
    /// Analyzer access.
    Analyzer,
    /// User access.
    User,
    /// Login access.
    Login,
    /// Analyzer time.
    AnalyzerTime,
    /// The tokens of the license, which pay for access of the other kinds.
    Tokens,
}

/// The unit of the numbers of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Unit {
    /// Passes, each for one user.
    Passes,
    /// Tokens.
    Tokens,
    /// Minutes.
    Minutes,
}

/// The capacity of one kind of access.
///
/// A number that the site does not send is `None`, never zero, unless it follows from others: `used` of all tokens, `available`
/// of a kind that is counted in tokens or minutes, and `available` of the passes in a type info.
///
/// For a kind that is counted in tokens or minutes, `total` is the amount that is allocated to it. The tokens that are left
/// for new allocations of any kind are `available` of [`Kind::Tokens`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Capacity {
    /// The kind of access.
    pub kind: Kind,
    /// The unit of the numbers.
    pub unit: Unit,
    /// Whether the license has this kind, if the site says so.
    pub enabled: Option<bool>,
    /// The total number.
    pub total: Option<i64>,
    /// The number that is allocated to users or groups.
    pub allocated: Option<i64>,
    /// The number in use. If the site does not distinguish it from `allocated`, it is the same.
    pub used: Option<i64>,
    /// The number that is left.
    pub available: Option<i64>,
    /// The number in quarantine, which cannot be allocated again yet.
    pub quarantined: Option<i64>,
    /// The number that is allocated beyond `total`.
    pub excess: Option<i64>,
}

/// The rows of an overview, one for each kind that the site reports.
#[must_use]
pub fn overview(overview: &AccessTypeOverview) -> Vec<Capacity> {
    let kinds = [
        (Kind::Professional, &overview.professional),
        (Kind::Analyzer, &overview.analyzer),
        (Kind::User, &overview.user_access),
        (Kind::Login, &overview.login_access),
    ];
    let mut rows: Vec<Capacity> =
        kinds.into_iter().filter_map(|(kind, summary)| Some(Capacity::of_summary(kind, summary.as_ref()?))).collect();
    rows.extend(overview.analyzer_time_access.as_ref().map(Capacity::of_minutes));
    rows.extend(Capacity::of_license(overview.tokens_enabled, overview.total_tokens, overview.available_tokens, None));
    rows
}

/// The rows of the type info, one for each kind that the site reports.
#[must_use]
pub fn info(info: &AccessTypeInfo) -> Vec<Capacity> {
    let by_contract = [
        (Kind::Professional, info.total_professional, info.used_professional),
        (Kind::Analyzer, info.total_analyzer, info.used_analyzer),
    ];
    let by_contract = by_contract.into_iter().filter(|(_, total, used)| total.is_some() || used.is_some());
    let mut rows: Vec<Capacity> = by_contract
        .map(|(kind, total, used)| {
            let available = total.zip(used).map(|(total, used)| total.saturating_sub(used).max(0));
            Capacity { total, used, available, ..Capacity::new(kind, Unit::Passes) }
        })
        .collect();
    let kinds = [
        (Kind::Professional, &info.professional_access_type),
        (Kind::Analyzer, &info.analyzer_access_type),
        (Kind::User, &info.user_access_type),
        (Kind::Login, &info.login_access_type),
    ];
    rows.extend(kinds.into_iter().filter_map(|(kind, tokens)| Some(Capacity::of_tokens(kind, tokens.as_ref()?))));
    rows.extend(Capacity::of_license(None, info.total_tokens, info.available_tokens, info.used_tokens));
    rows
}

impl Capacity {
    const fn new(kind: Kind, unit: Unit) -> Self {
        Self {
            kind,
            unit,
            enabled: None,
            total: None,
            allocated: None,
            used: None,
            available: None,
            quarantined: None,
            excess: None,
        }
    }

    fn of_summary(kind: Kind, summary: &AccessTypeSummary) -> Self {
        let is_in_tokens = summary.allocated_tokens.is_some() || summary.used_tokens.is_some();
        if is_in_tokens && summary.total.is_none() && summary.allocated.is_none() {
            let tied_up = summary.quarantined_tokens.or(summary.unavailable_tokens);
            let row = Self::of_parts(kind, Unit::Tokens, summary.allocated_tokens, summary.used_tokens, tied_up);
            return Self { enabled: summary.enabled, ..row };
        }
        Self {
            enabled: summary.enabled,
            total: summary.total,
            allocated: summary.allocated,
            used: summary.used.or(summary.allocated),
            available: summary.available,
            quarantined: summary.quarantined,
            excess: summary.excess,
            ..Self::new(kind, Unit::Passes)
        }
    }

    fn of_tokens(kind: Kind, tokens: &AccessTypeTokens) -> Self {
        let tied_up = tokens.quarantined_tokens.or(tokens.unavailable_tokens);
        Self::of_parts(kind, Unit::Tokens, tokens.allocated_tokens, tokens.used_tokens, tied_up)
    }

    fn of_minutes(summary: &AnalyzerTimeSummary) -> Self {
        let AnalyzerTimeSummary { enabled, allocated_minutes, used_minutes, unavailable_minutes, .. } = summary;
        let row =
            Self::of_parts(Kind::AnalyzerTime, Unit::Minutes, *allocated_minutes, *used_minutes, *unavailable_minutes);
        Self { enabled: *enabled, ..row }
    }

    /// The row of a kind that is counted in tokens or minutes.
    fn of_parts(kind: Kind, unit: Unit, allocated: Option<i64>, used: Option<i64>, tied_up: Option<i64>) -> Self {
        let left = allocated.zip(used).map(|(allocated, used)| allocated.saturating_sub(used));
        let available = left.map(|left| left.saturating_sub(tied_up.unwrap_or_default()).max(0));
        Self { total: allocated, allocated, used, available, quarantined: tied_up, ..Self::new(kind, unit) }
    }

    /// The row of all tokens, where there are any.
    fn of_license(
        enabled: Option<bool>,
        total: Option<i64>,
        available: Option<i64>,
        used: Option<i64>,
    ) -> Option<Self> {
        let used = used.or_else(|| Some(total?.saturating_sub(available?)));
        let row = Self { enabled, total, used, available, ..Self::new(Kind::Tokens, Unit::Tokens) };
        (total.is_some() || available.is_some() || used.is_some()).then_some(row)
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Professional => "professional",
            Self::Analyzer => "analyzer",
            Self::User => "user",
            Self::Login => "login",
            Self::AnalyzerTime => "analyzer time",
            Self::Tokens => "tokens",
        })
    }
}

impl fmt::Display for Unit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Passes => "passes",
            Self::Tokens => "tokens",
            Self::Minutes => "minutes",
        })
    }
}
