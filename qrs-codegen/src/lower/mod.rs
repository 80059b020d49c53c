//! A document to a [`model::Api`](crate::model::Api): resolves references, names everything, picks types.
//!
//! Every decision about Rust is made here, and every refusal. What cannot be expressed is an error; what can be
//! expressed less exactly than the document says is a warning. One run finds them all.

mod body;
mod document;
mod media;
mod operation;
mod parameter;
mod received;
mod recursion;
mod response;
mod schema;
mod security;
mod server;
mod settle;

use std::collections::{HashMap, HashSet};

use indexmap::IndexMap;
use openapiv3::{Components, OpenAPI, ReferenceOr};
use serde_json::Value;

use crate::diagnostic::{At, Diagnostic, Pointer, Problem};
use crate::markdown;
use crate::model::{Api, Doc, Item, Scheme, SchemeValue, Security};
use crate::naming::{Case, Collision, Ident, Scope};

/// Names that a type in `types` must not shadow: the prelude and what the derives of serde write.
const RESERVED_TYPES: &[&str] = &[
    "Self",
    "Option",
    "Some",
    "None",
    "Result",
    "Ok",
    "Err",
    "String",
    "Vec",
    "Box",
    "Clone",
    "Copy",
    "Debug",
    "Default",
    "PartialEq",
    "Eq",
    "Hash",
    "Send",
    "Sync",
    "Into",
    "From",
    "Iterator",
    "IntoIterator",
    "Deserialize",
    "Serialize",
    "AsRef",
    "Drop",
    "Fn",
    "FnMut",
    "FnOnce",
    "ToString",
    "ToOwned",
    "Sized",
    "Unpin",
    "Extend",
    "TryFrom",
    "TryInto",
    "PartialOrd",
    "Ord",
    "AsMut",
    "FromIterator",
    "DoubleEndedIterator",
    "ExactSizeIterator",
];

/// What a document says in Rust's terms, and every problem with it: schemas are read from its tree, everything else as
/// `openapiv3` has it. The first means nothing if the second has errors.
pub(crate) fn lower(tree: &Value, document: &OpenAPI) -> (Api, Vec<Diagnostic>) {
    static NOTHING: std::sync::LazyLock<Components> = std::sync::LazyLock::new(Components::default);
    let mut lowering = Lowering {
        tree,
        document,
        components: document.components.as_ref().unwrap_or(&NOTHING),
        alone: Vec::new(),
        found: Vec::new(),
        type_names: Scope::new(Case::Type, RESERVED_TYPES),
        items: Vec::new(),
        places: HashMap::new(),
        known: schema::Known::default(),
        anchors: None,
        reported: HashSet::new(),
        statics: Scope::new(Case::Static, &[]),
        schemes: IndexMap::new(),
        securities: Vec::new(),
        default_security: None,
        servers: server::Servers::default(),
    };
    let contract = lowering.contract();
    let package = lowering.package(&contract);
    lowering.declare_schemas();
    lowering.schemes();
    lowering.shared_security();
    lowering.servers();
    let modules = lowering.modules();
    lowering.declare_waiting();
    lowering.mark_scalars();
    recursion::box_cycles(&mut lowering.items, &mut lowering.found, &lowering.places);
    settle::settle(&mut lowering.items, &modules);
    lowering.drop_unused(&modules);
    let api = Api {
        contract,
        package,
        servers: lowering.servers.all,
        schemes: lowering.schemes.into_values().collect(),
        securities: lowering.securities,
        items: lowering.items,
        modules,
    };
    (api, lowering.found)
}

struct Lowering<'a> {
    tree: &'a Value,
    document: &'a OpenAPI,
    components: &'a Components,
    /// The lists of alternatives of which the only one is being looked at, by their addresses.
    alone: Vec<*const Value>,
    found: Vec<Diagnostic>,
    type_names: Scope<Pointer>,
    items: Vec<Item>,
    /// Where each declared type is described.
    places: HashMap<Ident, Pointer>,
    known: schema::Known<'a>,
    /// The places that schemas give a name of their own, once somebody asks.
    anchors: Option<HashMap<String, Pointer>>,
    /// What was reported of places that are met more than once.
    reported: HashSet<(Pointer, String)>,
    /// The statics beside the credentials.
    statics: Scope<Pointer>,
    schemes: IndexMap<&'a str, Scheme>,
    securities: Vec<Security>,
    /// What an operation needs that says nothing of its own.
    default_security: Option<Ident>,
    servers: server::Servers,
}

impl<'a> Lowering<'a> {
    fn error(&mut self, at: At<'_>, problem: Problem) {
        self.found.push(Diagnostic::error(at.pointer(), problem));
    }

    fn error_with_help(&mut self, at: At<'_>, problem: Problem, help: impl Into<String>) {
        self.found.push(Diagnostic::error(at.pointer(), problem).help(help));
    }

    fn warn(&mut self, at: At<'_>, problem: Problem, help: impl Into<String>) {
        self.found.push(Diagnostic::warning(at.pointer(), problem).help(help));
    }

    fn mention_aside(&mut self, at: At<'_>, problem: Problem, help: impl Into<String>) {
        self.found.push(Diagnostic::note(at.pointer(), problem).help(help));
    }

    /// Says where two names met, and how they were told apart.
    fn collided(&mut self, wire: &str, given: &Ident, collision: Option<Collision<Pointer>>, at: At<'_>) {
        let Some(Collision { first, wanted }) = collision else { return };
        let problem = Problem::NameCollision { wire: wire.to_owned(), wanted: wanted.to_string() };
        let mut diagnostic =
            Diagnostic::warning(at.pointer(), problem).on_key().help(format!("it is called `{given}`"));
        diagnostic = match first {
            Some(first) => diagnostic.related(first, format!("`{wanted}` is this one's name")),
            None => {
                diagnostic.help(format!("the generated code has a `{wanted}` of its own; this one is called `{given}`"))
            }
        };
        self.found.push(diagnostic);
    }

    /// Leaves out what no operation refers to: a `security` that every operation replaces, and a value that would be
    /// made up for nothing.
    fn drop_unused(&mut self, modules: &[crate::model::Module]) {
        let operations = || modules.iter().flat_map(|module| &module.operations);
        self.securities
            .retain(|security| operations().any(|operation| operation.security.as_ref() == Some(&security.place)));
        let securities = &self.securities;
        let used = |place: &Ident| {
            securities.iter().flat_map(|security| &security.alternatives).flatten().any(|used| used == place)
                || operations().flat_map(|operation| &operation.carried).any(|carried| &carried.scheme == place)
        };
        self.schemes.retain(|_, scheme| !matches!(scheme.value, SchemeValue::Made { .. }) || used(&scheme.place));
    }

    /// Follows references within `#/components/{section}`, at most as many times as there are entries.
    fn resolve<'r, T>(
        &mut self,
        given: &'a ReferenceOr<T>,
        section: &'static str,
        entries: &'a IndexMap<String, ReferenceOr<T>>,
        at: At<'r>,
    ) -> Option<Resolved<'a, T>> {
        let mut current = given;
        let mut name = None;
        for _ in 0..=entries.len() {
            match current {
                ReferenceOr::Item(item) => return Some(Resolved { item, component: name }),
                ReferenceOr::Reference { reference } => {
                    let key = self.component(reference, section, at)?;
                    let Some((key, entry)) = entries.get_key_value(key.as_str()) else {
                        self.dangling(reference, entries.keys(), at);
                        return None;
                    };
                    name = Some(key.as_str());
                    current = entry;
                }
            }
        }
        self.error(at.child("$ref"), Problem::ReferenceCycle);
        None
    }

    /// The name in a reference to `#/components/{section}/…`.
    fn component(&mut self, reference: &str, section: &'static str, at: At<'_>) -> Option<String> {
        let at = at.child("$ref");
        let Some(fragment) = reference.strip_prefix('#') else {
            self.error_with_help(
                at,
                Problem::UnsupportedReference { reference: reference.to_owned() },
                "only references within the document are followed",
            );
            return None;
        };
        let pointer = Pointer::parse(&crate::pointer::percent_decoded(fragment));
        match pointer.as_ref().map(Pointer::tokens) {
            Some([first, second, name]) if first == "components" && second == section => Some(name.clone()),
            _ => {
                self.error_with_help(
                    at,
                    Problem::UnsupportedReference { reference: reference.to_owned() },
                    format!("a reference here can point to `#/components/{section}/…`"),
                );
                None
            }
        }
    }

    fn dangling<'n>(&mut self, reference: &str, known: impl Iterator<Item = &'n String>, at: At<'_>) {
        let at = at.child("$ref");
        let problem = Problem::DanglingReference { reference: reference.to_owned() };
        let wanted = reference.rsplit('/').next().unwrap_or_default();
        let near = crate::validate::nearest(wanted, known.map(String::as_str));
        let help = match near {
            Some(near) => format!("did you mean `{near}`?"),
            None => "nothing of that name is in the document".to_owned(),
        };
        self.error_with_help(at, problem, help);
    }
}

/// What a reference led to.
struct Resolved<'a, T> {
    item: &'a T,
    /// The component's name, if it is one.
    component: Option<&'a str>,
}

/// A doc comment of several texts, each a paragraph or more.
fn doc<'t>(texts: impl IntoIterator<Item = Option<&'t str>>) -> Doc {
    let mut lines: Vec<String> = Vec::new();
    for text in texts.into_iter().flatten() {
        let more = markdown::lines(text);
        if more.is_empty() {
            continue;
        }
        if !lines.is_empty() {
            lines.push(String::new());
        }
        lines.extend(more);
    }
    Doc(lines)
}

/// What `x-codegen` says about a schema.
fn codegen_of<'v>(schema: &'v Value, key: &str) -> Option<&'v Value> {
    schema.get("x-codegen")?.get(key)
}

/// What `x-codegen` says about an object.
fn codegen<'v>(extensions: &'v IndexMap<String, Value>, key: &str) -> Option<&'v Value> {
    extensions.get("x-codegen").and_then(|codegen| codegen.get(key))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    /// The functions that `runtime/` gives a type of its own.
    fn inherent(type_name: &str) -> BTreeSet<String> {
        let mut names = BTreeSet::new();
        for (_, text) in crate::emit::runtime_files() {
            let file = syn::parse_file(text).expect("the runtime is Rust");
            for item in file.items {
                let syn::Item::Impl(item) = item else { continue };
                let syn::Type::Path(path) = &*item.self_ty else { continue };
                if item.trait_.is_none() && path.path.is_ident(type_name) {
                    names.extend(item.items.iter().filter_map(|item| match item {
                        syn::ImplItem::Fn(function) => Some(function.sig.ident.to_string()),
                        _ => None,
                    }));
                }
            }
        }
        names
    }

    #[test]
    fn what_the_runtime_calls_its_own_is_kept_for_it() {
        let lists = [
            ("Client", super::operation::CLIENT_METHODS),
            ("ClientBuilder", super::security::BUILDER_METHODS),
            ("Server", super::server::SERVER_FUNCTIONS),
        ];
        for (name, reserved) in lists {
            let own = inherent(name);
            assert!(own.len() > 1, "{name} was not found: {own:?}");
            let missing: Vec<&String> = own.iter().filter(|own| !reserved.contains(&own.as_str())).collect();
            assert!(missing.is_empty(), "{name} has functions of its own that are not reserved: {missing:?}");
        }
    }
}
