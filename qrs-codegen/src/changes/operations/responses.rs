//! Changes of responses: successes, errors and the enums that tell them apart by status code.

use std::collections::{BTreeMap, BTreeSet};

use super::OperationPair;
use crate::changes::fit::Fit;
use crate::changes::{ChangeKind, Difference, Wire, Works};
use crate::model::{ALTERNATIVE, Encoding, Operation, ResponseEnum, StatusVariant, Statuses, Streaming, Success, Type};

impl OperationPair<'_> {
    pub(super) fn responses(self, found: &mut Vec<Difference>) {
        found.extend(self.success_type());
        found.extend(self.success_media_types());
        found.extend(self.success_statuses());
        self.streams(found);
        found.extend(self.stream_items());
        found.extend(self.error_type());
        found.extend(self.error_statuses());
        let success = (Some(&self.old.success.ty), Some(&self.new.success.ty));
        let error = (self.old.error.as_ref(), self.new.error.as_ref());
        for (old, new) in [success, error] {
            if let (Some(old), Some(new)) = (enum_by_status(self.old, old), enum_by_status(self.new, new)) {
                self.enums_by_status(old, new, found);
            }
        }
    }

    fn success_subject(self) -> String {
        format!("the success of {}", self.subject())
    }

    /// Whether callers write the same code for the success.
    fn has_same_success(self) -> bool {
        let (old, new) = (&self.old.success, &self.new.success);
        self.types.same(&old.ty, &new.ty) && old.encoding == new.encoding
    }

    fn success_type(self) -> Option<Difference> {
        if self.has_same_success() {
            return None;
        }
        let (old, new) = (&self.old.success, &self.new.success);
        let (was, is) = (old.ty.rust_name(), new.ty.rust_name());
        let wire = match (&old.ty, &new.ty) {
            // A client reads nothing of a success without a type.
            (_, Type::Unit) => Wire::of(of_nothing(old), Fit::Always),
            (Type::Unit, _) => Wire::of(Fit::Always, of_nothing(new)),
            _ => self.success_on_wire(),
        };
        let detail = format!("was `{was}` and is `{is}`");
        let changed = self.difference(ChangeKind::SuccessTypeChanged, self.success_subject(), detail).on_wire(wire);
        Some(if was == is { changed } else { changed.breaks(format!("Take `{is}` from `send`.")) })
    }

    /// Whether each side reads the successes that the other one sends.
    fn success_on_wire(self) -> Wire {
        let (old, new) = (successes(self.old), successes(self.new));
        let received = |old: &SuccessForm<'_>, new: &SuccessForm<'_>| self.types.received(old.ty, new.ty);
        Wire {
            old_client: reads(&old, &new, |read, written| received(read, written).old_client),
            new_client: reads(&new, &old, |read, written| received(written, read).new_client),
        }
    }

    fn success_media_types(self) -> Option<Difference> {
        let (before, after) = (accepted(&self.old.success), accepted(&self.new.success));
        // The change of a type implies its media types.
        if before == after || !self.has_same_success() {
            return None;
        }
        let detail = format!("was accepted as {} and is accepted as {}", listed(&before), listed(&after));
        let changed = self.difference(ChangeKind::SuccessMediaTypesChanged, self.success_subject(), detail);
        Some(changed.on_wire(accepts(&before, &after)))
    }

    fn success_statuses(self) -> Option<Difference> {
        let (before, after) = (statuses(self.old, true), statuses(self.new, true));
        if before == after {
            return None;
        }
        let detail = format!("had the status code {} and has {}", in_words(&before), in_words(&after));
        Some(self.difference(ChangeKind::SuccessStatusesChanged, self.success_subject(), detail))
    }

    /// Compares the functions beside `send` that read a success: piece by piece, or as another media type.
    fn streams(self, found: &mut Vec<Difference>) {
        let (before, after) = (stream_functions(self.old), stream_functions(self.new));
        for (function, media_types) in &after {
            let read_as = format!("by `{function}`, as {}", listed(media_types));
            match before.get(function) {
                None => {
                    let kind = ChangeKind::SuccessStreamAdded;
                    let added = self.difference(kind, self.success_subject(), format!("can be read {read_as}"));
                    found.push(added.adds().on_wire(Wire::of(Fit::Always, Fit::Sometimes)));
                }
                Some(earlier) if earlier != media_types => {
                    let kind = ChangeKind::SuccessStreamChanged;
                    let detail = format!("is read {read_as}, not {}", listed(earlier));
                    let changed = self.difference(kind, self.success_subject(), detail);
                    found.push(changed.on_wire(accepts(earlier, media_types)));
                }
                Some(_) => {}
            }
        }
        for (function, media_types) in before.iter().filter(|(function, _)| !after.contains_key(*function)) {
            let detail = format!("can no longer be read by `{function}`, as {}", listed(media_types));
            let removed = self.difference(ChangeKind::SuccessStreamRemoved, self.success_subject(), detail);
            let removed = removed.breaks(format!("Use `send` instead of `{function}`."));
            found.push(removed.on_wire(Wire::of(Fit::Sometimes, Fit::Always)));
        }
    }

    /// Compares the types of the items of a stream that both revisions have.
    fn stream_items(self) -> Option<Difference> {
        let (old, new) = self.old.streaming.as_ref().zip(self.new.streaming.as_ref())?;
        let item = |streaming: &Streaming| streaming.item.as_ref().map(|(ty, _)| ty.clone());
        let (before, after) = (item(old), item(new));
        let is_same = match (&before, &after) {
            (Some(before), Some(after)) => self.types.same(before, after),
            (before, after) => before.is_none() && after.is_none(),
        };
        if old.kind != new.kind || is_same {
            return None;
        }
        let name = |ty: &Option<Type>| {
            ty.as_ref().map_or_else(|| "any value".to_owned(), |ty| format!("`{}`", ty.rust_name()))
        };
        let detail = format!("has items of another type: they were {} and are {}", name(&before), name(&after));
        let wire = match (&before, &after) {
            (Some(before), Some(after)) => self.types.received(before, after),
            _ => Wire::of(Fit::Sometimes, Fit::Sometimes),
        };
        let changed = self.difference(ChangeKind::SuccessStreamChanged, self.success_subject(), detail);
        Some(changed.breaks(format!("Take {} from `{}`.", name(&after), new.function())).on_wire(wire))
    }

    fn error_subject(self) -> String {
        format!("the errors of {}", self.subject())
    }

    /// Compares the types of errors. An error whose body does not decode reaches the caller without it.
    fn error_type(self) -> Option<Difference> {
        let same = match (&self.old.error, &self.new.error) {
            (None, None) => true,
            (Some(old), Some(new)) => self.types.same(old, new),
            _ => false,
        };
        if same {
            return None;
        }
        let name = |ty: &Option<Type>| ty.as_ref().map_or_else(|| "()".to_owned(), Type::rust_name);
        let (was, is) = (name(&self.old.error), name(&self.new.error));
        let detail = format!("were `Error<{was}>` and are `Error<{is}>`");
        let changed = self.difference(ChangeKind::ErrorTypeChanged, self.error_subject(), detail);
        let changed = changed.breaks(format!("Take `Error<{is}>` for `Error<{was}>`."));
        // Two enums are compared by their variants.
        let (old, new) = (error_enum(self.old), error_enum(self.new));
        Some(if old.is_some() && new.is_some() { changed } else { changed.on_wire(self.errors_on_wire()) })
    }

    /// Whether each side reads the bodies of the errors whose status codes both revisions describe.
    fn errors_on_wire(self) -> Wire {
        let (old, new) = (errors(self.old), errors(self.new));
        let verdicts: Vec<Wire> = old
            .iter()
            .filter_map(|(status, ty)| {
                let (_, other) = new.iter().find(|(other, _)| other == status)?;
                Some(self.body_on_wire(ty, other))
            })
            .collect();
        Wire {
            old_client: overall(verdicts.iter().map(|wire| wire.old_client)),
            new_client: overall(verdicts.iter().map(|wire| wire.new_client)),
        }
    }

    /// Whether each side reads a body of the response of one status code. One without a type may be empty, and a client
    /// reads nothing of it.
    fn body_on_wire(self, old: &Type, new: &Type) -> Wire {
        match (old, new) {
            (Type::Unit, Type::Unit) => Wire::SAME,
            (_, Type::Unit) => Wire::of(Fit::Sometimes, Fit::Always),
            (Type::Unit, _) => Wire::of(Fit::Always, Fit::Sometimes),
            _ => self.types.received(old, new),
        }
    }

    fn error_statuses(self) -> Option<Difference> {
        let (before, after) = (statuses(self.old, false), statuses(self.new, false));
        if before == after {
            return None;
        }
        let (was, is) = (in_words(&before), in_words(&after));
        let detail = format!("were described for {was} and are described for {is}");
        Some(self.difference(ChangeKind::ErrorStatusesChanged, self.error_subject(), detail))
    }

    fn enums_by_status(self, old: &ResponseEnum, new: &ResponseEnum, found: &mut Vec<Difference>) {
        let subject = format!("`{}` of {}", new.ident, self.subject());
        let difference = |kind, detail: String| self.difference(kind, subject.clone(), detail);
        for variant in &new.variants {
            let Some(before) = variant_for(old, variant) else {
                // Code that matches on the enum has an arm for variants that it does not know.
                let detail = format!("has a new variant: `{}`", variant.ident);
                found.push(difference(ChangeKind::ResponseVariantAdded, detail).adds());
                continue;
            };
            if self.types.same(&before.ty, &variant.ty) && before.encoding == variant.encoding {
                continue;
            }
            let (was, is) = (before.ty.rust_name(), variant.ty.rust_name());
            let detail = format!("had `{was}` in `{}` and has `{is}`", variant.ident);
            let changed = difference(ChangeKind::ResponseVariantTypeChanged, detail);
            let changed = changed.on_wire(self.body_on_wire(&before.ty, &variant.ty));
            let advice = format!("Take `{is}` from `{}::{}`.", new.ident, variant.ident);
            found.push(if was == is { changed } else { changed.breaks(advice) });
        }
        for gone in old.variants.iter().filter(|gone| variant_for(new, gone).is_none()) {
            let removed = format!("no longer has the variant `{}`", gone.ident);
            let removed = difference(ChangeKind::ResponseVariantRemoved, removed);
            found.push(removed.breaks(format!("Do without `{}::{}`.", old.ident, gone.ident)));
        }
    }
}

/// The enum of an operation that a type names.
fn enum_by_status<'a>(operation: &'a Operation, ty: Option<&Type>) -> Option<&'a ResponseEnum> {
    let Some(Type::Beside(ident)) = ty else { return None };
    operation.response_enums.iter().find(|response_enum| response_enum.ident == *ident)
}

fn error_enum(operation: &Operation) -> Option<&ResponseEnum> {
    enum_by_status(operation, operation.error.as_ref())
}

/// The types of the errors of an operation, each with its status codes.
fn errors(operation: &Operation) -> Vec<(&str, &Type)> {
    let typed: Vec<(Statuses, &Type)> = match (error_enum(operation), &operation.error) {
        (Some(errors), _) => errors.variants.iter().map(|variant| (variant.statuses, &variant.ty)).collect(),
        (None, Some(ty)) => operation.error_statuses.iter().map(|statuses| (*statuses, ty)).collect(),
        (None, None) => Vec::new(),
    };
    let ty = |status: &str| typed.iter().find(|(statuses, _)| key(*statuses) == status).map(|(_, ty)| *ty);
    statuses(operation, false).into_iter().map(|status| (status, ty(status).unwrap_or(&Type::Unit))).collect()
}

/// The key of status codes in a document.
fn key(statuses: Statuses) -> String {
    match statuses {
        Statuses::One(status) => status.to_string(),
        Statuses::Range(first) => format!("{first}XX"),
        Statuses::Other => "default".to_owned(),
    }
}

/// The variant that holds what `wanted` holds: that of its status codes, or the one of them that has its media type.
fn variant_for<'v>(response_enum: &'v ResponseEnum, wanted: &StatusVariant) -> Option<&'v StatusVariant> {
    let of_status = || response_enum.variants.iter().filter(|variant| variant.statuses == wanted.statuses);
    let shares = |variant: &&StatusVariant| variant.media_types.iter().any(|name| wanted.media_types.contains(name));
    let only = || of_status().next().filter(|_| of_status().nth(1).is_none());
    of_status().find(shares).or_else(only)
}

/// The status codes that an operation describes, of its successes or of its errors.
fn statuses(operation: &Operation, of_success: bool) -> BTreeSet<&str> {
    operation.descriptions.keys().map(String::as_str).filter(|status| status.starts_with('2') == of_success).collect()
}

fn in_words(statuses: &BTreeSet<&str>) -> String {
    if statuses.is_empty() { "none".to_owned() } else { statuses.iter().copied().collect::<Vec<_>>().join(", ") }
}

/// The media types that a client accepts, each with its weight.
fn accepted(success: &Success) -> BTreeSet<String> {
    success.accept.split(", ").filter(|media_type| *media_type != "*/*").map(str::to_owned).collect()
}

/// A success of an operation that is told from others, by its status codes or its media types.
struct SuccessForm<'a> {
    /// Its status codes; `None` if the others are not told from them.
    statuses: Option<Statuses>,
    /// The media types that it comes as; none if any may be.
    media_types: BTreeSet<String>,
    ty: &'a Type,
    encoding: &'a Encoding,
}

impl SuccessForm<'_> {
    fn may_have_status_of(&self, other: &SuccessForm<'_>) -> bool {
        self.statuses.is_none() || other.statuses.is_none() || self.statuses == other.statuses
    }

    fn may_be_sent_as(&self, other: &SuccessForm<'_>) -> bool {
        let either = self.media_types.is_empty() || other.media_types.is_empty();
        either || !self.media_types.is_disjoint(&other.media_types)
    }
}

/// The successes that an operation tells apart.
fn successes(operation: &Operation) -> Vec<SuccessForm<'_>> {
    let Success { ty, encoding, .. } = &operation.success;
    let plain = |media_type: &String| media_type.split(';').next().unwrap_or_default().to_owned();
    if let Some(response_enum) = enum_by_status(operation, Some(ty)) {
        let of_variant = |variant: &StatusVariant| variant.media_types.iter().map(plain).collect();
        let variants = response_enum.variants.iter().map(|variant| SuccessForm {
            statuses: Some(variant.statuses),
            media_types: of_variant(variant),
            ty: &variant.ty,
            encoding: &variant.encoding,
        });
        return variants.collect();
    }
    let media_types = accepted(&operation.success).iter().map(plain).collect();
    vec![SuccessForm { statuses: None, media_types, ty, encoding }]
}

/// Whether a client that reads some successes works with a server that sends others. A server sends what is accepted, if
/// it has that.
fn reads(
    read: &[SuccessForm<'_>],
    written: &[SuccessForm<'_>],
    works: impl Fn(&SuccessForm<'_>, &SuccessForm<'_>) -> Works,
) -> Works {
    let reader = |success: &SuccessForm<'_>| {
        read.iter().find(|read| read.may_have_status_of(success) && read.may_be_sent_as(success))
    };
    let verdict = |success: &SuccessForm<'_>| match reader(success) {
        Some(read) if *read.ty == Type::Unit => Some(Works::Yes),
        Some(read) if read.encoding == success.encoding => Some(works(read, success)),
        Some(_) => Some(Works::Maybe),
        None => {
            let has_accepted = written.iter().any(|other| other.may_have_status_of(success) && reader(other).is_some());
            // What is sent nevertheless is read as the preferred media type.
            let preferred = read.iter().find(|read| read.may_have_status_of(success));
            let fails = preferred.is_some_and(|read| works(read, success) == Works::No);
            (!has_accepted).then_some(if fails { Works::No } else { Works::Maybe })
        }
    };
    overall(written.iter().filter_map(verdict))
}

/// The verdict on responses of which any one may be sent.
fn overall(verdicts: impl Iterator<Item = Works>) -> Works {
    let verdicts: Vec<Works> = verdicts.collect();
    match (verdicts.iter().min(), verdicts.iter().max()) {
        (_, None | Some(Works::Yes)) => Works::Yes,
        (Some(Works::No), _) => Works::No,
        _ => Works::Maybe,
    }
}

/// The functions of a request that read a success otherwise than `send` does, each with its media types.
fn stream_functions(operation: &Operation) -> BTreeMap<&'static str, BTreeSet<String>> {
    let streaming = operation.streaming.iter();
    let mut functions: BTreeMap<_, _> =
        streaming.map(|streaming| (streaming.function(), BTreeSet::from([streaming.accept.clone()]))).collect();
    if !operation.alternatives.is_empty() {
        functions.insert(ALTERNATIVE, operation.alternatives.iter().cloned().collect());
    }
    functions
}

fn listed(media_types: &BTreeSet<String>) -> String {
    media_types.iter().map(|media_type| format!("`{media_type}`")).collect::<Vec<_>>().join(", ")
}

/// A server may not send a media type that it does not know.
fn accepts(before: &BTreeSet<String>, after: &BTreeSet<String>) -> Wire {
    let fit = |all_known: bool| if all_known { Fit::Always } else { Fit::Sometimes };
    Wire::of(fit(before.is_subset(after)), fit(after.is_subset(before)))
}

/// The fit of an empty body.
fn of_nothing(success: &Success) -> Fit {
    match success.encoding {
        Encoding::Json => Fit::Never,
        Encoding::ByStatus => Fit::Sometimes,
        _ => Fit::Always,
    }
}
