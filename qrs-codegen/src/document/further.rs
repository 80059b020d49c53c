//! The operations of a path item that `openapiv3` does not know: `query`, and those of `additionalOperations`.

use openapiv3::Operation as OperationObject;
use serde::Deserialize as _;
use serde_json::Value;

use crate::diagnostic::{At, Diagnostic, Pointer, Problem};

/// The keys of a path item that hold operations of the methods that `openapiv3` knows.
pub(super) const METHODS: &[&str] = &["get", "put", "post", "delete", "options", "head", "patch", "trace"];

/// The key of a path item that holds operations of any other method.
pub(super) const ADDITIONAL: &str = "additionalOperations";

/// An operation that was read by itself.
pub(super) struct FurtherOperation {
    pub(super) path: String,
    /// As it is sent.
    pub(super) method: String,
    pub(super) at: Pointer,
    pub(super) operation: OperationObject,
}

/// The operations of a path item, each with its method as it is sent and the keys that lead to it.
pub(super) fn operations(item: &Value) -> impl Iterator<Item = (String, Vec<&str>, &Value)> {
    let fixed = METHODS.iter().chain(&["query"]);
    let fixed = fixed.filter_map(|key| Some((key.to_ascii_uppercase(), vec![*key], item.get(key)?)));
    fixed.chain(additional(item))
}

fn additional(item: &Value) -> impl Iterator<Item = (String, Vec<&str>, &Value)> {
    let additional = item.get(ADDITIONAL).and_then(Value::as_object);
    let additional = additional.into_iter().flatten().filter(|(method, _)| !method.starts_with("x-"));
    additional.map(|(method, operation)| (method.clone(), vec![ADDITIONAL, method.as_str()], operation))
}

/// Reads the operations of all paths that `openapiv3` does not know. `is_sound` says that it must understand them.
pub(super) fn read(tree: &Value, is_sound: bool, found: &mut Vec<Diagnostic>) -> Vec<FurtherOperation> {
    let mut all = Vec::new();
    let root = At::ROOT;
    let paths_at = root.child("paths");
    for (path, item) in tree.get("paths").and_then(Value::as_object).into_iter().flatten() {
        let further = operations(item).filter(|(_, keys, _)| !METHODS.contains(&keys[0]));
        for (method, keys, value) in further {
            let mut at = paths_at.child(path).pointer();
            for key in &keys {
                at.push(*key);
            }
            if let Some(problem) = refusal(&method, &keys, item) {
                found.push(problem(&at));
                continue;
            }
            if let Some(key) = own_key(&method, &keys) {
                let problem = Problem::UnknownValue { value: method.clone() };
                let help = format!("the path item has the key `{key}` for this method: it is read so");
                found.push(Diagnostic::warning(at.clone(), problem).on_key().help(help));
            }
            match OperationObject::deserialize(value) {
                Ok(operation) => all.push(FurtherOperation { path: path.clone(), method, at, operation }),
                // Where `validate` has refused something, that explains it.
                Err(_) if !is_sound => {}
                Err(error) => {
                    let what = format!("a part that is sound was not understood: {error}");
                    found.push(Diagnostic::error(at, Problem::Defect { what }));
                }
            }
        }
    }
    all
}

type DiagnosticAt = Box<dyn Fn(&Pointer) -> Diagnostic>;

/// The key of a path item that an additional operation belongs under.
fn own_key(method: &str, keys: &[&str]) -> Option<&'static str> {
    // An operation under its own key has no other.
    if keys.len() < 2 {
        return None;
    }
    METHODS.iter().chain(&["query"]).find(|key| key.to_ascii_uppercase() == method).copied()
}

/// Why no request of an additional operation can be made.
fn refusal(method: &str, keys: &[&str], item: &Value) -> Option<DiagnosticAt> {
    let help = match own_key(method, keys).filter(|key| item.get(*key).is_some()) {
        Some(key) => format!("it is left out: the path item has this method under `{key}`"),
        None if is_token(method) => return None,
        None => "it is left out: a method has only the characters of a token (RFC 9110, section 5.6.2)".to_owned(),
    };
    let value = method.to_owned();
    Some(Box::new(move |at| {
        let problem = Problem::UnknownValue { value: value.clone() };
        Diagnostic::warning(at.clone(), problem).on_key().help(help.clone())
    }))
}

fn is_token(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte))
}
