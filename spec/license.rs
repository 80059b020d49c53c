//! The end of a license, and setting it by serial number or signed key.
//!
//! A license states its end in one of three ways: `timelimited` by the contract, a line `Valid To:` in the `keyDetails`
//! of a signed key, and `TIMELIMIT` in the LEF of a serial number. [`LicenseEnd::of`] reads all three.
//!
//! ```
//! use qrs_generated::license::LicenseEnd;
//! use qrs_generated::types::License;
//!
//! let license = License::new().key_details("License Type: Signed\nValid To: 2026-12-08\n");
//! let end = LicenseEnd::of(&license);
//! assert_eq!(end, LicenseEnd::Through("2026-12-08".parse()?));
//! assert_eq!(end.days_left("2026-11-30T12:00:00Z".parse()?), Some(8));
//!
//! // A license that does not state its end may still have one.
//! assert_eq!(LicenseEnd::of(&License::new()), LicenseEnd::Unknown);
//! # Ok::<(), jiff::Error>(())
//! ```

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::operations::license::SetLicense;
use crate::repository::NEVER;
use crate::types::{License, LicenseSet};
use crate::{AnyRequest, Client, Method, Secret};

/// The end of a license.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum LicenseEnd {
    /// At this time.
    At(Timestamp),
    /// At the end of this day, in the site's time zone.
    Through(Date),
    /// Never: the license says that it has no end.
    Never,
    /// The license does not state its end, or not in a known form. It may end at any time.
    Unknown,
}

impl LicenseEnd {
    /// Reads the end of a license: the earliest of those that can be read. An end takes precedence over the statement that
    /// there is none. [`LicenseEnd::Unknown`] if a field names an end that cannot be read, and no other field states one.
    #[must_use]
    pub fn of(license: &License) -> Self {
        let key = license.key_details.as_ref().map(|text| stated(text.expose().split(['\n', ';', ',']), valid_to));
        let lef = license.lef.as_ref().map(|text| stated(text.expose().lines(), time_limit));
        let limit = match license.timelimited {
            None => Stated::Nothing,
            Some(end) if end == NEVER => Stated::End(Self::Never),
            Some(end) => Stated::End(Self::At(end.timestamp())),
        };
        let all = [limit, key.unwrap_or(Stated::Nothing), lef.unwrap_or(Stated::Nothing)];
        let ends = all.iter().filter_map(|stated| match stated {
            Stated::End(end) => Some((end.instant()?, *end)),
            Stated::Nothing | Stated::Unreadable => None,
        });
        if let Some((_, end)) = ends.min_by_key(|(instant, _)| *instant) {
            return end;
        }
        if all.contains(&Stated::Unreadable) || !all.contains(&Stated::End(Self::Never)) {
            return Self::Unknown;
        }
        Self::Never
    }

    /// The time at which the license ends: for [`LicenseEnd::Through`] the end of the day in UTC. `None` if there is no
    /// end, or if it is not known.
    #[must_use]
    pub fn instant(self) -> Option<Timestamp> {
        match self {
            Self::At(end) => Some(end),
            Self::Through(day) => {
                let next = day.tomorrow().unwrap_or(day);
                next.to_zoned_datetime(TimeZone::UTC).ok().map(|midnight| midnight.timestamp())
            }
            Self::Never | Self::Unknown => None,
        }
    }

    /// The number of whole days that are left, negative after the end. `None` if there is no end, or if it is not
    /// known.
    #[must_use]
    pub fn days_left(self, now: Timestamp) -> Option<i64> {
        let seconds = self.instant()?.as_second().saturating_sub(now.as_second());
        Some(seconds.div_euclid(24 * 60 * 60))
    }

    /// Whether the end is unknown.
    #[must_use]
    pub const fn is_unknown(self) -> bool {
        matches!(self, Self::Unknown)
    }
}

/// The end of the licence, as one text states it.
#[derive(Clone, Copy, PartialEq)]
enum Stated {
    Nothing,
    End(LicenseEnd),
    /// It names an end, and no date in a form that is known.
    Unreadable,
}

/// Reads the lines that `ends` finds an end in; of several the earliest counts.
fn stated<'t>(lines: impl Iterator<Item = &'t str>, ends: fn(&'t str) -> Option<&'t str>) -> Stated {
    let mut earliest: Option<(Timestamp, LicenseEnd)> = None;
    for value in lines.filter_map(ends) {
        let Some(found) = last_date(value).and_then(|end| Some((end.instant()?, end))) else {
            return Stated::Unreadable;
        };
        if earliest.is_none_or(|(instant, _)| found.0 < instant) {
            earliest = Some(found);
        }
    }
    earliest.map_or(Stated::Nothing, |(_, end)| Stated::End(end))
}

/// The value of a line `Valid To: …` of the details of a signed key.
fn valid_to(line: &str) -> Option<&str> {
    let (name, value) = line.split_once(':')?;
    let words: Vec<&str> = name.split_whitespace().collect();
    let is_end = matches!(words.as_slice(), [.., valid, to]
        if valid.eq_ignore_ascii_case("valid") && to.eq_ignore_ascii_case("to"));
    is_end.then_some(value)
}

/// The value of a line `TIMELIMIT;…` of a LEF.
fn time_limit(line: &str) -> Option<&str> {
    const NAME: &str = "TIMELIMIT";
    let line = line.trim_start();
    let (name, value) = line.split_at_checked(NAME.len())?;
    let ends = !value.starts_with(|next: char| next.is_alphanumeric() || next == '_');
    (name.eq_ignore_ascii_case(NAME) && ends).then_some(value)
}

/// The last date of a text, which may be a range: a time, or a day where no time of day follows.
fn last_date(text: &str) -> Option<LicenseEnd> {
    const LENGTH: usize = "2026-12-08".len();
    let separators = |next: char| next == ';' || next == ',' || next == '|' || next.is_whitespace();
    let words = text.split(separators).map(|word| word.trim_matches(['"', '\'', '=', ':', '.', '(', ')']));
    let mut ends = words.filter_map(|word| {
        if let Ok(time) = word.parse::<Timestamp>() {
            return Some(if time == NEVER { LicenseEnd::Never } else { LicenseEnd::At(time) });
        }
        let (day, rest) = word.split_at_checked(LENGTH)?;
        let is_day = rest.is_empty() || rest.starts_with(['T', 't']);
        is_day.then(|| day.parse().ok().map(LicenseEnd::Through)).flatten()
    });
    ends.rfind(|end| end.instant().is_some())
}

/// Sets the license of a site by its serial number, with the control number wherever a site takes it.
///
/// Exists in the contract and in QRS 38.22. The contract has the control number in the body, QRS 38.22 in the query.
///
/// ```no_run
/// use qrs_generated::types::LicenseSet;
///
/// # async fn set(client: &qrs_generated::Client) -> Result<(), Box<dyn std::error::Error>> {
/// let wanted = LicenseSet::new("1111222233334444", "12345").name("Ada").organization("CORP");
/// let license = qrs_generated::license::set(client, wanted).send().await?;
/// println!("{:?}", license.organization);
/// # Ok(())
/// # }
/// ```
pub fn set(client: &Client, license: LicenseSet) -> SetLicense {
    let control = license.control.expose().to_owned();
    client.set_license(license).control(control)
}

/// Sets the license of a site by its signed key, which needs no serial number and no control number.
///
/// Exists in QRS 38.22. To replace the key of a site that has a license, set `key` of the license that
/// [`Client::get_license`] returns, and send it with [`Client::update_license`].
///
/// ```no_run
/// # async fn set(client: &qrs_generated::Client) -> Result<(), Box<dyn std::error::Error>> {
/// let license = qrs_generated::license::set_signed_key(client, "eyJhbGciOi…").send().await?;
/// println!("{:?}", license.organization);
/// # Ok(())
/// # }
/// ```
pub fn set_signed_key(client: &Client, key: impl Into<Secret>) -> AnyRequest<License> {
    client.call(Method::POST, "/license").json(&License::new().key(key)).returning()
}
