//! A step of a job: one change of the site, with its outcome, as an account keeps it.

use jiff::Timestamp;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::cli::failure::{Code, Failure};
use crate::jobs::passes::{Kind, Released};
use crate::jobs::swap::{self, Gap, Swapped};
use crate::types::SystemRule;
use crate::{Client, Error, jobs};

/// A change of the site.
#[derive(Clone, Debug)]
pub(super) enum Action {
    /// Allocate a pass to a user.
    Allocate { kind: Kind, user: Uuid },
    /// Release a pass, unless it was used since.
    Release { kind: Kind, pass: Uuid, unless_used_since: Option<Timestamp> },
    /// Swap the pass of a user.
    Swap { kinds: [Kind; 2], user: Uuid, gap: Gap },
    /// Restore a rule.
    Restore(Box<SystemRule>),
    /// Nothing: the item needs none, or cannot be done.
    None,
}

/// The outcome of a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    Planned,
    Done,
    /// There was nothing to do.
    Unchanged,
    Failed,
}

/// An item of a job.
#[derive(Clone, Debug)]
pub(super) struct Step {
    pub(super) action: Action,
    /// The user, the group or the rule that it is about.
    pub(super) subject: String,
    pub(super) outcome: Outcome,
    /// Why, or what happened.
    pub(super) detail: String,
}

impl Outcome {
    const fn name(self) -> &'static str {
        match self {
            Self::Planned => "planned",
            Self::Done => "done",
            Self::Unchanged => "unchanged",
            Self::Failed => "failed",
        }
    }

    fn named(name: &str) -> Option<Self> {
        [Self::Planned, Self::Done, Self::Unchanged, Self::Failed].into_iter().find(|outcome| outcome.name() == name)
    }
}

impl Action {
    const fn name(&self) -> &'static str {
        match self {
            Self::Allocate { .. } => "allocate",
            Self::Release { .. } => "release",
            Self::Swap { .. } => "swap",
            Self::Restore(_) => "restore",
            Self::None => "none",
        }
    }
}

impl Step {
    /// A step that is to be taken.
    pub(super) fn planned(action: Action, subject: String, detail: impl Into<String>) -> Self {
        Self { action, subject, outcome: Outcome::Planned, detail: detail.into() }
    }

    /// An item that needs no change, or cannot be done.
    pub(super) fn settled(subject: String, outcome: Outcome, detail: impl Into<String>) -> Self {
        Self { action: Action::None, subject, outcome, detail: detail.into() }
    }

    /// Whether it is still to be taken: planned, or failed before.
    pub(super) fn is_open(&self) -> bool {
        !matches!(self.action, Action::None) && matches!(self.outcome, Outcome::Planned | Outcome::Failed)
    }

    /// Takes the step. Fails as a whole only where the next steps would fail as well.
    pub(super) async fn take(&mut self, client: &Client) -> Result<(), Failure> {
        let taken = match &self.action {
            Action::Allocate { kind, user } => {
                kind.allocate(client, *user).await.map(|_| (Outcome::Done, "allocated".to_owned()))
            }
            Action::Release { kind, pass, .. } => kind.release(client, *pass).await.map(|released| match released {
                Released::Done => (Outcome::Done, "released".to_owned()),
                Released::NoSuchPass => (Outcome::Unchanged, "holds no such pass".to_owned()),
            }),
            Action::Swap { kinds, user, gap } => swap::swap(client, *user, *kinds, *gap).await.map(|swapped| {
                let outcome = match &swapped {
                    Swapped::Done { .. } | Swapped::AfterGap => Outcome::Done,
                    Swapped::NotHeld => Outcome::Unchanged,
                    Swapped::Kept(_) | Swapped::Both(_) | Swapped::Neither(_) => Outcome::Failed,
                };
                (outcome, swapped.to_string())
            }),
            Action::Restore(rule) => jobs::rules::restore_one(client, rule).await.map(|restored| {
                let outcome = match restored {
                    jobs::rules::Restored::Unchanged => Outcome::Unchanged,
                    _ => Outcome::Done,
                };
                (outcome, restored.to_string())
            }),
            Action::None => return Ok(()),
        };
        match taken {
            Ok((outcome, detail)) => (self.outcome, self.detail) = (outcome, detail),
            Err(error) => {
                (self.outcome, self.detail) = (Outcome::Failed, reason(&error));
                if ends_all(&error) {
                    return Err(error.into());
                }
            }
        }
        Ok(())
    }

    /// The step as an account keeps it.
    pub(super) fn to_json(&self) -> Value {
        let mut value = json!({
            "action": self.action.name(),
            "subject": self.subject,
            "outcome": self.outcome.name(),
            "detail": self.detail,
        });
        let mut set = |key: &str, field: Value| {
            if let Some(fields) = value.as_object_mut() {
                fields.insert(key.to_owned(), field);
            }
        };
        match &self.action {
            Action::Allocate { kind, user } => {
                set("kind", json!(kind.name()));
                set("userId", json!(user));
            }
            Action::Release { kind, pass, unless_used_since } => {
                set("kind", json!(kind.name()));
                set("passId", json!(pass));
                if let Some(since) = unless_used_since {
                    set("unlessUsedSince", json!(since));
                }
            }
            Action::Swap { kinds: [from, to], user, gap } => {
                set("from", json!(from.name()));
                set("to", json!(to.name()));
                set("userId", json!(user));
                set("gap", json!(*gap == Gap::Allowed));
            }
            Action::Restore(rule) => set("rule", serde_json::to_value(rule).unwrap_or_default()),
            Action::None => {}
        }
        value
    }

    /// The step that an account keeps; otherwise the reason why it is none.
    pub(super) fn from_json(value: &Value) -> Result<Self, String> {
        let text = |key: &str| value.get(key).and_then(Value::as_str).ok_or_else(|| format!("`{key}` is missing"));
        let kind = |key: &str| {
            let name = text(key)?;
            Kind::named(name).ok_or_else(|| format!("`{key}` is `{name}`, which is no kind of passes"))
        };
        let id = |key: &str| text(key)?.parse::<Uuid>().map_err(|_| format!("`{key}` is no identifier"));
        let action = match text("action")? {
            "allocate" => Action::Allocate { kind: kind("kind")?, user: id("userId")? },
            "release" => {
                let since = |since: &Value| {
                    since.as_str().and_then(|since| since.parse().ok()).ok_or("`unlessUsedSince` is no time")
                };
                let since = value.get("unlessUsedSince").map(since).transpose()?;
                Action::Release { kind: kind("kind")?, pass: id("passId")?, unless_used_since: since }
            }
            "swap" => {
                let gap = value.get("gap").and_then(Value::as_bool).ok_or("`gap` is neither `true` nor `false`")?;
                let gap = if gap { Gap::Allowed } else { Gap::Refused };
                Action::Swap { kinds: [kind("from")?, kind("to")?], user: id("userId")?, gap }
            }
            "restore" => {
                let rule = value.get("rule").ok_or("`rule` is missing")?;
                Action::Restore(serde_json::from_value(rule.clone()).map_err(|error| format!("`rule`: {error}"))?)
            }
            "none" => Action::None,
            action => return Err(format!("`action` is `{action}`")),
        };
        let outcome = text("outcome")?;
        Ok(Self {
            action,
            subject: text("subject")?.to_owned(),
            outcome: Outcome::named(outcome).ok_or_else(|| format!("`outcome` is `{outcome}`"))?,
            detail: text("detail").unwrap_or_default().to_owned(),
        })
    }

    /// The key that distinguishes the step from others of an account.
    pub(super) fn key(&self) -> String {
        let mut value = self.to_json();
        if let Some(fields) = value.as_object_mut() {
            fields.remove("outcome");
            fields.remove("detail");
        }
        value.to_string()
    }
}

/// The message of an error without its call, which the step says already.
fn reason<E>(error: &Error<E>) -> String {
    let message = error.to_string();
    message.splitn(3, ": ").nth(2).unwrap_or(&message).to_owned()
}

/// Whether the next request would fail for the same reason.
fn ends_all<E>(error: &Error<E>) -> bool {
    error.is_unauthorized() || error.is_connect() || matches!(Code::of(error), Code::Usage)
}
