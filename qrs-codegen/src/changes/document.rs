//! Changes of the document's own description, of the crate's name and of its exports.

use super::{ChangeKind, Difference};
use crate::diagnostic::{At, Pointer};
use crate::model::Api;

pub(super) fn compare(old: &Api, new: &Api, found: &mut Vec<Difference>) {
    let info: Pointer = At::ROOT.child("info").pointer();
    let (before, after) = (&old.contract, &new.contract);
    let mut words = Vec::new();
    for (name, was, is) in [
        ("title", &before.title, &after.title),
        ("version", &before.version, &after.version),
        ("OpenAPI version", &before.openapi, &after.openapi),
    ] {
        if was != is {
            words.push(format!("has the {name} `{is}`, not `{was}`"));
        }
    }
    if before.doc != after.doc {
        words.push("has another description".to_owned());
    }
    if !words.is_empty() {
        let changed = Difference::new(ChangeKind::DocumentInfoChanged, "the document", words.join(", and "));
        found.push(changed.between(&info, &info));
    }
    if old.package.name != new.package.name {
        let detail = format!("was `{}` and is `{}`", old.package.name, new.package.name);
        let renamed = Difference::new(ChangeKind::PackageRenamed, "the crate", detail).between(&info, &info);
        found.push(renamed.breaks(format!("Depend on `{}`.", new.package.name)));
    }
    exports(old, new, &info, found);
}

/// Compares the types of the runtime that the crate exports because the document needs them.
fn exports(old: &Api, new: &Api, info: &Pointer, found: &mut Vec<Difference>) {
    let (before, after) = (old.uses.exports(), new.uses.exports());
    let subject = |name: &str| format!("the type {name}");
    found.extend(after.difference(&before).map(|name| {
        let detail = "is exported at the root of the crate now";
        Difference::new(ChangeKind::ExportAdded, subject(name), detail).in_new(info).adds()
    }));
    found.extend(before.difference(&after).map(|name| {
        let detail = "is no longer exported: nothing of the document uses it";
        let removed = Difference::new(ChangeKind::ExportRemoved, subject(name), detail).in_old(info);
        removed.breaks(format!("Do not name `{name}`."))
    }));
}
