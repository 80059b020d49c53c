//! Changes of response headers. A client reads them if they are there.

use super::OperationPair;
use crate::changes::{ChangeKind, Difference, documentation};
use crate::model::{HeaderField, Operation};

fn fields(operation: &Operation) -> &[HeaderField] {
    operation.headers.as_ref().map_or(&[], |headers| &headers.fields)
}

/// Whether two fields are the same header. Their names are the same in upper and lower case (RFC 9110).
fn same(one: &HeaderField, other: &HeaderField) -> bool {
    one.name.wire.eq_ignore_ascii_case(&other.name.wire)
}

impl OperationPair<'_> {
    pub(super) fn response_headers(self, found: &mut Vec<Difference>) {
        let (before, after) = (fields(self.old), fields(self.new));
        for field in after {
            if let Some(earlier) = before.iter().find(|other| same(other, field)) {
                self.response_header(earlier, field, found);
            } else {
                let detail = format!("is described: `{}`", field.ty.rust_name());
                let kind = ChangeKind::ResponseHeaderAdded;
                found.push(self.difference(kind, self.header_subject(field), detail).adds());
            }
        }
        for gone in before.iter().filter(|field| !after.iter().any(|other| same(other, field))) {
            let kind = ChangeKind::ResponseHeaderRemoved;
            let removed = self.difference(kind, self.header_subject(gone), "is no longer described");
            found.push(removed.breaks("Read it from `Response::headers`."));
        }
    }

    fn header_subject(self, field: &HeaderField) -> String {
        format!("the response header {} of {}", field.name.wire, self.subject())
    }

    fn response_header(self, old: &HeaderField, new: &HeaderField, found: &mut Vec<Difference>) {
        let subject = self.header_subject(new);
        if !self.types.same(&old.ty, &new.ty) {
            let (was, is) = (old.ty.rust_name(), new.ty.rust_name());
            let detail = format!("was `{was}` and is `{is}`");
            let changed = self.difference(ChangeKind::ResponseHeaderTypeChanged, subject.clone(), detail);
            found.push(changed.breaks(format!("Take `{is}` from it.")));
        }
        if old.name.ident != new.name.ident {
            let (was, is) = (&old.name.ident, &new.name.ident);
            let detail = format!("was called `{was}` in Rust and is called `{is}`");
            let renamed = self.difference(ChangeKind::ResponseHeaderRenamed, subject.clone(), detail);
            found.push(renamed.breaks(format!("Write `{is}` for `{was}`.")));
        }
        found.extend(documentation(subject, (&old.doc, &self.old.at), (&new.doc, &self.new.at)));
    }
}
