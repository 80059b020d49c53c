//! The capacity of the licence, and its use.

use serde_json::{Value, json};

use crate::state::{Pool, State};

const POOLS: [Pool; 4] = [Pool::Professional, Pool::Analyzer, Pool::User, Pool::Login];

pub(super) fn info(state: &State) -> Value {
    let [professional, analyzer, user, login] = POOLS.map(|pool| state.usage(pool));
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

pub(super) fn overview(state: &State) -> Value {
    let [professional, analyzer, user, login] = POOLS.map(|pool| {
        let usage = state.usage(pool);
        json!({
            "total": usage.total,
            "allocated": usage.allocated,
            "available": usage.available(),
            "quarantined": usage.quarantined,
            "excess": usage.excess(),
        })
    });
    json!({
        "professional": professional,
        "analyzer": analyzer,
        "userAccess": user,
        "loginAccess": login,
        "schemaPath": "AccessTypeOverview",
    })
}
