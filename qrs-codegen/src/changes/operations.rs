//! Operations: what became of them, of what they take and of what they give.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::mem::discriminant;

use super::fit::Fit;
use super::schemas::Types;
use super::{Action, Effect, Found, What, Wire, Works, documentation};
use crate::model::{
    ALTERNATIVE, Answer, Api, Body, ByStatus, Encoding, FormField, HeaderField, Location, Module, Operation, Parameter,
    Presence, Scheme, SchemeValue, Server, Statuses, Style, Styling, Type, Writing,
};
use crate::naming::Ident;

#[derive(Clone, Copy)]
struct Placed<'a> {
    module: &'a Module,
    operation: &'a Operation,
}

pub(super) fn compare(old: &Api, new: &Api, types: &Types<'_>, found: &mut Vec<Found>) {
    let all = |api: &'_ Api| -> Vec<(usize, usize)> {
        let modules = api.modules.iter().enumerate();
        modules.flat_map(|(at, module)| (0..module.operations.len()).map(move |operation| (at, operation))).collect()
    };
    let (before, after) = (all(old), all(new));
    let old_placed: Vec<Placed<'_>> = before.iter().filter_map(|place| placed(old, *place)).collect();
    let new_placed: Vec<Placed<'_>> = after.iter().filter_map(|place| placed(new, *place)).collect();
    let by_route: HashMap<(&str, String), usize> =
        old_placed.iter().enumerate().map(|(at, placed)| (route(placed.operation), at)).collect();
    let by_name: HashMap<&str, usize> = old_placed
        .iter()
        .enumerate()
        .filter(|(_, placed)| placed.operation.way.is_none())
        .map(|(at, placed)| (placed.operation.name.wire.as_str(), at))
        .collect();
    let mut matched = HashSet::new();
    // The route is what an operation is; its name is only what it is called.
    let mut pairs: Vec<Option<usize>> = new_placed
        .iter()
        .map(|placed| by_route.get(&route(placed.operation)).copied().filter(|at| matched.insert(*at)))
        .collect();
    for (placed, pair) in new_placed.iter().zip(&mut pairs).filter(|(_, pair)| pair.is_none()) {
        let same_name = by_name.get(placed.operation.name.wire.as_str()).copied();
        *pair = same_name.filter(|at| matched.insert(*at));
    }
    let comparison = Comparison { old, new, types };
    for (after, pair) in new_placed.iter().zip(pairs) {
        match pair.and_then(|at| old_placed.get(at)) {
            Some(before) => comparison.pair(*before, *after, found),
            None => found.push(added(after.operation)),
        }
    }
    for (_, gone) in old_placed.iter().enumerate().filter(|(at, _)| !matched.contains(at)) {
        found.push(removed(gone.operation));
    }
    modules(old, new, found);
    gather(found);
}

/// Tells once what is the same for many operations, as it is when the document's own `security` changes.
fn gather(found: &mut Vec<Found>) {
    const FEW: usize = 2;
    let mut counts: HashMap<String, usize> = HashMap::new();
    let security = |found: &Found| found.what == What::Security && found.action == Action::Changed;
    for found in found.iter().filter(|found| security(found)) {
        *counts.entry(found.detail.clone()).or_default() += 1;
    }
    let mut told = HashSet::new();
    found.retain_mut(|found| match counts.get(&found.detail).copied() {
        Some(count) if count > FEW && security(found) => {
            found.subject = format!("{count} operations, {} among them,", found.subject);
            told.insert(found.detail.clone())
        }
        _ => true,
    });
}

fn placed(api: &Api, (module, operation): (usize, usize)) -> Option<Placed<'_>> {
    let module = api.modules.get(module)?;
    Some(Placed { module, operation: module.operations.get(operation)? })
}

/// The method, and the path without the names of its parameters, with the way to call it.
fn route(operation: &Operation) -> (&str, String) {
    let mut path = String::new();
    for (at, piece) in operation.path.split('{').enumerate() {
        match piece.split_once('}') {
            Some((_, rest)) if at > 0 => {
                path.push_str("{}");
                path.push_str(rest);
            }
            _ => path.push_str(piece),
        }
    }
    if let Some(way) = &operation.way {
        // Each media type of a body is a way of its own to call it.
        path.push(' ');
        path.push_str(way);
    }
    (operation.method, path)
}

fn subject(operation: &Operation) -> String {
    format!("{} {} ({})", operation.method, operation.path, operation.name.wire)
}

fn added(operation: &Operation) -> Found {
    Found {
        what: What::Operation,
        action: Action::Added,
        subject: subject(operation),
        detail: format!("is new, as `Client::{}`", operation.name.ident),
        old: None,
        new: Some(operation.at.clone()),
        rust: Effect::Adds,
        // Nobody calls it yet; whoever does, calls a server that has it.
        wire: Wire::SAME,
        advice: "Nothing.".to_owned(),
        likely: false,
    }
}

fn removed(operation: &Operation) -> Found {
    Found {
        what: What::Operation,
        action: Action::Removed,
        subject: subject(operation),
        detail: format!("is gone, and `Client::{}` with it", operation.name.ident),
        old: Some(operation.at.clone()),
        new: None,
        rust: Effect::Breaks,
        wire: Wire { old_client: Works::No, new_client: Works::Yes },
        advice: format!("Do without `Client::{}`.", operation.name.ident),
        likely: false,
    }
}

/// The modules that hold operations, as far as words go.
fn modules(old: &Api, new: &Api, found: &mut Vec<Found>) {
    for module in &new.modules {
        let Some(before) = old.modules.iter().find(|before| before.name.wire == module.name.wire) else { continue };
        let places = before.operations.first().zip(module.operations.first());
        let Some((first_before, first)) = places else { continue };
        let subject = format!("the tag {}", module.name.wire);
        found.extend(documentation(subject, (&before.doc, &first_before.at), (&module.doc, &first.at)));
    }
}

#[derive(Clone, Copy)]
struct Comparison<'a> {
    old: &'a Api,
    new: &'a Api,
    types: &'a Types<'a>,
}

/// What two revisions of one operation are compared for.
#[derive(Clone, Copy)]
struct Pair<'a> {
    old: &'a Operation,
    new: &'a Operation,
}

impl Pair<'_> {
    fn change(self, what: What, action: Action, subject: String, detail: String) -> Found {
        Found {
            what,
            action,
            subject,
            detail,
            old: Some(self.old.at.clone()),
            new: Some(self.new.at.clone()),
            rust: Effect::None,
            wire: Wire::SAME,
            advice: "Nothing.".to_owned(),
            likely: false,
        }
    }

    fn operation(self, action: Action, detail: String) -> Found {
        self.change(What::Operation, action, subject(self.new), detail)
    }
}

impl Comparison<'_> {
    fn pair(self, before: Placed<'_>, after: Placed<'_>, found: &mut Vec<Found>) {
        let pair = Pair { old: before.operation, new: after.operation };
        called(pair, before.module, after.module, found);
        routed(pair, found);
        self.parameters(pair, found);
        self.body(pair, found);
        self.success(pair, found);
        readings(pair, found);
        self.failure(pair, found);
        self.by_status(pair, found);
        headers(self.types, pair, found);
        self.security(pair, found);
        self.servers(pair, found);
        said(pair, found);
    }

    fn parameters(self, pair: Pair<'_>, found: &mut Vec<Found>) {
        let all = |operation: &'_ Operation| -> Vec<(Parameter, bool)> {
            let required = operation.required.iter().map(|parameter| (parameter.clone(), true));
            required.chain(operation.optional.iter().map(|parameter| (parameter.clone(), false))).collect()
        };
        let (olds, news) = (all(pair.old), all(pair.new));
        let mut matched = HashSet::new();
        let mut twins: Vec<Option<usize>> = vec![None; news.len()];
        // One name may be used in several places: only what has no twin in its own place may have come from another one.
        for same in [same_parameter, same_name] {
            for ((parameter, _), twin) in news.iter().zip(&mut twins).filter(|(_, twin)| twin.is_none()) {
                let place = olds
                    .iter()
                    .enumerate()
                    .position(|(place, (other, _))| !matched.contains(&place) && same(pair, other, parameter));
                matched.extend(place);
                *twin = place;
            }
        }
        let mut places = Vec::new();
        for ((parameter, required), twin) in news.iter().zip(twins) {
            let subject = parameter_subject(pair.new, parameter);
            match twin.and_then(|place| Some((place, olds.get(place)?))) {
                Some((place, (other, was_required))) => {
                    if *was_required && *required {
                        places.push(place);
                    }
                    self.parameter(pair, (other, *was_required), (parameter, *required), &subject, found);
                }
                None => found.push(parameter_added(pair, parameter, *required, subject)),
            }
        }
        if places.windows(2).any(|two| matches!(two, [first, second] if first > second)) {
            found.push(Found {
                rust: Effect::Breaks,
                advice: "Bring the arguments into that order.".to_owned(),
                ..pair.operation(Action::Changed, "takes its arguments in another order".to_owned())
            });
        }
        for (_, (parameter, required)) in olds.iter().enumerate().filter(|(place, _)| !matched.contains(place)) {
            let subject = parameter_subject(pair.new, parameter);
            found.push(parameter_removed(pair, parameter, *required, subject));
        }
    }

    fn parameter(
        self,
        pair: Pair<'_>,
        (old, was_required): (&Parameter, bool),
        (new, required): (&Parameter, bool),
        subject: &str,
        found: &mut Vec<Found>,
    ) {
        let change = |detail: String, rust, wire, advice: String| Found {
            old: Some(old.at.clone()),
            new: Some(new.at.clone()),
            rust,
            wire,
            advice,
            ..pair.change(What::Parameter, Action::Changed, subject.to_owned(), detail)
        };
        let ident = &new.name.ident;
        if !self.types.same(&old.ty, &new.ty) {
            let (before, after) = (old.ty.described(), new.ty.described());
            let wire = written(self.types.sent(&old.ty, &new.ty), &old.ty, &new.ty);
            found.push(change(
                format!("was `{before}` and is `{after}`"),
                Effect::Breaks,
                wire,
                format!("Give `{ident}` as `{after}`."),
            ));
        }
        if was_required != required {
            let (detail, wire, advice) = if required {
                (
                    "was optional and is required",
                    Wire::of(Fit::Sometimes, Fit::Always),
                    format!("Give `{ident}` to `Client::{}` instead of chaining it.", pair.new.name.ident),
                )
            } else {
                (
                    "was required and is optional",
                    Wire::of(Fit::Always, Fit::Sometimes),
                    format!("Chain `.{ident}(…)` instead of giving it to `Client::{}`.", pair.new.name.ident),
                )
            };
            found.push(change(detail.to_owned(), Effect::Breaks, wire, advice));
        }
        let (before, after) = (travels(old), travels(new));
        if before != after {
            let wire = Wire::of(Fit::Never, Fit::Never);
            let detail = format!("was sent {before} and is sent {after}");
            found.push(change(detail, Effect::None, wire, "Nothing.".to_owned()));
        }
        if let (Some(before), Some(after)) = (part_media_type(old), part_media_type(new))
            && before != after
        {
            let wire = Wire::of(Fit::Sometimes, Fit::Sometimes);
            let detail = format!("was sent {before} and is sent {after}");
            found.push(change(detail, Effect::None, wire, "Nothing.".to_owned()));
        }
        // An argument has no name for its callers; a setter has.
        if !required && !was_required && old.name.ident != *ident {
            let detail = format!("was chained as `{}` and is chained as `{ident}`", old.name.ident);
            let advice = format!("Write `{ident}` for `{}`.", old.name.ident);
            let renamed = change(detail, Effect::Breaks, Wire::SAME, advice);
            found.push(Found { action: Action::Renamed, ..renamed });
        }
        found.extend(documentation(subject.to_owned(), (&old.doc, &old.at), (&new.doc, &new.at)));
    }

    fn body(self, pair: Pair<'_>, found: &mut Vec<Found>) {
        let subject = format!("the body of {}", subject(pair.new));
        let change = |action, detail: String, rust, wire, advice: String| Found {
            old: pair.old.body.as_ref().map(|body| body.at.clone()),
            new: pair.new.body.as_ref().map(|body| body.at.clone()),
            rust,
            wire,
            advice,
            ..pair.change(What::Body, action, subject.clone(), detail)
        };
        let (old, new) = match (&pair.old.body, &pair.new.body) {
            (None, None) => return,
            (None, Some(new)) => {
                let required = new.presence == Presence::Required;
                let (rust, fit) = if required { (Effect::Breaks, Fit::Never) } else { (Effect::Adds, Fit::Always) };
                let detail = format!("is new: `{}`", new.ty.described());
                let advice = if required {
                    format!("Give it to `Client::{}`.", pair.new.name.ident)
                } else {
                    "Nothing.".to_owned()
                };
                found.push(change(Action::Added, detail, rust, Wire::of(fit, Fit::Sometimes), advice));
                return;
            }
            (Some(old), None) => {
                let detail = format!("is gone; it was `{}`", old.ty.described());
                let advice = format!("Do not give it to `Client::{}`.", pair.new.name.ident);
                let fit = if old.presence == Presence::Required { Fit::Never } else { Fit::Always };
                found.push(change(Action::Removed, detail, Effect::Breaks, Wire::of(Fit::Sometimes, fit), advice));
                return;
            }
            (Some(old), Some(new)) => (old, new),
        };
        if !self.types.same(&old.ty, &new.ty) || given_otherwise(old, new) {
            let (before, after) = (old.ty.described(), new.ty.described());
            let wire = self.types.sent(&old.ty, &new.ty);
            let advice = format!("Give it as `{after}`.");
            let detail = format!("was `{before}` and is `{after}`");
            found.push(change(Action::Changed, detail, Effect::Breaks, wire, advice));
        }
        if old.media_type != new.media_type {
            let detail = format!("was `{}` and is `{}`", old.media_type, new.media_type);
            let wire = Wire::of(Fit::Sometimes, Fit::Sometimes);
            found.push(change(Action::Changed, detail, Effect::None, wire, "Nothing.".to_owned()));
        }
        for wire in fields_otherwise(old, new) {
            let [before, after] = [old, new].map(|body| form_field(body, wire));
            let same = before.map_or(USUAL, manner) == after.map_or(USUAL, manner);
            // Where nothing is said, only an object is written otherwise than where the usual is said.
            let fit = if same { Fit::Sometimes } else { Fit::Never };
            let [was, is] = [before, after].map(form_travels);
            let detail = format!("had `{wire}` written {was}, and has it written {is}");
            found.push(change(Action::Changed, detail, Effect::None, Wire::of(fit, fit), "Nothing.".to_owned()));
        }
        if old.presence != new.presence {
            let (detail, wire) = match new.presence {
                Presence::Required => ("was optional and is required", Wire::of(Fit::Sometimes, Fit::Always)),
                _ => ("was required and is optional", Wire::of(Fit::Always, Fit::Sometimes)),
            };
            let advice = match new.presence {
                Presence::Required => format!("Give it to `Client::{}`.", pair.new.name.ident),
                _ => format!("Chain `.{}(…)`.", new.ident),
            };
            found.push(change(Action::Changed, detail.to_owned(), Effect::Breaks, wire, advice));
        }
        found.extend(documentation(subject.clone(), (&old.doc, &old.at), (&new.doc, &new.at)));
    }

    fn success(self, pair: Pair<'_>, found: &mut Vec<Found>) {
        let Pair { old: Operation { success: old, .. }, new: Operation { success: new, .. } } = pair;
        let subject = format!("the success of {}", subject(pair.new));
        if !self.types.same(&old.ty, &new.ty) || old.encoding != new.encoding {
            let (before, after) = (old.ty.described(), new.ty.described());
            let wire = match (old, new) {
                // Nobody reads it.
                (_, Answer { ty: Type::Unit, .. }) => Wire::of(empty(old), Fit::Always),
                (Answer { ty: Type::Unit, .. }, _) => Wire::of(Fit::Always, empty(new)),
                _ if old.encoding != new.encoding => Wire::of(Fit::Sometimes, Fit::Sometimes),
                _ => self.types.received(&old.ty, &new.ty),
            };
            found.push(Found {
                rust: if before == after { Effect::None } else { Effect::Breaks },
                wire,
                advice: format!("Take `{after}` from `send`."),
                ..pair.change(
                    What::Response,
                    Action::Changed,
                    subject.clone(),
                    format!("was `{before}` and is `{after}`"),
                )
            });
        }
        let asked = |answer: &Answer| -> BTreeSet<String> {
            answer.accept.split(", ").filter(|media_type| *media_type != "*/*").map(str::to_owned).collect()
        };
        let (before, after) = (asked(old), asked(new));
        // Another type is said already.
        if before != after && old.encoding == new.encoding && self.types.same(&old.ty, &new.ty) {
            found.push(Found {
                wire: asked_for(&before, &after),
                ..pair.change(
                    What::Response,
                    Action::Changed,
                    subject.clone(),
                    format!("was asked for as {} and is asked for as {}", listed(&before), listed(&after)),
                )
            });
        }
        let statuses = |operation: &Operation| -> Vec<String> {
            operation.answers.keys().filter(|status| status.starts_with('2')).cloned().collect()
        };
        let (before, after) = (statuses(pair.old), statuses(pair.new));
        if before != after {
            let list = |statuses: &[String]| if statuses.is_empty() { "none".to_owned() } else { statuses.join(", ") };
            found.push(pair.change(
                What::Response,
                Action::Changed,
                subject,
                format!("had the status {} and has {}", list(&before), list(&after)),
            ));
        }
    }

    fn failure(self, pair: Pair<'_>, found: &mut Vec<Found>) {
        let subject = format!("the errors of {}", subject(pair.new));
        let described = |ty: &Option<Type>| ty.as_ref().map_or_else(|| "()".to_owned(), Type::described);
        let same = match (&pair.old.error, &pair.new.error) {
            (None, None) => true,
            (Some(old), Some(new)) => self.types.same(old, new),
            _ => false,
        };
        if !same {
            let (before, after) = (described(&pair.old.error), described(&pair.new.error));
            found.push(Found {
                rust: Effect::Breaks,
                // An error whose body does not fit is an error all the same.
                advice: format!("Take `Error<{after}>` for `Error<{before}>`."),
                ..pair.change(
                    What::Response,
                    Action::Changed,
                    subject.clone(),
                    format!("were `Error<{before}>` and are `Error<{after}>`"),
                )
            });
        }
        let list = |statuses: &[Statuses]| -> String {
            let statuses: Vec<String> = statuses
                .iter()
                .map(|statuses| match statuses {
                    Statuses::One(code) => code.to_string(),
                    Statuses::Range(digit) => format!("{digit}XX"),
                    Statuses::Other => "default".to_owned(),
                })
                .collect();
            if statuses.is_empty() { "none".to_owned() } else { statuses.join(", ") }
        };
        if pair.old.error_statuses != pair.new.error_statuses {
            let (before, after) = (list(&pair.old.error_statuses), list(&pair.new.error_statuses));
            let detail = format!("were described for {before} and are described for {after}");
            found.push(pair.change(What::Response, Action::Changed, subject, detail));
        }
    }

    /// The enums that tell answers apart by their status, where both revisions have them.
    fn by_status(self, pair: Pair<'_>, found: &mut Vec<Found>) {
        let enum_of = |operation: &'_ Operation, ty: Option<&Type>| -> Option<ByStatus> {
            let Some(Type::Beside(ident)) = ty else { return None };
            operation.by_status.iter().find(|by_status| by_status.ident == *ident).cloned()
        };
        let Pair { old, new } = pair;
        let successes = (enum_of(old, Some(&old.success.ty)), enum_of(new, Some(&new.success.ty)));
        let errors = (enum_of(old, old.error.as_ref()), enum_of(new, new.error.as_ref()));
        for (before, after) in [successes, errors].into_iter().filter_map(|(before, after)| Some((before?, after?))) {
            let subject = format!("`{}` of {}", after.ident, subject(new));
            for variant in &after.variants {
                let twin = before.variants.iter().find(|twin| twin.statuses == variant.statuses);
                let Some(twin) = twin else {
                    let detail = format!("has a variant more: `{}`", variant.ident);
                    let added = pair.change(What::Response, Action::Added, subject.clone(), detail);
                    // Who matches on it has an arm for what was not known yet.
                    found.push(Found { rust: Effect::Adds, ..added });
                    continue;
                };
                if self.types.same(&twin.ty, &variant.ty) && twin.encoding == variant.encoding {
                    continue;
                }
                let (was, is) = (twin.ty.described(), variant.ty.described());
                found.push(Found {
                    rust: if was == is { Effect::None } else { Effect::Breaks },
                    wire: self.types.received(&twin.ty, &variant.ty),
                    advice: format!("Take `{is}` from `{}::{}`.", after.ident, variant.ident),
                    ..pair.change(
                        What::Response,
                        Action::Changed,
                        subject.clone(),
                        format!("had `{was}` in `{}` and has `{is}`", variant.ident),
                    )
                });
            }
            for gone in &before.variants {
                if !after.variants.iter().any(|variant| variant.statuses == gone.statuses) {
                    let detail = format!("has no variant `{}` any more", gone.ident);
                    found.push(Found {
                        rust: Effect::Breaks,
                        advice: format!("Do without `{}::{}`.", before.ident, gone.ident),
                        ..pair.change(What::Response, Action::Removed, subject.clone(), detail)
                    });
                }
            }
        }
    }

    /// Where the operation is served, if that is not where the others are. A caller says so with each call.
    fn servers(self, pair: Pair<'_>, found: &mut Vec<Found>) {
        let (before, after) = (own_servers(self.old, pair.old), own_servers(self.new, pair.new));
        // That a server moved is told of it.
        if before == after || pair.old.servers == pair.new.servers {
            return;
        }
        let list = |urls: &[&str]| {
            let urls: Vec<String> = urls.iter().map(|url| format!("`{url}`")).collect();
            if urls.is_empty() { "where the others are".to_owned() } else { format!("at {}", urls.join(" or ")) }
        };
        let advice = if after.is_empty() {
            "Call it without `Client::at_server`."
        } else {
            "Call it by `Client::at_server`, with a server of its own."
        };
        let detail = format!("was served {} and is served {}", list(&before), list(&after));
        found.push(Found {
            wire: Wire::of(Fit::Sometimes, Fit::Sometimes),
            advice: advice.to_owned(),
            ..pair.change(What::Server, Action::Changed, subject(pair.new), detail)
        });
    }

    fn security(self, pair: Pair<'_>, found: &mut Vec<Found>) {
        let before = ways(self.old, pair.old, |_| true);
        let after = ways(self.new, pair.new, |_| true);
        let carried = |operation: &Operation| -> Vec<crate::model::Carrier> {
            operation.carried.iter().map(|carried| carried.carrier.clone()).collect()
        };
        let subject = subject(pair.new);
        if before != after {
            let words = |ways: &[Vec<String>]| -> String {
                let ways: Vec<String> = ways
                    .iter()
                    .map(|way| if way.is_empty() { "nothing".to_owned() } else { way.join(" and ") })
                    .collect();
                ways.join(", or ")
            };
            // A client that holds the credentials of one way cannot know which the other side still takes.
            let fit = |held: &[Vec<String>], taken: &[Vec<String>]| {
                let accepted =
                    held.iter().filter(|way| taken.iter().any(|taken| taken.iter().all(|scheme| way.contains(scheme))));
                match accepted.count() {
                    0 => Fit::Never,
                    all if all == held.len() => Fit::Always,
                    _ => Fit::Sometimes,
                }
            };
            // Callers whose credentials were enough, and are not any more, get an error before anything is sent, whatever
            // the server takes. What the client makes up is not theirs to give.
            let given = ways(self.new, pair.new, |scheme| !matches!(scheme.value, SchemeValue::Made { .. }));
            let stranded = fit(&before, &given) != Fit::Always;
            let new_client = if stranded { Fit::Never } else { fit(&after, &before) };
            found.push(Found {
                wire: Wire::of(fit(&before, &after), new_client),
                advice: "Give the builder the credentials that are needed now.".to_owned(),
                ..pair.change(
                    What::Security,
                    Action::Changed,
                    subject.clone(),
                    format!("needed {}, and now {}", words(&before), words(&after)),
                )
            });
        }
        if carried(pair.old) != carried(pair.new) {
            found.push(Found {
                wire: Wire::of(Fit::Sometimes, Fit::Sometimes),
                ..pair.change(
                    What::Security,
                    Action::Changed,
                    subject,
                    "carries credentials in other places".to_owned(),
                )
            });
        }
    }
}

/// The URLs of an operation's own servers.
fn own_servers<'a>(api: &'a Api, operation: &Operation) -> Vec<&'a str> {
    let own = |server: &&Server| operation.servers.contains(&server.ident);
    api.servers.iter().filter(own).map(|server| server.url.as_str()).collect()
}

/// The ways to authenticate a call, each a set of schemes that are all needed: those of them that are `counted`.
fn ways(api: &Api, operation: &Operation, counted: impl Fn(&Scheme) -> bool) -> Vec<Vec<String>> {
    let security = api.securities.iter().find(|security| Some(&security.place) == operation.security.as_ref());
    let wire = |place: &Ident| {
        let scheme = api.schemes.iter().find(|scheme| scheme.place == *place);
        scheme.filter(|scheme| counted(scheme)).map(|scheme| scheme.name.wire.clone())
    };
    let ways = security.map(|security| security.alternatives.as_slice()).unwrap_or_default();
    let mut ways: Vec<Vec<String>> = ways
        .iter()
        .map(|way| {
            let mut way: Vec<String> = way.iter().filter_map(wire).collect();
            way.sort();
            way
        })
        .collect();
    if ways.is_empty() {
        // Nothing is needed.
        ways.push(Vec::new());
    }
    ways
}

/// What gives a success otherwise than `send`: piece by piece, or as another media type.
fn readings(pair: Pair<'_>, found: &mut Vec<Found>) {
    let functions = |operation: &Operation| -> BTreeMap<&'static str, BTreeSet<String>> {
        let streaming = operation.streaming.iter();
        let mut functions: BTreeMap<_, _> =
            streaming.map(|streaming| (streaming.function(), BTreeSet::from([streaming.accept.clone()]))).collect();
        if !operation.alternatives.is_empty() {
            functions.insert(ALTERNATIVE, operation.alternatives.iter().cloned().collect());
        }
        functions
    };
    let (before, after) = (functions(pair.old), functions(pair.new));
    let subject = format!("the success of {}", subject(pair.new));
    for (function, media_types) in &after {
        let Some(earlier) = before.get(function) else {
            let detail = format!("may be read by `{function}`, as {}", listed(media_types));
            let added = pair.change(What::Response, Action::Added, subject.clone(), detail);
            found.push(Found { rust: Effect::Adds, wire: Wire::of(Fit::Always, Fit::Sometimes), ..added });
            continue;
        };
        if earlier != media_types {
            let detail = format!("was {} for `{function}` and is {}", listed(earlier), listed(media_types));
            let changed = pair.change(What::Response, Action::Changed, subject.clone(), detail);
            found.push(Found { wire: asked_for(earlier, media_types), ..changed });
        }
    }
    for (function, media_types) in before.iter().filter(|(function, _)| !after.contains_key(*function)) {
        let detail = format!("is no longer read by `{function}`, as {}", listed(media_types));
        found.push(Found {
            rust: Effect::Breaks,
            wire: Wire::of(Fit::Sometimes, Fit::Always),
            advice: format!("Read it by `send` in the place of `{function}`."),
            ..pair.change(What::Response, Action::Removed, subject.clone(), detail)
        });
    }
}

fn listed(media_types: &BTreeSet<String>) -> String {
    media_types.iter().map(|media_type| format!("`{media_type}`")).collect::<Vec<_>>().join(", ")
}

/// A media type that the other side does not know may be one that it does not send.
fn asked_for(before: &BTreeSet<String>, after: &BTreeSet<String>) -> Wire {
    let fit = |all_known: bool| if all_known { Fit::Always } else { Fit::Sometimes };
    Wire::of(fit(before.is_subset(after)), fit(after.is_subset(before)))
}

/// The headers of answers, which are read when they are there.
fn headers(types: &Types<'_>, pair: Pair<'_>, found: &mut Vec<Found>) {
    let fields = |operation: &'_ Operation| -> Vec<HeaderField> {
        operation.headers.as_ref().map(|headers| headers.fields.clone()).unwrap_or_default()
    };
    let (before, after) = (fields(pair.old), fields(pair.new));
    let subject = |field: &HeaderField| format!("the header {} of answers to {}", field.name.wire, subject(pair.new));
    for field in &after {
        let Some(other) = before.iter().find(|other| other.name.wire == field.name.wire) else {
            let detail = format!("is described: `{}`", field.ty.described());
            let added = pair.change(What::Response, Action::Added, subject(field), detail);
            found.push(Found { rust: Effect::Adds, ..added });
            continue;
        };
        if !types.same(&other.ty, &field.ty) {
            let (was, is) = (other.ty.described(), field.ty.described());
            found.push(Found {
                rust: Effect::Breaks,
                advice: format!("Take `{is}` from it."),
                ..pair.change(What::Response, Action::Changed, subject(field), format!("was `{was}` and is `{is}`"))
            });
        }
        if other.name.ident != field.name.ident {
            let (was, is) = (&other.name.ident, &field.name.ident);
            let detail = format!("was called `{was}` in Rust and is called `{is}`");
            found.push(Found {
                rust: Effect::Breaks,
                advice: format!("Write `{is}` for `{was}`."),
                ..pair.change(What::Response, Action::Renamed, subject(field), detail)
            });
        }
        found.extend(documentation(subject(field), (&other.doc, &pair.old.at), (&field.doc, &pair.new.at)));
    }
    for gone in before.iter().filter(|field| !after.iter().any(|other| other.name.wire == field.name.wire)) {
        found.push(Found {
            rust: Effect::Breaks,
            advice: "Read it from `Response::headers`.".to_owned(),
            ..pair.change(What::Response, Action::Removed, subject(gone), "is no longer described".to_owned())
        });
    }
}

/// The operation's names, and where its request is.
fn called(pair: Pair<'_>, before: &Module, after: &Module, found: &mut Vec<Found>) {
    let Pair { old, new } = pair;
    if old.name.ident != new.name.ident {
        let (was, is) = (&old.name.ident, &new.name.ident);
        found.push(Found {
            rust: Effect::Breaks,
            advice: format!("Write `Client::{is}` for `Client::{was}`."),
            likely: old.name.wire != new.name.wire,
            ..pair.operation(Action::Renamed, format!("was `Client::{was}` and is `Client::{is}`"))
        });
    }
    let path =
        |module: &Module, operation: &Operation| format!("operations::{}::{}", module.name.ident, operation.request);
    let (was, is) = (path(before, old), path(after, new));
    if before.name.ident != after.name.ident || (old.request != new.request && old.name.ident == new.name.ident) {
        found.push(Found {
            rust: Effect::Breaks,
            advice: format!("Where the request is named, write `{is}` for `{was}`."),
            ..pair
                .operation(Action::Changed, format!("has its request in another module: it was `{was}` and is `{is}`"))
        });
    }
}

/// The operation's method and path.
fn routed(pair: Pair<'_>, found: &mut Vec<Found>) {
    let Pair { old, new } = pair;
    if route(old) == route(new) {
        return;
    }
    let detail = format!("was `{} {}` and is `{} {}`", old.method, old.path, new.method, new.path);
    found.push(Found { wire: Wire::of(Fit::Never, Fit::Never), ..pair.operation(Action::Changed, detail) });
}

/// What the document says of the operation.
fn said(pair: Pair<'_>, found: &mut Vec<Found>) {
    let Pair { old, new } = pair;
    if old.deprecated != new.deprecated {
        let detail = if new.deprecated { "is advised against" } else { "is no longer advised against" };
        let advice =
            if new.deprecated { "Look for what takes its place; calling it is a warning." } else { "Nothing." };
        found.push(Found {
            rust: if new.deprecated { Effect::Adds } else { Effect::None },
            advice: advice.to_owned(),
            ..pair.change(What::Deprecation, Action::Changed, subject(new), detail.to_owned())
        });
    }
    let words = documentation(subject(new), (&old.doc, &old.at), (&new.doc, &new.at));
    if words.is_some() {
        found.extend(words);
    } else if old.answers.iter().any(|(status, said)| new.answers.get(status).is_some_and(|other| other != said)) {
        let detail = "describes its answers in other words".to_owned();
        found.push(pair.change(What::Documentation, Action::Changed, subject(new), detail));
    }
}

fn parameter_subject(operation: &Operation, parameter: &Parameter) -> String {
    format!("the parameter {} of {}", parameter.name.wire, subject(operation))
}

/// Whether two parameters are one, in the same place. Those of a path are told by where they are in it: their names are
/// nobody's business.
fn same_parameter(pair: Pair<'_>, old: &Parameter, new: &Parameter) -> bool {
    match (&old.location, &new.location) {
        (Location::Path, Location::Path) => {
            let place = |operation: &Operation, name: &str| {
                operation.path.split('{').skip(1).position(|rest| rest.split('}').next() == Some(name))
            };
            let (before, after) = (place(pair.old, &old.name.wire), place(pair.new, &new.name.wire));
            before.is_some() && before == after
        }
        (before, after) => discriminant(before) == discriminant(after) && same_name(pair, old, new),
    }
}

/// Whether two parameters are likely to be one, although they are sent in different places.
fn same_name(_: Pair<'_>, old: &Parameter, new: &Parameter) -> bool {
    old.name.wire == new.name.wire
}

fn travels(parameter: &Parameter) -> String {
    let place = match &parameter.location {
        Location::Path => "in the path",
        Location::Query => "in the query",
        Location::Header => "in a header",
        Location::Cookie => "in a cookie",
        Location::Part(_) => "in a part of the body",
    };
    let (styling, json) = match parameter.writing {
        Writing::Plain => return place.to_owned(),
        Writing::Styled(styling) | Writing::List(styling) | Writing::Structured(styling) => (styling, false),
        Writing::Json(styling) => (styling, true),
    };
    let several = matches!(parameter.writing, Writing::List(_) | Writing::Structured(_));
    format!("{place}{}", styled(styling, several, json))
}

/// What is said of how a value is written, beyond where.
fn styled(styling: Styling, several: bool, json: bool) -> String {
    let style = match styling.style {
        Style::Simple | Style::Form => "",
        Style::Label => ", after a dot",
        Style::Matrix => ", after a semicolon",
        Style::SpaceDelimited => ", with spaces between its values",
        Style::PipeDelimited => ", with bars between its values",
        Style::DeepObject => ", with its keys in brackets",
    };
    let each = if several && styling.explode && style.is_empty() { ", once for each value" } else { "" };
    let json = if json { ", as JSON" } else { "" };
    let reserved = if styling.reserved { ", its reserved characters as they are" } else { "" };
    format!("{style}{each}{json}{reserved}")
}

/// The media type that a part of a body is sent with, in words; nothing if the parameter is none.
fn part_media_type(parameter: &Parameter) -> Option<String> {
    let Location::Part(media_type) = &parameter.location else { return None };
    let file = match &parameter.ty {
        Type::List(element) => **element == Type::Upload,
        ty => *ty == Type::Upload,
    };
    // What is sent where nothing is said.
    let usual = match parameter.writing {
        _ if file => Some("application/octet-stream"),
        Writing::Json(_) | Writing::Structured(_) => Some("application/json"),
        _ => None,
    };
    Some(match media_type.as_deref().or(usual) {
        Some(media_type) => format!("as `{media_type}`"),
        None => "without a media type".to_owned(),
    })
}

/// How a field of a form is written of which nothing is said: a list once for each of its values.
const USUAL: (Styling, bool) = (Styling { style: Style::Form, explode: true, reserved: false }, false);

fn manner(field: &FormField) -> (Styling, bool) {
    (field.styling, field.json)
}

fn form_field<'a>(body: &'a Body, wire: &str) -> Option<&'a FormField> {
    body.fields.iter().find(|field| field.wire == wire)
}

/// The fields of a form that are not said to be written in the same way.
fn fields_otherwise<'a>(old: &'a Body, new: &'a Body) -> BTreeSet<&'a str> {
    let all = old.fields.iter().chain(&new.fields).map(|field| field.wire.as_str());
    let both = old.encoding == Encoding::Form && new.encoding == Encoding::Form;
    all.filter(|wire| both && form_field(old, wire) != form_field(new, wire)).collect()
}

fn form_travels(field: Option<&FormField>) -> String {
    match field {
        Some(field) => format!("in the form{}", styled(field.styling, true, field.json)),
        None => "as is usual".to_owned(),
    }
}

/// Outside of a body everything is text: what matters is how it looks.
fn written(wire: Wire, old: &Type, new: &Type) -> Wire {
    let plain = |ty: &Type| matches!(ty, Type::Integer(_) | Type::Float(_) | Type::Bool);
    match (plain(old), plain(new)) {
        (true, false) if matches!(new, Type::String | Type::Secret) => Wire::of(Fit::Always, Fit::Sometimes),
        (false, true) if matches!(old, Type::String | Type::Secret) => Wire::of(Fit::Sometimes, Fit::Always),
        _ => wire,
    }
}

/// Whether a caller gives the body in another form, although its type is the same.
fn given_otherwise(old: &Body, new: &Body) -> bool {
    old.encoding != new.encoding
}

fn parameter_added(pair: Pair<'_>, parameter: &Parameter, required: bool, subject: String) -> Found {
    let ident = &parameter.name.ident;
    let (detail, rust, wire, advice) = if required {
        (
            "is new and required",
            Effect::Breaks,
            Wire::of(Fit::Never, Fit::Sometimes),
            format!("Give `{ident}` to `Client::{}`.", pair.new.name.ident),
        )
    } else {
        ("is new", Effect::Adds, Wire::of(Fit::Always, Fit::Sometimes), "Nothing.".to_owned())
    };
    let detail = format!("{detail}: `{}`, sent {}", parameter.ty.described(), travels(parameter));
    Found {
        old: None,
        new: Some(parameter.at.clone()),
        rust,
        wire,
        advice,
        ..pair.change(What::Parameter, Action::Added, subject, detail)
    }
}

fn parameter_removed(pair: Pair<'_>, parameter: &Parameter, required: bool, subject: String) -> Found {
    let advice = if required {
        format!("Do not give `{}` to `Client::{}`.", parameter.name.ident, pair.new.name.ident)
    } else {
        format!("Do not chain `.{}(…)`.", parameter.name.ident)
    };
    let wanted = if required { Fit::Never } else { Fit::Always };
    Found {
        old: Some(parameter.at.clone()),
        new: None,
        rust: Effect::Breaks,
        wire: Wire::of(Fit::Sometimes, wanted),
        advice,
        ..pair.change(What::Parameter, Action::Removed, subject, "is gone".to_owned())
    }
}

/// What becomes of a reader who is given nothing.
fn empty(answer: &Answer) -> Fit {
    match answer.encoding {
        Encoding::Json => Fit::Never,
        Encoding::ByStatus => Fit::Sometimes,
        _ => Fit::Always,
    }
}
