// One file, longer than others: its types and the text that they become are read together.

//! Builds filters for the `filter` parameter of the list calls.
//!
//! A filter compares properties with values, and joins the comparisons by `and` and `or`. This module writes the text
//! that the repository reads: it quotes and escapes values by their type, and adds parentheses wherever `and` meets `or`.
//!
//! ```
//! use jiff::{SignedDuration, Timestamp};
//! use qrs_generated::property;
//!
//! let today: Timestamp = "2022-09-26T06:47:08.584Z".parse()?;
//! let inactive = property!("user.userDirectory").eq("CORP")
//!     .and(property!("lastUsed").lt(today - SignedDuration::from_hours(30 * 24)));
//! assert_eq!(
//!     inactive.as_str(),
//!     "user.userDirectory eq 'CORP' and lastUsed lt '2022-08-27T06:47:08.584Z'",
//! );
//! # Ok::<(), jiff::Error>(())
//! ```
//!
//! A [`Filter`] is passed to a request as it is, like a string that was written by hand:
//!
//! ```no_run
//! # async fn list(client: qrs_generated::Client) -> Result<(), Box<dyn std::error::Error>> {
//! use qrs_generated::property;
//!
//! let of_corp = property!("user.userDirectory").eq("CORP");
//! let held = client.get_professional_access_types().filter(of_corp).send().await?;
//! # drop(held);
//! # Ok(())
//! # }
//! ```
//!
//! # Values
//!
//! | Rust | written as | compared by |
//! |---|---|---|
//! | [`str`], [`String`], [`Cow<str>`](Cow) | `'O\'Neil'` | `eq` `ne` `sw` `ew` `so` |
//! | [`Uuid`] | `6dc6ea4b-0000-4000-8000-00000000000a` | `eq` `ne` |
//! | [`bool`] | `True`, `False` | `eq` `ne` |
//! | integers | `-7` | `eq` `ne` `gt` `ge` `lt` `le` |
//! | [`Decimal`], for an [`f64`] | `0.25` | `eq` `ne` `gt` `ge` `lt` `le` |
//! | [`Timestamp`], [`DateTime`] | `'2022-08-27T06:47:08.584Z'` | `eq` `ne` `gt` `ge` `lt` `le` |
//!
//! References to these are values too. An operator that a type does not take does not compile:
//!
//! ```compile_fail
//! # use qrs_generated::property;
//! let _ = property!("user.userId").gt("a"); // strings have no order
//! ```
//! ```compile_fail
//! # use qrs_generated::property;
//! let _ = property!("tokensUsed").sw(4); // numbers have no beginning
//! ```
//!
//! The repository expects a value of the property's own type, which this module cannot know. For example, it responds with
//! 400 if a GUID is compared with a quoted string: if yours is a string, parse it to a [`Uuid`] first.
//!
//! # Long filters
//!
//! A filter is percent-encoded in the URL of a request, and the repository or a proxy before it refuses URLs of more
//! than a few kilobytes. A comparison with a GUID takes about 60 bytes. This module does not limit the length:
//! split a long list of values over several requests, or list all rows and choose among them.
//!
//! ```
//! # use qrs_generated::{filter::{Filter, FilterError}, property};
//! # let ids = vec![uuid::Uuid::nil(); 120];
//! let part = |ids: &[uuid::Uuid]| property!("user.id").one_of(ids);
//! let parts = ids.chunks(50).map(part).collect::<Result<Vec<Filter>, FilterError>>()?;
//! assert_eq!(parts.len(), 3);
//! # Ok::<(), FilterError>(())
//! ```
//!
//! # Not supported
//!
//! The language has no `not`; negate the comparisons (`ne`, [`Property::none_of`]). There is no empty filter: to ask for
//! all rows, send no filter. A list that happens to be empty must not ask for all rows, so [`any`], [`all`],
//! [`Property::one_of`] and [`Property::none_of`] refuse it.

use std::borrow::Cow;
use std::error::Error;
use std::fmt::{self, Write};

use jiff::Timestamp;
use uuid::Uuid;

use crate::DateTime;

/// Creates a [`Property`] from a constant name. A name that is not valid does not compile.
///
/// ```
/// use qrs_generated::{filter::Property, property};
///
/// const LAST_USED: Property = property!("lastUsed");
/// assert_eq!(LAST_USED.name(), "lastUsed");
/// ```
/// ```compile_fail
/// # use qrs_generated::property;
/// let last_used = property!("last used");
/// ```
///
/// For a name that is known only at run time, see [`Property::new`].
#[macro_export]
macro_rules! property {
    ($name:expr $(,)?) => {{
        // An item, unlike a `const` block, is evaluated by `cargo check` too.
        const __PROPERTY: $crate::filter::Property<'static> = match $crate::filter::Property::checked($name) {
            ::core::option::Option::Some(property) => property,
            ::core::option::Option::None => ::core::panic!(
                "a property name is made of ASCII letters, digits and `_`, in parts joined by `.`; \
                 no part starts with a digit"
            ),
        };
        __PROPERTY
    }};
}

/// The name of a property that a filter compares, such as `quarantined` or `user.userDirectory`.
///
/// A name consists of ASCII letters, digits and `_`, in parts joined by `.`, and no part starts with a digit. So a name
/// of any origin cannot add conditions to a filter. Only the repository knows whether rows have such a property: it
/// responds with 400 if they do not.
///
/// [`property!`](crate::property!) creates one from a literal or a constant, [`Property::new`] from other text.
#[derive(Clone, Copy, Debug, Hash)]
#[must_use]
pub struct Property<'a>(&'a str);

/// The directory of a user. Another module of this crate cannot use `property!`, which is declared by a macro.
pub(crate) const USER_DIRECTORY: Property<'static> = property!("userDirectory");

/// The name of a user in the directory.
pub(crate) const USER_ID: Property<'static> = property!("userId");

impl<'a> Property<'a> {
    /// Creates a property whose name is known only at run time.
    ///
    /// ```
    /// use qrs_generated::filter::{FilterErrorKind, Property};
    ///
    /// let column = String::from("user.userId");
    /// assert_eq!(Property::new(&column)?.eq("ada").as_str(), "user.userId eq 'ada'");
    ///
    /// let error = Property::new("userId eq 'ada' or userId").unwrap_err();
    /// assert_eq!(error.kind(), FilterErrorKind::InvalidProperty);
    /// # Ok::<(), qrs_generated::filter::FilterError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`FilterErrorKind::InvalidProperty`] if the name is not valid.
    pub fn new(name: &'a str) -> Result<Self, FilterError> {
        Self::checked(name).ok_or_else(|| FilterError::invalid_property(name))
    }

    /// Like [`Property::new`], for constants. `None` if the name is not valid.
    #[must_use]
    pub const fn checked(name: &'a str) -> Option<Self> {
        let bytes = name.as_bytes();
        let mut starts_part = true;
        let mut at = 0;
        while at < bytes.len() {
            starts_part = match bytes[at] {
                b'a'..=b'z' | b'A'..=b'Z' | b'_' => false,
                b'0'..=b'9' if !starts_part => false,
                b'.' if !starts_part => true,
                _ => return None,
            };
            at += 1;
        }
        // Still so at the end when the name is empty or ends with a dot.
        if starts_part { None } else { Some(Self(name)) }
    }

    /// The name.
    #[must_use]
    pub const fn name(self) -> &'a str {
        self.0
    }

    /// Creates a filter for rows whose property equals the value.
    pub fn eq(self, value: impl Value) -> Filter {
        self.compare("eq", &value)
    }

    /// Creates a filter for rows whose property differs from the value.
    pub fn ne(self, value: impl Value) -> Filter {
        self.compare("ne", &value)
    }

    /// Creates a filter for rows whose property is greater than the value, or later.
    pub fn gt(self, value: impl Ordered) -> Filter {
        self.compare("gt", &value)
    }

    /// Creates a filter for rows whose property is greater than the value, or later, or equals it.
    pub fn ge(self, value: impl Ordered) -> Filter {
        self.compare("ge", &value)
    }

    /// Creates a filter for rows whose property is less than the value, or earlier.
    pub fn lt(self, value: impl Ordered) -> Filter {
        self.compare("lt", &value)
    }

    /// Creates a filter for rows whose property is less than the value, or earlier, or equals it.
    pub fn le(self, value: impl Ordered) -> Filter {
        self.compare("le", &value)
    }

    /// Creates a filter for rows whose property starts with the string.
    #[doc(alias = "starts_with")]
    pub fn sw(self, value: impl Text) -> Filter {
        self.compare("sw", &value)
    }

    /// Creates a filter for rows whose property ends with the string.
    #[doc(alias = "ends_with")]
    pub fn ew(self, value: impl Text) -> Filter {
        self.compare("ew", &value)
    }

    /// Creates a filter for rows whose property contains the string ("substring of").
    #[doc(alias = "contains")]
    pub fn so(self, value: impl Text) -> Filter {
        self.compare("so", &value)
    }

    /// Creates a filter for rows whose property equals one of the values.
    /// See [Long filters](self#long-filters) when there are many.
    ///
    /// ```
    /// # use qrs_generated::property;
    /// let some = property!("user.userId").one_of(["ada", "bob"])?;
    /// assert_eq!(some.as_str(), "user.userId eq 'ada' or user.userId eq 'bob'");
    /// # Ok::<(), qrs_generated::filter::FilterError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`FilterErrorKind::EmptyList`] when there are no values.
    pub fn one_of<V: Value>(self, values: impl IntoIterator<Item = V>) -> Result<Filter, FilterError> {
        self.compare_each("eq", values, Joint::Or)
    }

    /// Creates a filter for rows whose property differs from all the values.
    /// See [Long filters](self#long-filters) when there are many.
    ///
    /// ```
    /// # use qrs_generated::property;
    /// let others = property!("user.userId").none_of(["ada", "bob"])?;
    /// assert_eq!(others.as_str(), "user.userId ne 'ada' and user.userId ne 'bob'");
    /// # Ok::<(), qrs_generated::filter::FilterError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`FilterErrorKind::EmptyList`] when there are no values.
    pub fn none_of<V: Value>(self, values: impl IntoIterator<Item = V>) -> Result<Filter, FilterError> {
        self.compare_each("ne", values, Joint::And)
    }

    fn compare(self, operator: &str, value: &impl Value) -> Filter {
        let mut text = String::with_capacity(self.0.len() + 48);
        text.push_str(self.0);
        text.push(' ');
        text.push_str(operator);
        text.push(' ');
        value.write_literal(&mut text);
        Filter { text, joint: None }
    }

    fn compare_each<V: Value>(
        self,
        operator: &str,
        values: impl IntoIterator<Item = V>,
        joint: Joint,
    ) -> Result<Filter, FilterError> {
        let comparisons = values.into_iter().map(|value| self.compare(operator, &value));
        joined(joint, comparisons).ok_or_else(|| FilterError::empty_list(format!("no values for '{}'", self.0)))
    }
}

impl fmt::Display for Property<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.0)
    }
}

/// An expression of the filter language: one comparison, or several joined by `and` and `or`.
///
/// It converts to the [`String`] that every `filter` parameter takes. Strings do not convert to a filter, so that a
/// filter is always complete and safe to join with others.
#[derive(Clone, PartialEq, Eq, Hash)]
#[must_use = "a filter does nothing until it is passed to a request"]
pub struct Filter {
    text: String,
    /// The word that joins the outermost parts of the text; none for a single comparison.
    joint: Option<Joint>,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Joint {
    And,
    Or,
}

impl Filter {
    /// Joins two filters: rows have to pass both.
    ///
    /// ```
    /// # use qrs_generated::property;
    /// let ours = property!("user.userDirectory").eq("CORP").or(property!("user.userDirectory").eq("EAST"));
    /// let ours_in_use = ours.and(property!("quarantined").eq(false));
    /// assert_eq!(
    ///     ours_in_use.as_str(),
    ///     "(user.userDirectory eq 'CORP' or user.userDirectory eq 'EAST') and quarantined eq False",
    /// );
    /// ```
    pub fn and(self, other: Self) -> Self {
        self.join(Joint::And, other)
    }

    /// Joins two filters: rows have to pass one or the other, or both.
    pub fn or(self, other: Self) -> Self {
        self.join(Joint::Or, other)
    }

    /// The text that the repository reads, not percent-encoded.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Appends in place, so that joining many filters one after the other takes linear time.
    fn join(mut self, joint: Joint, other: Self) -> Self {
        self.enclose_unless(joint);
        self.text.push_str(match joint {
            Joint::And => " and ",
            Joint::Or => " or ",
        });
        let Self { text, joint: inner } = other;
        if binds(inner, joint) {
            self.text.push_str(&text);
        } else {
            self.text.push('(');
            self.text.push_str(&text);
            self.text.push(')');
        }
        self.joint = Some(joint);
        self
    }

    fn enclose_unless(&mut self, joint: Joint) {
        if !binds(self.joint, joint) {
            self.text.insert(0, '(');
            self.text.push(')');
        }
    }
}

/// Whether parts joined by `inner` may stand between parts joined by `outer` without parentheses.
///
/// `and` within `or` could, since `and` binds tighter; it gets parentheses all the same, so that neither a reader nor
/// a version of the repository has to know.
fn binds(inner: Option<Joint>, outer: Joint) -> bool {
    inner.is_none_or(|inner| inner == outer)
}

fn joined(joint: Joint, filters: impl IntoIterator<Item = Filter>) -> Option<Filter> {
    filters.into_iter().reduce(|joined, filter| joined.join(joint, filter))
}

/// Joins filters: rows have to pass at least one. See [Long filters](self#long-filters) when there are many.
///
/// ```
/// # use qrs_generated::{filter::{FilterErrorKind, any}, property};
/// let found = any(["ada", "bob"].map(|part| property!("user.name").so(part)))?;
/// assert_eq!(found.as_str(), "user.name so 'ada' or user.name so 'bob'");
///
/// assert_eq!(any([]).unwrap_err().kind(), FilterErrorKind::EmptyList);
/// # Ok::<(), qrs_generated::filter::FilterError>(())
/// ```
///
/// # Errors
///
/// [`FilterErrorKind::EmptyList`] when there are no filters.
pub fn any(filters: impl IntoIterator<Item = Filter>) -> Result<Filter, FilterError> {
    joined(Joint::Or, filters).ok_or_else(|| FilterError::empty_list("no filters to choose from".to_owned()))
}

/// Joins filters: rows have to pass all of them. See [Long filters](self#long-filters) when there are many.
///
/// # Errors
///
/// [`FilterErrorKind::EmptyList`] when there are no filters: to ask for all rows, send none.
pub fn all(filters: impl IntoIterator<Item = Filter>) -> Result<Filter, FilterError> {
    joined(Joint::And, filters).ok_or_else(|| FilterError::empty_list("no filters to join".to_owned()))
}

impl fmt::Display for Filter {
    /// The text that the repository reads, not percent-encoded.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.text)
    }
}

impl fmt::Debug for Filter {
    /// The expression as it is, except that control characters are escaped: a log keeps its lines.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Filter(")?;
        for character in self.text.chars() {
            if character.is_control() {
                write!(f, "{}", character.escape_debug())?;
            } else {
                f.write_char(character)?;
            }
        }
        f.write_str(")")
    }
}

impl AsRef<str> for Filter {
    fn as_ref(&self) -> &str {
        &self.text
    }
}

impl From<Filter> for String {
    fn from(filter: Filter) -> Self {
        filter.text
    }
}

impl From<&Filter> for String {
    fn from(filter: &Filter) -> Self {
        filter.text.clone()
    }
}

mod sealed {
    /// Values are written by this module alone: no other type can bring its own text into a filter.
    pub trait Literal {
        /// Appends the value as the filter language writes it.
        fn write_literal(&self, text: &mut String);
    }
}

/// A value that a property is compared with: see [Values](self#values). Other crates cannot implement it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no value that a filter can hold",
    label = "not a filter value",
    note = "values are strings, `Uuid`, `bool`, integers, `DateTime`, `jiff::Timestamp`, and `filter::Decimal` for an `f64`"
)]
pub trait Value: sealed::Literal {}

/// A [`Value`] that has an order: a number or a date. Other crates cannot implement it.
#[diagnostic::on_unimplemented(
    message = "the filter language has no order for `{Self}`",
    label = "not a number or a date",
    note = "`gt`, `ge`, `lt` and `le` take integers, `DateTime`, `jiff::Timestamp`, and `filter::Decimal` for an `f64`"
)]
pub trait Ordered: Value {}

/// A [`Value`] that is a string. Other crates cannot implement it.
///
/// Any string is allowed, also an empty one or one with control characters: `\` is written as `\\` and `'` as `\'`,
/// every other character as itself.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no string",
    label = "not a string",
    note = "`sw`, `ew` and `so` compare strings only"
)]
pub trait Text: Value {}

impl<T: sealed::Literal + ?Sized> sealed::Literal for &T {
    fn write_literal(&self, text: &mut String) {
        (**self).write_literal(text);
    }
}

impl<T: Value + ?Sized> Value for &T {}
impl<T: Ordered + ?Sized> Ordered for &T {}
impl<T: Text + ?Sized> Text for &T {}

impl sealed::Literal for str {
    fn write_literal(&self, text: &mut String) {
        text.reserve(self.len() + 2);
        text.push('\'');
        for character in self.chars() {
            if matches!(character, '\\' | '\'') {
                text.push('\\');
            }
            text.push(character);
        }
        text.push('\'');
    }
}

impl Value for str {}
impl Text for str {}

impl sealed::Literal for String {
    fn write_literal(&self, text: &mut String) {
        self.as_str().write_literal(text);
    }
}

impl Value for String {}
impl Text for String {}

impl sealed::Literal for Cow<'_, str> {
    fn write_literal(&self, text: &mut String) {
        (**self).write_literal(text);
    }
}

impl Value for Cow<'_, str> {}
impl Text for Cow<'_, str> {}

impl sealed::Literal for Uuid {
    fn write_literal(&self, text: &mut String) {
        text.push_str(self.hyphenated().encode_lower(&mut Uuid::encode_buffer()));
    }
}

impl Value for Uuid {}

impl sealed::Literal for bool {
    fn write_literal(&self, text: &mut String) {
        text.push_str(if *self { "True" } else { "False" });
    }
}

impl Value for bool {}

macro_rules! integers {
    ($($integer:ty)*) => {$(
        impl sealed::Literal for $integer {
            fn write_literal(&self, text: &mut String) {
                text.push_str(&self.to_string());
            }
        }

        impl Value for $integer {}
        impl Ordered for $integer {}
    )*};
}

integers!(i8 i16 i32 i64 isize u8 u16 u32 u64 usize);

impl sealed::Literal for Timestamp {
    /// In milliseconds, as the repository writes most of its dates, or with the seven digits that are the most it ever
    /// writes. What is finer is cut off, toward the past.
    fn write_literal(&self, text: &mut String) {
        let quoted =
            if self.subsec_nanosecond() % 1_000_000 == 0 { format!("'{self:.3}'") } else { format!("'{self:.7}'") };
        text.push_str(&quoted);
    }
}

/// Written in UTC, to the millisecond, or to 100 nanoseconds where it is finer than a millisecond; what is finer still
/// is cut off, toward the past. The repository knows the years from 1 to 9999, and refuses a date before them with 400.
impl Value for Timestamp {}
impl Ordered for Timestamp {}

impl sealed::Literal for DateTime {
    fn write_literal(&self, text: &mut String) {
        if *self > Timestamp::MAX {
            text.push_str(&format!("'{self}'"));
        } else {
            self.timestamp().write_literal(text);
        }
    }
}

/// Written as a [`Timestamp`] is, or as it was received if it is beyond that range.
impl Value for DateTime {}
impl Ordered for DateTime {}

/// A finite number, with or without a fraction, as a [`Value`].
///
/// It is written with as many digits as distinguish it from every other [`f64`], and never with an exponent.
///
/// ```
/// # use qrs_generated::{filter::{Decimal, FilterErrorKind}, property};
/// let share = property!("share").ge(Decimal::new(0.25)?);
/// assert_eq!(share.as_str(), "share ge 0.25");
///
/// assert_eq!(Decimal::new(f64::NAN).unwrap_err().kind(), FilterErrorKind::NotFinite);
/// # Ok::<(), qrs_generated::filter::FilterError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
#[must_use]
pub struct Decimal(f64);

impl Decimal {
    /// Creates a number that a filter can hold.
    ///
    /// # Errors
    ///
    /// [`FilterErrorKind::NotFinite`] for an infinity or a NaN.
    pub fn new(number: f64) -> Result<Self, FilterError> {
        // Adding zero takes the sign off a negative zero, and leaves every other number as it is.
        if number.is_finite() { Ok(Self(number + 0.0)) } else { Err(FilterError::not_finite(number)) }
    }

    /// The number.
    #[must_use]
    pub const fn get(self) -> f64 {
        self.0
    }
}

impl TryFrom<f64> for Decimal {
    type Error = FilterError;

    fn try_from(number: f64) -> Result<Self, FilterError> {
        Self::new(number)
    }
}

impl sealed::Literal for Decimal {
    fn write_literal(&self, text: &mut String) {
        text.push_str(&self.0.to_string());
    }
}

impl Value for Decimal {}
impl Ordered for Decimal {}

/// The error of a filter, or a part of one, that could not be built.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FilterError {
    kind: FilterErrorKind,
    message: String,
}

/// The kinds of [`FilterError`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum FilterErrorKind {
    /// The name of a property is not valid: see [`Property`].
    InvalidProperty,
    /// A list is empty. The language cannot express it, and only the caller knows whether it means no rows or all
    /// rows.
    EmptyList,
    /// A number was infinite, or not a number.
    NotFinite,
}

impl FilterError {
    /// The kind of the error.
    #[must_use]
    pub const fn kind(&self) -> FilterErrorKind {
        self.kind
    }

    fn invalid_property(name: &str) -> Self {
        /// How much of a name is shown, in characters: it may be anything, of any length.
        const SHOWN: usize = 64;

        let mut shown: String = name.chars().take(SHOWN).flat_map(char::escape_debug).collect();
        if name.chars().nth(SHOWN).is_some() {
            shown.push('…');
        }
        let message = format!(
            "\"{shown}\" is no property name: it takes ASCII letters, digits and '_', in parts joined by '.', and no \
             part starts with a digit"
        );
        Self { kind: FilterErrorKind::InvalidProperty, message }
    }

    fn empty_list(what: String) -> Self {
        let message = what + ", and a filter has no form for an empty list";
        Self { kind: FilterErrorKind::EmptyList, message }
    }

    fn not_finite(number: f64) -> Self {
        Self { kind: FilterErrorKind::NotFinite, message: format!("{number} is no number that a filter can hold") }
    }
}

impl fmt::Display for FilterError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl Error for FilterError {}
