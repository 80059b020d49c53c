//! The names of operations.

use crate::diagnostic::{At, Problem};
use crate::document::Operation;
use crate::lower::findings::Findings;
use crate::model::Accessor;
use crate::naming::{self, Case, Collision, Ident, Scope};
use crate::pointer::Pointer;

/// The functions that every `Client` has.
pub(in crate::lower) const CLIENT_METHODS: &[&str] =
    &["builder", "new", "server", "at_server", "call", "clone", "fmt", "shared"];

/// Names that the file of a module uses.
const REQUEST_TYPES: &[&str] = &[
    "Call",
    "Client",
    "Error",
    "Operation",
    "Method",
    "Statuses",
    "Carrier",
    "Self",
    "Option",
    "Some",
    "None",
    "Result",
    "Ok",
    "Err",
    "String",
    "Vec",
    "Into",
    "From",
    "IntoIterator",
    "Clone",
    "Debug",
    "Send",
];

/// The names that the operations of a document have taken.
pub(super) struct Names {
    methods: Scope<Pointer>,
    /// Requests, and the types beside them.
    pub(super) requests: Scope<Pointer>,
    statics: Scope<Pointer>,
}

/// The names of one operation.
#[derive(Clone)]
pub(super) struct OperationNames {
    pub(super) method: Ident,
    pub(super) request: Ident,
    /// The static that describes it.
    pub(super) static_ident: Ident,
}

impl Names {
    /// Names all operations. One that says its name comes before one that does not; of several that say the same, the
    /// first has the name, and the others are called after their method and path: that stays as it is, whatever is
    /// added beside them.
    pub(super) fn of(operations: &[Operation], found: &mut Findings) -> (Names, Vec<OperationNames>) {
        let mut names = Names {
            methods: Scope::new(Case::Snake, CLIENT_METHODS),
            requests: Scope::new(Case::Type, REQUEST_TYPES),
            statics: Scope::new(Case::Static, &[]),
        };
        note_opaque(operations, found);
        let mut given: Vec<Option<OperationNames>> = Vec::with_capacity(operations.len());
        for operation in operations {
            let free = wanted(operation).filter(|wanted| names.methods.holder(wanted).is_none());
            let at = place(operation);
            given.push(free.map(|wanted| {
                let (method, collision) = names.methods.claim(wanted, at.clone());
                found.collided(wanted, &method, collision, At::of(&at));
                names.request(method, wanted, &at)
            }));
        }
        let all = operations.iter().zip(given);
        let all = all.map(|(operation, given)| given.unwrap_or_else(|| names.after_path(operation, found))).collect();
        (names, all)
    }

    /// Names an operation after its method and path.
    fn after_path(&mut self, operation: &Operation, found: &mut Findings) -> OperationNames {
        let from_path = from_path(operation);
        let (method, collision) = self.methods.claim(&from_path, operation.at.clone());
        match wanted(operation) {
            Some(wanted) => {
                let first = self.methods.holder(wanted);
                let collision = Collision { first, wanted: naming::ident(wanted, Case::Snake) };
                found.collided(wanted, &method, Some(collision), At::of(&place(operation)));
            }
            None => found.collided(&from_path, &method, collision, At::of(&operation.at)),
        }
        self.request(method, &from_path, &operation.at)
    }

    /// Names the accessor of a module. The operations have their names already, so that none of them changes.
    pub(super) fn accessor(&mut self, module: &str, at: &Pointer) -> Accessor {
        let with_kind = format!("{module} operations");
        let wanted = if self.methods.is_free(module) { module } else { &with_kind };
        let (method, _) = self.methods.claim(wanted, at.clone());
        let (ty, _) = self.requests.claim(&with_kind, at.clone());
        Accessor { method, ty }
    }

    fn request(&mut self, method: Ident, wanted: &str, at: &Pointer) -> OperationNames {
        let (request, _) = self.requests.claim(wanted, at.clone());
        let (static_ident, _) = self.statics.claim(wanted, at.clone());
        OperationNames { method, request, static_ident }
    }

    /// Names an operation that sends a media type, which `word` stands for.
    pub(super) fn of_media_type(
        &mut self,
        names: &OperationNames,
        word: &str,
        operation: &Operation,
        found: &mut Findings,
    ) -> OperationNames {
        let at = &operation.at;
        let (method, collision) = self.methods.claim(&format!("{} {word}", names.method.as_str()), at.clone());
        found.collided(&name(operation), &method, collision, At::of(at));
        self.request(method, &format!("{} {word}", names.request.as_str()), at)
    }
}

/// Says once that operations are named after method and path, whatever their `operationId`.
fn note_opaque(operations: &[Operation], found: &mut Findings) {
    let mut opaque = operations.iter().filter(|operation| operation.has_opaque_id && operation.name.is_none());
    let Some(first) = opaque.next() else { return };
    let what = match opaque.count() {
        0 => "an `operationId` that is no name".to_owned(),
        1 => "an `operationId` that is no name, here and once more,".to_owned(),
        others => format!("an `operationId` that is no name, here and {others} times more,"),
    };
    let help = "such an operation is named after its method and path; `name` of `x-codegen` names it otherwise";
    found.note(first.at.child("operationId"), Problem::Unsupported { what }, help);
}

/// The name that a document gives to an operation.
fn wanted(operation: &Operation) -> Option<&str> {
    operation.name.as_deref().or(operation.id.as_deref())
}

/// The name of an operation: the one that the document gives it, or one after its method and path.
pub(super) fn name(operation: &Operation) -> String {
    wanted(operation).map_or_else(|| from_path(operation), str::to_owned)
}

/// The place of an operation's name.
fn place(operation: &Operation) -> Pointer {
    if operation.id.is_some() { operation.at.child("operationId") } else { operation.at.clone() }
}

/// A name for an operation that has none, made of what cannot change without changing the operation.
pub(super) fn from_path(operation: &Operation) -> String {
    let mut name = operation.method.to_ascii_lowercase();
    for segment in operation.path.split('/').filter(|segment| !segment.is_empty()) {
        name.push(' ');
        match segment.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')) {
            Some(parameter) => {
                name.push_str("by ");
                name.push_str(parameter);
            }
            None => name.push_str(segment),
        }
    }
    name
}
