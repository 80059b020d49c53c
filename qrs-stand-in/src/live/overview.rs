//! The capacity of the licence and its use: passes, tokens, minutes.

use serde_json::{Value, json};

use crate::rows::number_in;
use crate::state::{Pool, State, Usage};

/// The tokens of a site, which user and login access share.
struct Tokens {
    total: i64,
    available: i64,
}

fn tokens(state: &State) -> Tokens {
    let pools = [Pool::User, Pool::Login];
    let total = pools.iter().map(|pool| state.capacity(*pool)).sum();
    let taken: i64 = pools.iter().map(|pool| state.usage(*pool).taken() + state.unavailable(*pool)).sum();
    Tokens { total, available: (total - taken).max(0) }
}

/// Tokens whose login passes were used at least in part.
fn used_login_tokens(state: &State) -> i64 {
    let used = |pass: &crate::state::Pass| {
        (number_in(&pass.row, "usedAccessTypes").unwrap_or(0) + Pool::LOGINS_A_TOKEN - 1) / Pool::LOGINS_A_TOKEN
    };
    state.pool(Pool::Login).iter().map(used).sum()
}

pub(super) fn overview(state: &State) -> Value {
    let passes = |pool: Pool| {
        let usage = state.usage(pool);
        json!({
            "schemaPath": "AccessTypeOverviewDetails",
            "enabled": usage.total > 0,
            "total": usage.total,
            "allocated": usage.allocated,
            "used": usage.used,
            "quarantined": usage.quarantined,
            "excess": usage.excess(),
            "available": usage.available(),
        })
    };
    let tokens = tokens(state);
    let (user, login, time) = (state.usage(Pool::User), state.usage(Pool::Login), state.usage(Pool::AnalyzerTime));
    json!({
        "schemaPath": "AccessTypeOverview",
        "totalTokens": tokens.total,
        "availableTokens": tokens.available,
        "tokensEnabled": tokens.total > 0,
        "userAccess": {
            "schemaPath": "AccessTypeOverviewUserAccessDetails",
            "enabled": tokens.total > 0,
            "tokenCost": 1.0,
            "allocatedTokens": user.allocated,
            "usedTokens": user.used,
            "quarantinedTokens": user.quarantined,
        },
        "loginAccess": {
            "schemaPath": "AccessTypeOverviewLoginAccessDetails",
            "enabled": tokens.total > 0,
            "tokenCost": 0.1,
            "allocatedTokens": login.allocated,
            "usedTokens": used_login_tokens(state),
            "unavailableTokens": state.unavailable(Pool::Login),
        },
        "professionalAccess": passes(Pool::Professional),
        "analyzerAccess": passes(Pool::Analyzer),
        "analyzerTimeAccess": {
            "schemaPath": "AccessTypeOverviewAnalyzerTimeAccessDetails",
            "enabled": time.total > 0,
            "allocatedMinutes": time.allocated * Pool::MINUTES_A_UNIT,
            "usedMinutes": used_minutes(state),
            "unavailableMinutes": state.unavailable(Pool::AnalyzerTime),
        },
    })
}

fn used_minutes(state: &State) -> i64 {
    state.pool(Pool::AnalyzerTime).iter().filter_map(|pass| number_in(&pass.row, "usedMinutes")).sum()
}

pub(super) fn info(state: &State) -> Value {
    let tokens = tokens(state);
    let personal = |name: &str, usage: Usage| {
        json!({
            "schemaPath": format!("AccessTypesInfo{name}AccessType"),
            "tokenCost": 1.0,
            "allocatedTokens": usage.allocated,
            "usedTokens": usage.used,
            "quarantinedTokens": usage.quarantined,
        })
    };
    json!({
        "schemaPath": "AccessTypesInfo",
        "totalTokens": tokens.total,
        "availableTokens": tokens.available,
        "professionalAccessType": personal("Professional", state.usage(Pool::Professional)),
        "userAccessType": personal("User", state.usage(Pool::User)),
        "analyzerAccessType": personal("Analyzer", state.usage(Pool::Analyzer)),
        "loginAccessType": {
            "schemaPath": "AccessTypesInfoLoginAccessType",
            "tokenCost": 0.1,
            "allocatedTokens": state.usage(Pool::Login).allocated,
            "usedTokens": used_login_tokens(state),
            "unavailableTokens": state.unavailable(Pool::Login),
        },
    })
}
