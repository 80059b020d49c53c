//! The licence: read, set by serial number or signed key, changed, taken away.

use jiff::SignedDuration;
use serde_json::{Value, json};

use super::Call;
use super::entity::updated;
use crate::contract::is_digits;
use crate::reply::{Refusal, Reply};
use crate::rows::{Row, date, later, text_in};
use crate::seed;
use crate::state::{License, LicenseKind, State};

/// The validity of a signed key that is set on the stand-in.
const YEAR: SignedDuration = SignedDuration::from_hours(365 * 24);

pub(super) fn read(state: &State) -> Value {
    state.license.as_ref().map_or(Value::Null, |license| Value::Object(license.row.clone()))
}

pub(super) fn set(state: &mut State, call: &Call<'_>) -> Result<Reply, Refusal> {
    let now = date(state.now());
    let body = call.body().as_object().cloned().unwrap_or_default();
    let mut license = checked(state, body, call)?;
    for (name, value) in [
        ("id", json!(uuid::Uuid::new_v4())),
        ("createdDate", json!(now)),
        ("modifiedDate", json!(now)),
        ("modifiedByUserName", json!(call.caller.account())),
    ] {
        license.row.insert(name.into(), value);
    }
    let row = license.row.clone();
    state.license = Some(license);
    Ok(Reply::Json(Value::Object(row)))
}

pub(super) fn update(state: &mut State, call: &Call<'_>) -> Result<Reply, Refusal> {
    let old = named(state, call)?.row.clone();
    let license = checked(state, updated(state, &old, call)?, call)?;
    let row = license.row.clone();
    state.license = Some(license);
    Ok(Reply::Json(Value::Object(row)))
}

pub(super) fn delete(state: &mut State, call: &Call<'_>) -> Result<Reply, Refusal> {
    named(state, call)?;
    state.license = None;
    Ok(Reply::Nothing)
}

/// The licence, if the path names it.
fn named<'a>(state: &'a State, call: &Call<'_>) -> Result<&'a License, Refusal> {
    let id = call.id()?;
    state.license.as_ref().filter(|license| crate::rows::has_id(&license.row, id)).ok_or_else(Refusal::not_found)
}

/// A licence of a body: a signed key, or a serial number with its control number.
///
/// Only Qlik can tell whether these are real; their form is all that can be judged here.
fn checked(state: &State, body: Row, call: &Call<'_>) -> Result<License, Refusal> {
    let (serial, key) = (text_in(&body, "serial").to_owned(), text_in(&body, "key").to_owned());
    if !key.is_empty() {
        if key.split('.').count() != 3 {
            return Err(Refusal::bad_request("The license key is not a signed key."));
        }
        let details = key_details(state);
        let fresh = seed::live::license_row(&serial, "", &key, &details);
        return Ok(License { row: merged(fresh, body), kind: LicenseKind::SignedKey, lef: String::new() });
    }
    if serial.is_empty() {
        return Err(Refusal::missing_parameter());
    }
    if !is_digits(&serial, 16) {
        return Err(Refusal::bad_request("The serial number is not valid."));
    }
    let control = call.parameter("control").unwrap_or_default();
    if !is_digits(control, 5) {
        return Err(Refusal::bad_request("The control number is not valid."));
    }
    let lef = match text_in(&body, "lef") {
        "" => seed::live::lef(&serial),
        lef => lef.to_owned(),
    };
    let fresh = seed::live::license_row(&serial, &lef, "", "");
    Ok(License { row: merged(fresh, body), kind: LicenseKind::Serial, lef })
}

fn key_details(state: &State) -> String {
    let day = |moment: jiff::Timestamp| moment.strftime("%F").to_string();
    let now = state.now();
    format!("License type: subscription\r\nValid From: {}\r\nValid To: {}\r\n", day(now), day(later(now, YEAR)))
}

/// The row that a licence starts with, and over it what the body says; what is empty there says nothing.
fn merged(mut row: Row, body: Row) -> Row {
    let says = |value: &Value| !value.is_null() && value.as_str() != Some("");
    row.extend(body.into_iter().filter(|(_, value)| says(value)));
    row
}

pub(super) fn download(state: &State, call: &Call<'_>) -> Result<Reply, Refusal> {
    let license = state.license.as_ref().ok_or_else(Refusal::not_found)?;
    if call.parameter("serial") != Some(text_in(&license.row, "serial")) {
        return Err(Refusal::not_found());
    }
    // The description says JSON; a caller who asks for text gets it.
    if call.accept.contains("text/plain") {
        return Ok(Reply::Text(license.lef.clone()));
    }
    Ok(Reply::Json(json!(license.lef)))
}
