//! Turns wire names into Rust names. No other module makes identifiers.
//!
//! Every identifier is valid on its own, whatever the wire name was. Letters of ASCII and the Latin letters with marks stay;
//! others are written as their code points, so that neither Unicode normalisation nor look-alike letters can make two names
//! meet or a lint fire.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt::{self, Write as _};

use heck::{ToKebabCase as _, ToShoutySnakeCase as _, ToSnakeCase as _, ToUpperCamelCase as _};
use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, TokenStreamExt as _};

/// The length that names are cut to. [`Scope`] keeps cut names apart.
const LONGEST: usize = 96;

/// Keywords of every edition, strict and reserved, in the order of the Rust reference.
/// <https://doc.rust-lang.org/reference/keywords.html>
const KEYWORDS: &[&str] = &[
    "as", "async", "await", "break", "const", "continue", "crate", "dyn", "else", "enum", "extern", "false", "fn",
    "for", "gen", "if", "impl", "in", "let", "loop", "match", "mod", "move", "mut", "pub", "ref", "return", "self",
    "Self", "static", "struct", "super", "trait", "true", "type", "unsafe", "use", "where", "while", "abstract",
    "become", "box", "do", "final", "macro", "override", "priv", "try", "typeof", "unsized", "virtual", "yield",
];

/// Names of one word, although a capital within them looks like the start of another.
const ONE_WORD: &[&str] = &[
    "DevOps",
    "ETag",
    "GitHub",
    "GitLab",
    "GraphQL",
    "IoT",
    "JavaScript",
    "MySQL",
    "NoSQL",
    "OAuth",
    "OpenAPI",
    "PostgreSQL",
    "TypeScript",
    "VoIP",
    "iOS",
    "mTLS",
    "macOS",
];

/// Keywords that have no raw form (`r#self` is an error).
const NEVER_RAW: &[&str] = &["crate", "self", "Self", "super", "_"];

/// Names that Windows keeps for devices, as files of any extension, too.
/// <https://learn.microsoft.com/windows/win32/fileio/naming-a-file>
const DEVICES: &[&str] = &[
    "aux", "con", "nul", "prn", "com0", "com1", "com2", "com3", "com4", "com5", "com6", "com7", "com8", "com9", "lpt0",
    "lpt1", "lpt2", "lpt3", "lpt4", "lpt5", "lpt6", "lpt7", "lpt8", "lpt9",
];

/// The kind of thing that an identifier names, which decides its case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Case {
    /// Types and variants: `AccessTypeInfo`.
    Type,
    /// Fields, functions and arguments: `access_type_info`.
    Snake,
    /// Modules, each of which has a file of its name: `access_type_info`.
    Module,
    /// Statics: `ACCESS_TYPE_INFO`.
    Static,
}

/// A valid Rust identifier. Only this module makes one.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Ident(String);

impl Ident {
    /// The identifier without the `r#` that a keyword needs.
    #[must_use]
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// A name that the generator chooses.
    pub(crate) fn chosen(name: &'static str) -> Self {
        Self(name.to_owned())
    }

    /// The name of a module, if it is in snake case and not a keyword.
    pub(crate) fn of_module(name: &str) -> Option<Self> {
        let first = name.starts_with(|first: char| first.is_ascii_lowercase());
        let rest = name.chars().all(|letter| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '_');
        (first && rest && !KEYWORDS.contains(&name)).then(|| Self(name.to_owned()))
    }

    /// The name of the private module for the items whose keys begin with `letters` (lower-case letters and digits of ASCII).
    /// Different letters give different names. Underscores are appended while the name is taken.
    pub(crate) fn of_part(letters: &str, taken: &[&str]) -> Self {
        let mut name = match letters {
            "" => "_other".to_owned(),
            digit if digit.starts_with(|first: char| first.is_ascii_digit()) => format!("_{digit}"),
            word if KEYWORDS.contains(&word) || DEVICES.contains(&word) => format!("{word}_"),
            word => word.to_owned(),
        };
        while taken.contains(&name.as_str()) {
            name.push('_');
        }
        Self(name)
    }

    fn is_raw(&self) -> bool {
        KEYWORDS.contains(&self.0.as_str())
    }
}

impl fmt::Display for Ident {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_raw() {
            f.write_str("r#")?;
        }
        f.write_str(&self.0)
    }
}

impl ToTokens for Ident {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        tokens.append(if self.is_raw() {
            proc_macro2::Ident::new_raw(&self.0, Span::call_site())
        } else {
            proc_macro2::Ident::new(&self.0, Span::call_site())
        });
    }
}

/// The Rust identifier for a wire name alone; [`Scope`] keeps it apart from its neighbours.
pub(crate) fn ident(wire: &str, case: Case) -> Ident {
    let words = || words(&whole_words(wire, case == Case::Type));
    let mut name = match case {
        Case::Type => words().to_upper_camel_case(),
        // Most names of properties, in many documents.
        Case::Snake | Case::Module if wire.len() <= LONGEST && is_snake_case(wire) => wire.to_owned(),
        Case::Snake | Case::Module => words().to_snake_case(),
        Case::Static => words().to_shouty_snake_case(),
    };
    while name.len() > LONGEST {
        name.pop();
    }
    let name = name.trim_end_matches('_');
    let digit_first = name.starts_with(|first: char| first.is_ascii_digit());
    Ident(match case {
        Case::Type if digit_first => format!("N{name}"),
        // An argument without a letter would shadow a static, and clippy warns of it.
        Case::Snake | Case::Module if digit_first && !name.contains(char::is_alphabetic) => format!("n{name}"),
        Case::Snake | Case::Module | Case::Static if digit_first => format!("_{name}"),
        Case::Module if DEVICES.contains(&name) => format!("{name}_"),
        _ if NEVER_RAW.contains(&name) => format!("{name}_"),
        _ => name.to_owned(),
    })
}

/// Whether a wire name is in snake case as it stands.
fn is_snake_case(wire: &str) -> bool {
    let is_word = |word: &[u8]| !word.is_empty() && word.iter().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9'));
    wire.as_bytes().split(|byte| *byte == b'_').all(is_word)
}

/// The name of a subcommand or an option for a wire name: `user-ids`. It is empty if nothing of the wire name can be typed.
pub(crate) fn kebab(wire: &str) -> String {
    whole_words(wire, false).to_kebab_case()
}

/// A wire name whose words `heck` finds: `OAuth` is one word, and so are `IDs` and `IPv4`. Types keep the capitals of names.
fn whole_words(wire: &str, is_type: bool) -> Cow<'_, str> {
    if !wire.bytes().any(|byte| byte.is_ascii_uppercase()) {
        return Cow::Borrowed(wire);
    }
    let mut out = String::with_capacity(wire.len() + 4);
    let mut rest = wire;
    let mut before = ' ';
    while let Some(first) = rest.chars().next() {
        let found = one_word(rest, before, is_type).or_else(|| acronym(rest, before));
        let length = found.as_ref().map_or(first.len_utf8(), |(length, _)| *length);
        let (taken, after) = rest.split_at(length);
        match found {
            Some((_, word)) => out.push_str(&word),
            None => out.push_str(taken),
        }
        before = taken.chars().last().unwrap_or(first);
        rest = after;
    }
    Cow::Owned(out)
}

/// Whether a text does not go on with a small letter.
fn ends_word(after: &str) -> bool {
    !after.starts_with(|next: char| next.is_lowercase())
}

/// One of the names of one word at the start of a text: its length there, and it without capitals inside.
fn one_word(text: &str, before: char, is_type: bool) -> Option<(usize, String)> {
    let name = ONE_WORD.iter().find(|name| text.starts_with(**name))?;
    let is_capital = name.starts_with(|first: char| first.is_ascii_uppercase());
    let is_start = if is_capital { !before.is_uppercase() } else { !before.is_alphanumeric() };
    let after = text.get(name.len()..)?;
    if !is_start || !ends_word(after.strip_prefix('s').unwrap_or(after)) || (is_capital && is_type) {
        return None;
    }
    Some((name.len(), capitalized(name)))
}

/// An acronym in the plural (`IDs`) or with a version (`IPv4`, `TLSv1`) at the start of a text.
fn acronym(text: &str, before: char) -> Option<(usize, String)> {
    let length = text.bytes().take_while(u8::is_ascii_uppercase).count();
    if length < 2 || before.is_uppercase() {
        return None;
    }
    let (letters, after) = text.split_at(length);
    if let Some(next) = after.strip_prefix('s').filter(|next| ends_word(next)) {
        return Some((text.len() - next.len(), format!("{}s", capitalized(letters))));
    }
    let version = after.strip_prefix('v')?;
    let is_version = version.starts_with(|next: char| next.is_ascii_digit());
    // `Ipv4` is the name in Rust.
    let separator = if letters == "IP" { "v" } else { " v" };
    is_version.then(|| (length + 1, capitalized(letters) + separator))
}

fn capitalized(name: &str) -> String {
    let lower = name.to_ascii_lowercase();
    let mut letters = lower.chars();
    letters.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(letters).collect()
}

/// Words that `heck` can split: ASCII letters and digits, with everything else as a separator, the name of a symbol or a
/// code point.
fn words(wire: &str) -> String {
    let mut out = String::with_capacity(wire.len().min(LONGEST));
    let spelled = !wire.chars().any(char::is_alphanumeric);
    for (index, character) in wire.chars().enumerate().take(LONGEST) {
        let sign =
            index == 0 && matches!(character, '+' | '-') && wire[1..].starts_with(|next: char| next.is_ascii_digit());
        match character {
            'a'..='z' | 'A'..='Z' | '0'..='9' => out.push(character),
            _ if is_latin(character) => out.push(character),
            _ if spelled || sign => {
                out.push(' ');
                out.push_str(symbol(character).unwrap_or_default());
                out.push(' ');
            }
            _ if character.is_alphanumeric() => {
                let code = u32::from(character);
                let _ = write!(out, " u{code:04x} ");
            }
            _ => out.push(' '),
        }
    }
    if out.trim().is_empty() {
        out = if wire.is_empty() { "empty".to_owned() } else { "unnamed".to_owned() };
    }
    out
}

/// Whether a character is a Latin letter that Rust takes without a lint: one of Latin-1 or Latin Extended-A that no other
/// letters stand for.
fn is_latin(character: char) -> bool {
    let is_compatible = matches!(character, 'Ĳ' | 'ĳ' | 'Ŀ' | 'ŀ' | 'ŉ' | 'ſ' | 'ı');
    matches!(character, '\u{C0}'..='\u{17F}') && character.is_alphabetic() && !is_compatible
}

/// A wire name with code points for letters outside ASCII, for names of files.
pub(crate) fn ascii(wire: &str) -> String {
    let mut out = String::with_capacity(wire.len());
    for character in wire.chars() {
        if is_latin(character) {
            let _ = write!(out, " u{:04x} ", u32::from(character));
        } else {
            out.push(character);
        }
    }
    out
}

/// A wire name with its signs spelled out, where it has some: `-name` is an order in APIs (`name desc`), `A+` is `A plus`.
pub(crate) fn with_signs(wire: &str) -> Option<String> {
    for (sign, order) in [('-', "desc"), ('+', "asc")] {
        if let Some(rest) = wire.strip_prefix(sign).filter(|rest| rest.starts_with(char::is_alphabetic)) {
            return Some(format!("{} {order}", with_signs(rest).unwrap_or_else(|| rest.to_owned())));
        }
    }
    let mut spelled = String::new();
    let mut has_sign = false;
    for (index, character) in wire.char_indices() {
        let is_inner = |index: usize| wire.get(index..).is_some_and(|rest| rest.contains(char::is_alphanumeric));
        // Within a name these are no more than separators.
        let is_separator = matches!(character, '_' | ' ')
            || (matches!(character, '-' | '.' | ':' | '/') && is_inner(index) && index > 0);
        match symbol(character).filter(|_| !is_separator) {
            Some(name) => {
                has_sign = true;
                spelled.push(' ');
                spelled.push_str(name);
                spelled.push(' ');
            }
            None => spelled.push(character),
        }
    }
    has_sign.then_some(spelled)
}

/// The name of an ASCII symbol, as Unicode has it, shortened.
fn symbol(character: char) -> Option<&'static str> {
    Some(match character {
        '+' => "plus",
        '-' => "minus",
        '*' => "star",
        '/' => "slash",
        '\\' => "backslash",
        '<' => "less",
        '>' => "greater",
        '=' => "equals",
        '!' => "not",
        '?' => "question",
        '@' => "at",
        '#' => "hash",
        '$' => "dollar",
        '%' => "percent",
        '&' => "and",
        '|' => "or",
        '^' => "caret",
        '~' => "tilde",
        '.' => "dot",
        ',' => "comma",
        ':' => "colon",
        ';' => "semicolon",
        '_' => "underscore",
        ' ' => "space",
        _ => return None,
    })
}

/// Two wire names that have one Rust name in one scope, and got two.
#[derive(Debug)]
pub(crate) struct Collision<P> {
    /// The place that took the name first; `None` if the generated code itself uses it.
    pub(crate) first: Option<P>,
    /// The name that both would have had.
    pub(crate) wanted: Ident,
}

/// The names of one Rust namespace, each of them unique. The first wire name keeps the plain name.
///
/// `P` is the place that a name came from, to show both places of a collision.
#[derive(Clone)]
pub(crate) struct Scope<P> {
    case: Case,
    taken: HashMap<Ident, Option<P>>,
}

impl<P: Clone> Scope<P> {
    /// An empty scope, in which the generated code itself uses `reserved`.
    pub(crate) fn new(case: Case, reserved: &[&str]) -> Self {
        let taken = reserved.iter().map(|name| (Ident((*name).to_owned()), None)).collect();
        Self { case, taken }
    }

    /// The place that took the name of `wire` before; `None` if no place did, or the generated code uses it.
    pub(crate) fn holder(&self, wire: &str) -> Option<P> {
        self.taken.get(&ident(wire, self.case)).cloned().flatten()
    }

    /// Whether neither a place nor the generated code has the name of `wire`.
    pub(crate) fn is_free(&self, wire: &str) -> bool {
        !self.taken.contains_key(&ident(wire, self.case))
    }

    /// Gives back the name of `wire`, for others to take.
    pub(crate) fn free(&mut self, wire: &str) {
        self.taken.remove(&ident(wire, self.case));
    }

    /// Takes a name for `wire`. If it is taken already, `_2`, `_3`, … (in types `2`, `3`, …) is appended.
    pub(crate) fn claim(&mut self, wire: &str, place: P) -> (Ident, Option<Collision<P>>) {
        let wanted = ident(wire, self.case);
        let Some(first) = self.taken.get(&wanted).cloned() else {
            self.taken.insert(wanted.clone(), Some(place));
            return (wanted, None);
        };
        let stem = wanted.0.trim_end_matches('_');
        let mut number = 2_u32;
        let given = loop {
            let candidate = Ident(match self.case {
                Case::Type => format!("{stem}{number}"),
                Case::Snake | Case::Module | Case::Static => format!("{stem}_{number}"),
            });
            if !self.taken.contains_key(&candidate) {
                break candidate;
            }
            number += 1;
        };
        self.taken.insert(given.clone(), Some(place));
        (given, Some(Collision { first, wanted }))
    }
}

#[cfg(test)]
mod tests;
