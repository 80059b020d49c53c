// only: date-time

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::str::FromStr;

use jiff::civil::Date;
use jiff::tz::Offset;
use jiff::{SignedDuration, Timestamp};
use serde::de::Visitor;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// The day from which seconds are counted.
const EPOCH: Date = Date::constant(1970, 1, 1);

const SECONDS_OF_DAY: i64 = 24 * 60 * 60;

/// The digits of a fraction that are kept.
const MOST_DIGITS: u8 = 19;

/// A point in time (`format: date-time`; RFC 3339, section 5.6).
///
/// A `DateTime` that was received is sent again as the same text: with its offset, the digits of its fraction and its
/// letters (RFC 3339 allows `t` and `z`). It holds every time of RFC 3339, also `9999-12-31T23:59:59Z` and a leap second
/// (`23:59:60Z`). More than 19 digits after the point are cut off.
///
/// [`timestamp`](Self::timestamp) converts it to [`jiff::Timestamp`], `From` the other way. Both compare with each other:
/// `date_time < Timestamp::now()`. Values are equal, ordered and hashed by the instant, whatever their offset. A leap
/// second counts as the second before it, as in jiff.
#[derive(Clone, Copy)]
pub struct DateTime {
    /// Seconds since 1970 in UTC, rounded down.
    second: i64,
    /// The digits of the fraction as a number.
    fraction: u64,
    digits: u8,
    /// Minutes east of UTC.
    offset: i16,
    zone: Zone,
    /// Between the date and the time: `T`, `t` or a space.
    separator: u8,
    is_leap_second: bool,
}

/// The notation of the offset.
#[derive(Clone, Copy)]
enum Zone {
    /// `Z` or `z`.
    Letter(u8),
    /// `+` or `-`, before hours and minutes. `-00:00` is an offset, too.
    Sign(u8),
}

impl DateTime {
    /// The instant as a timestamp of jiff.
    ///
    /// A fraction is cut to nanoseconds. Timestamps of jiff end at `9999-12-30T22:00:00.999999999Z`: for an instant after
    /// that, this is [`Timestamp::MAX`].
    #[must_use]
    pub fn timestamp(self) -> Timestamp {
        let nanosecond = i32::try_from(self.subsecond() / 10_u64.pow(10)).unwrap_or_default();
        let limit = if self.second < 0 { Timestamp::MIN } else { Timestamp::MAX };
        Timestamp::new(self.second, nanosecond).unwrap_or(limit)
    }

    /// The offset from UTC that it is written with.
    #[must_use]
    pub fn offset(self) -> Offset {
        Offset::from_seconds(i32::from(self.offset) * 60).unwrap_or(Offset::UTC)
    }

    /// The fraction in units of the last digit that is kept.
    fn subsecond(self) -> u64 {
        self.fraction * 10_u64.pow(u32::from(MOST_DIGITS.saturating_sub(self.digits)))
    }

    fn instant(self) -> (i64, u64) {
        (self.second, self.subsecond())
    }

    /// Reads a text of RFC 3339.
    fn read(text: &str) -> Option<Self> {
        let (moment, rest) = text.as_bytes().split_at_checked("2026-01-31T12:00:00".len())?;
        let [date @ .., separator @ (b'T' | b't' | b' '), _, _, b':', _, _, b':', _, _] = moment else { return None };
        let [_, _, _, _, b'-', _, _, b'-', _, _] = date else { return None };
        let date = Date::new(
            i16::try_from(number(&date[..4])?).ok()?,
            i8::try_from(number(&date[5..7])?).ok()?,
            i8::try_from(number(&date[8..])?).ok()?,
        );
        let (hour, minute) = (number(&moment[11..13])?, number(&moment[14..16])?);
        let second = number(&moment[17..])?;
        let (digits, zone) = match rest {
            [b'.', fraction @ ..] => {
                fraction.split_at(fraction.iter().take_while(|digit| digit.is_ascii_digit()).count())
            }
            _ => (&rest[..0], rest),
        };
        let (zone, offset) = read_zone(zone)?;
        if hour > 23 || minute > 59 || second > 60 || rest.first() == Some(&b'.') && digits.is_empty() {
            return None;
        }
        let digits = &digits[..digits.len().min(usize::from(MOST_DIGITS))];
        let day = date.ok()?.duration_since(EPOCH).as_secs();
        Some(Self {
            second: day + i64::from(hour * 3600 + minute * 60 + second.min(59)) - i64::from(offset) * 60,
            fraction: digits.iter().fold(0, |number, digit| number * 10 + u64::from(digit - b'0')),
            digits: u8::try_from(digits.len()).unwrap_or(MOST_DIGITS),
            offset,
            zone,
            separator: *separator,
            is_leap_second: second == 60,
        })
    }
}

/// The number that these digits write.
fn number(digits: &[u8]) -> Option<u32> {
    digits.iter().try_fold(0, |number, digit| digit.is_ascii_digit().then(|| number * 10 + u32::from(digit - b'0')))
}

/// The notation of an offset, and its minutes.
fn read_zone(text: &[u8]) -> Option<(Zone, i16)> {
    match text {
        [letter @ (b'Z' | b'z')] => Some((Zone::Letter(*letter), 0)),
        [sign @ (b'+' | b'-'), hour @ .., b':', _, _] if hour.len() == 2 => {
            let (hour, minute) = (number(hour)?, number(&text[4..])?);
            let minutes = i16::try_from(hour * 60 + minute).ok().filter(|_| hour <= 23 && minute <= 59)?;
            Some((Zone::Sign(*sign), if *sign == b'-' { -minutes } else { minutes }))
        }
        _ => None,
    }
}

impl From<Timestamp> for DateTime {
    fn from(timestamp: Timestamp) -> Self {
        let before = timestamp.subsec_nanosecond() < 0;
        let nanosecond = timestamp.subsec_nanosecond() + if before { 1_000_000_000 } else { 0 };
        let (mut fraction, mut digits) = (u64::try_from(nanosecond).unwrap_or_default(), 9);
        while digits > 0 && fraction.is_multiple_of(10) {
            (fraction, digits) = (fraction / 10, digits - 1);
        }
        Self {
            second: timestamp.as_second() - i64::from(before),
            fraction,
            digits,
            offset: 0,
            zone: Zone::Letter(b'Z'),
            separator: b'T',
            is_leap_second: false,
        }
    }
}

/// As [`DateTime::timestamp`].
impl From<DateTime> for Timestamp {
    fn from(date_time: DateTime) -> Self {
        date_time.timestamp()
    }
}

/// Reads RFC 3339, and what [`Timestamp`] reads beyond that.
impl FromStr for DateTime {
    type Err = jiff::Error;

    fn from_str(text: &str) -> Result<Self, jiff::Error> {
        Self::read(text).map_or_else(|| text.parse::<Timestamp>().map(Self::from), Ok)
    }
}

/// Writes the text that it was read from.
impl fmt::Display for DateTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let local = self.second + i64::from(self.offset) * 60;
        let (day, second) = (local.div_euclid(SECONDS_OF_DAY), local.rem_euclid(SECONDS_OF_DAY));
        let date = EPOCH.checked_add(SignedDuration::from_secs(day * SECONDS_OF_DAY));
        let date = date.unwrap_or(if day < 0 { Date::MIN } else { Date::MAX });
        let (hour, minute) = (second / 3600, second / 60 % 60);
        let second = if self.is_leap_second { 60 } else { second % 60 };
        let separator = char::from(self.separator);
        write!(f, "{date}{separator}{hour:02}:{minute:02}:{second:02}")?;
        if self.digits > 0 {
            write!(f, ".{:01$}", self.fraction, usize::from(self.digits))?;
        }
        let offset = self.offset.unsigned_abs();
        match self.zone {
            Zone::Letter(letter) => write!(f, "{}", char::from(letter)),
            Zone::Sign(sign) => write!(f, "{}{:02}:{:02}", char::from(sign), offset / 60, offset % 60),
        }
    }
}

impl fmt::Debug for DateTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl PartialEq for DateTime {
    fn eq(&self, other: &Self) -> bool {
        self.instant() == other.instant()
    }
}

impl Eq for DateTime {}

impl Ord for DateTime {
    fn cmp(&self, other: &Self) -> Ordering {
        self.instant().cmp(&other.instant())
    }
}

impl PartialOrd for DateTime {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Hash for DateTime {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.instant().hash(state);
    }
}

impl PartialEq<Timestamp> for DateTime {
    fn eq(&self, other: &Timestamp) -> bool {
        *self == Self::from(*other)
    }
}

impl PartialEq<DateTime> for Timestamp {
    fn eq(&self, other: &DateTime) -> bool {
        *other == *self
    }
}

impl PartialOrd<Timestamp> for DateTime {
    fn partial_cmp(&self, other: &Timestamp) -> Option<Ordering> {
        Some(self.cmp(&Self::from(*other)))
    }
}

impl PartialOrd<DateTime> for Timestamp {
    fn partial_cmp(&self, other: &DateTime) -> Option<Ordering> {
        Some(DateTime::from(*self).cmp(other))
    }
}

impl Serialize for DateTime {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for DateTime {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text;

        impl Visitor<'_> for Text {
            type Value = DateTime;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a date and time of RFC 3339")
            }

            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<DateTime, E> {
                text.parse().map_err(E::custom)
            }
        }

        deserializer.deserialize_str(Text)
    }
}
