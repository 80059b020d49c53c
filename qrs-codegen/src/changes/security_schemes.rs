//! Changes of security schemes: methods of `ClientBuilder` and the credentials that they take.

use super::fit::Fit;
use super::{ChangeKind, Difference, Effect, Wire, documentation};
use crate::model::{Api, Carrier, Scheme, SchemeValue};

pub(super) fn compare(old: &Api, new: &Api, found: &mut Vec<Difference>) {
    for scheme in &new.schemes {
        match counterpart(scheme, new, old) {
            Some(before) => pair(before, scheme, found),
            None => found.push(added(scheme)),
        }
    }
    let gone = old.schemes.iter().filter(|scheme| counterpart(scheme, old, new).is_none());
    found.extend(gone.map(removed));
}

/// The scheme of the other revision: the one of the same name, or else the only one that is sent in the same place and
/// whose name is new or gone.
pub(super) fn counterpart<'a>(scheme: &Scheme, own: &Api, other: &'a Api) -> Option<&'a Scheme> {
    fn named<'a>(api: &'a Api, wire: &str) -> Option<&'a Scheme> {
        api.schemes.iter().find(|scheme| scheme.name.wire == wire)
    }
    let is_alike = |one: &Scheme, other: &Scheme| one.carrier == other.carrier && one.value == other.value;
    named(other, &scheme.name.wire).or_else(|| {
        let alone = |api: &'a Api, others: &Api| -> Vec<&'a Scheme> {
            let unpaired = |it: &&Scheme| is_alike(scheme, it) && named(others, &it.name.wire).is_none();
            api.schemes.iter().filter(unpaired).collect()
        };
        let is_alone = own.schemes.iter().filter(|it| is_alike(scheme, it) && named(other, &it.name.wire).is_none());
        match alone(other, own)[..] {
            [only] if is_alone.count() == 1 => Some(only),
            _ => None,
        }
    })
}

fn subject(scheme: &Scheme) -> String {
    format!("the security scheme {}", scheme.name.wire)
}

/// Whether callers give the credential. The client generates the others.
pub(super) fn is_given(scheme: &Scheme) -> bool {
    !matches!(scheme.value, SchemeValue::Generated { .. })
}

fn added(scheme: &Scheme) -> Difference {
    let new =
        |detail: String| Difference::new(ChangeKind::SecuritySchemeAdded, subject(scheme), detail).in_new(&scheme.at);
    if is_given(scheme) {
        new(format!("is new, as `ClientBuilder::{}`", scheme.name.ident)).adds()
    } else {
        new("is new; the client generates its value".to_owned())
    }
}

fn removed(scheme: &Scheme) -> Difference {
    let gone =
        |detail: String| Difference::new(ChangeKind::SecuritySchemeRemoved, subject(scheme), detail).in_old(&scheme.at);
    if is_given(scheme) {
        let detail = format!("is gone, and `ClientBuilder::{}` with it", scheme.name.ident);
        gone(detail).breaks("Use another way to authenticate.")
    } else {
        gone("is gone".to_owned())
    }
}

fn pair(old: &Scheme, new: &Scheme, found: &mut Vec<Difference>) {
    let changed = |kind, detail: String| Difference::new(kind, subject(new), detail).between(&old.at, &new.at);
    if old.carrier != new.carrier {
        let detail = format!("was sent in {} and is sent in {}", carrier(&old.carrier), carrier(&new.carrier));
        let wire = Wire::of(Fit::Never, Fit::Never);
        found.push(changed(ChangeKind::SecuritySchemeMoved, detail).on_wire(wire));
    }
    if old.value != new.value {
        found.push(value_changed(old, new));
    }
    if is_given(old) && is_given(new) && old.name.ident != new.name.ident {
        let (was, is) = (&old.name.ident, &new.name.ident);
        let detail = format!("was `ClientBuilder::{was}` and is `ClientBuilder::{is}`");
        let renamed = changed(ChangeKind::SecuritySchemeRenamed, detail);
        found.push(renamed.breaks(format!("Write `{is}` for `{was}`.")));
    }
    found.extend(documentation(subject(new), (&old.doc, &old.at), (&new.doc, &new.at)));
}

fn value_changed(old: &Scheme, new: &Scheme) -> Difference {
    let detail = "takes its value in another form";
    let changed = Difference::new(ChangeKind::SecuritySchemeValueChanged, subject(new), detail);
    let changed = changed.between(&old.at, &new.at);
    let advice = if is_given(new) {
        format!("Give `ClientBuilder::{}` the value in its new form.", new.name.ident)
    } else {
        "Do not give it: the client generates it.".to_owned()
    };
    let rust = match (is_given(old), is_given(new)) {
        (true, _) => Effect::Breaks,
        (false, true) => Effect::Adds,
        (false, false) => Effect::None,
    };
    let changed = match rust {
        Effect::Breaks => changed.breaks(advice),
        Effect::Adds => changed.adds().advising(advice),
        Effect::None | Effect::Warns => changed,
    };
    // A call without a credential that the client no longer generates is an error before anything is sent.
    let new_client = if is_given(old) || !is_given(new) { Fit::Sometimes } else { Fit::Never };
    changed.on_wire(Wire::of(Fit::Sometimes, new_client))
}

fn carrier(carrier: &Carrier) -> String {
    match carrier {
        Carrier::Header(name) => format!("the header `{name}`"),
        Carrier::Query(name) => format!("the query parameter `{name}`"),
        Carrier::Cookie(name) => format!("the cookie `{name}`"),
        Carrier::Certificate => "the TLS handshake".to_owned(),
    }
}
