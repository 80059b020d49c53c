//! Swaps a user's pass for one of another kind.

use std::fmt;

use crate::types::ErrorMessage;
use crate::{Client, DateTime, Error};
use jiff::Timestamp;
use uuid::Uuid;

use super::passes::{Kind, is_active};

/// The end of a swap: which passes the user holds, and why.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Swapped {
    /// The user holds the new pass alone, and had access all the time. The old one may stay reserved for a while.
    Done { reserved_until: Option<Timestamp> },
    /// The user holds the new pass alone, and had no access for a moment: the site gives no second pass.
    AfterGap,
    /// The user holds no pass to swap.
    NotHeld,
    /// The user holds the old pass as before, because the site refused.
    Kept(String),
    /// The user holds both passes: the old one could not be released, nor the new one again.
    Both(String),
    /// The user holds no pass: the old one was released, and the site then refused each.
    Neither(String),
}

impl fmt::Display for Swapped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Done { reserved_until: None } => f.write_str("swapped"),
            Self::Done { reserved_until: Some(end) } => {
                write!(f, "swapped; the old pass stays reserved until {}", end.strftime("%F"))
            }
            Self::AfterGap => f.write_str("swapped, without access for a moment"),
            Self::NotHeld => f.write_str("holds no pass to swap"),
            Self::Kept(reason) => write!(f, "keeps the old pass: {reason}"),
            Self::Both(reason) => write!(f, "holds both passes: {reason}"),
            Self::Neither(reason) => write!(f, "lost the old pass and got no new one: {reason}"),
        }
    }
}

/// Whether a user may be without a pass for a moment, on a site that gives no second one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Gap {
    Allowed,
    Refused,
}

/// Swaps the pass of the user of this identifier.
///
/// The new pass is allocated before the old one is released, so that the user is never without. A site that gives no
/// second pass refuses that; then, and only if a gap is allowed, the old pass is released first, and taken back if the
/// new one is refused again.
pub(crate) async fn swap(
    client: &Client,
    user: Uuid,
    [from, to]: [Kind; 2],
    gap: Gap,
) -> Result<Swapped, Error<ErrorMessage>> {
    let Some(old) = held(client, from, user).await? else {
        return Ok(Swapped::NotHeld);
    };
    let fresh = match held(client, to, user).await? {
        Some(_) => None,
        None => match to.allocate(client, user).await {
            Ok(pass) => pass.id,
            Err(error) if gap == Gap::Allowed && error.status().is_some_and(|status| status == 400) => {
                return release_first(client, user, [from, to], old).await;
            }
            Err(error) => return Ok(Swapped::Kept(error.to_string())),
        },
    };
    if let Err(error) = from.release(client, old).await {
        let undone = match fresh {
            Some(fresh) => to.release(client, fresh).await.is_ok(),
            None => false,
        };
        let reason = error.to_string();
        return Ok(if undone { Swapped::Kept(reason) } else { Swapped::Both(reason) });
    }
    Ok(Swapped::Done { reserved_until: reserved_until(client, from, old).await? })
}

async fn release_first(
    client: &Client,
    user: Uuid,
    [from, to]: [Kind; 2],
    old: Uuid,
) -> Result<Swapped, Error<ErrorMessage>> {
    if let Err(error) = from.release(client, old).await {
        return Ok(Swapped::Kept(error.to_string()));
    }
    let Err(error) = to.allocate(client, user).await else {
        return Ok(Swapped::AfterGap);
    };
    let back = from.allocate(client, user).await;
    Ok(if back.is_ok() { Swapped::Kept(error.to_string()) } else { Swapped::Neither(error.to_string()) })
}

/// The pass of a kind that the user holds now.
async fn held(client: &Client, kind: Kind, user: Uuid) -> Result<Option<Uuid>, Error<ErrorMessage>> {
    let passes = kind.list(client, Some(format!("user.id eq {user}"))).await?;
    Ok(passes.iter().find(|pass| is_active(pass)).and_then(|pass| pass.id))
}

/// The end of the quarantine of a pass that was released, if the site put it there.
async fn reserved_until(client: &Client, kind: Kind, pass: Uuid) -> Result<Option<Timestamp>, Error<ErrorMessage>> {
    let passes = kind.list(client, Some(format!("id eq {pass}"))).await?;
    Ok(passes.first().filter(|pass| !is_active(pass)).and_then(|pass| pass.quarantine_end).map(DateTime::timestamp))
}
