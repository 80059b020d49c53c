//! The file of approved changes: changes that somebody looked at, and that do not count until a day.

use std::str::FromStr;

use jiff::civil::Date;
use qrs_codegen::changes::{Approval, Changes};
use serde::Deserialize;

use crate::input;
use crate::outcome::Failure;
use crate::paths::NamedPath;

/// The file of this workspace, from its root. There need not be one.
const APPROVED: &str = "spec/approved-changes.yaml";

/// The approved changes of a file, in its order.
#[derive(Default)]
pub(crate) struct Approvals {
    file: String,
    entries: Vec<Approved>,
}

/// An entry of the file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Approved {
    /// The fingerprint of the change.
    fingerprint: String,
    /// Why it is approved.
    reason: String,
    /// The last day on which it is approved.
    until: String,
    /// The change in words, for readers of the file.
    #[serde(default, rename = "change")]
    _change: Option<String>,
}

impl Approvals {
    /// Reads a file of approved changes.
    ///
    /// # Errors
    ///
    /// When it cannot be read, or holds anything but such entries.
    pub(crate) fn read(place: &NamedPath) -> Result<Self, Failure> {
        let file = place.shown.clone();
        let text = input::read(place)?;
        let entries: Option<Vec<Approved>> =
            serde_yaml::from_str(&text).map_err(|error| Failure(format!("{file}: {error}")))?;
        let entries = entries.unwrap_or_default();
        for entry in &entries {
            Date::from_str(&entry.until).map_err(|error| {
                Failure(format!("{file}: `until` of {} is `{}`, and no day: {error}", entry.fingerprint, entry.until))
            })?;
        }
        Ok(Self { file, entries })
    }

    /// Reads the file of this workspace, if there is one.
    ///
    /// # Errors
    ///
    /// As [`Approvals::read`] does.
    pub(crate) fn committed() -> Result<Self, Failure> {
        let place = NamedPath::in_workspace(APPROVED);
        if place.path.exists() { Self::read(&place) } else { Ok(Self::default()) }
    }

    /// Approves changes. Returns what is to be told of entries that approve nothing.
    pub(crate) fn apply(&self, changes: &mut Changes) -> Vec<String> {
        let today = jiff::tz::Offset::UTC.to_datetime(jiff::Timestamp::now()).date();
        self.entries.iter().filter_map(|entry| self.apply_entry(entry, today, changes)).collect()
    }

    fn apply_entry(&self, entry: &Approved, today: Date, changes: &mut Changes) -> Option<String> {
        let Approved { fingerprint, reason, until, .. } = entry;
        let has_ended = Date::from_str(until).is_ok_and(|until| until < today);
        if !changes.iter().any(|change| change.fingerprint() == *fingerprint) {
            return Some(format!("{}: there is no change {fingerprint} any more: remove its entry", self.file));
        }
        if has_ended {
            return Some(format!(
                "{}: the approval of {fingerprint} ended on {until}: the change counts again",
                self.file
            ));
        }
        changes.approve(fingerprint, &Approval { reason: reason.clone(), until: until.clone() });
        None
    }
}
