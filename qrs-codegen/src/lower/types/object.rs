//! Objects: a struct where properties are described, else a map.

use indexmap::IndexSet;
use serde_json::Value;

use super::intersection::{Merged, Soundness, undescribed};
use super::shape::mention_together;
use super::{Closed, Shape, Types, doc, keywords, mention};
use crate::diagnostic::{At, Diagnostic, Problem};
use crate::document::{Keyword, SchemaId, Schemas};
use crate::lower::draft::DraftField;
use crate::model::{Access, Name, Rest, Type};
use crate::naming::{Case, Scope};
use crate::pointer::Pointer;

/// Names of a struct's associated functions, which a setter must keep clear of: its own, and those of its traits.
const RESERVED_SETTERS: &[&str] = &["new", "default", "clone", "eq", "ne", "fmt", "serialize", "deserialize"];

/// The struct of an object with properties.
pub(super) fn of<'d>(types: &mut Types<'d>, merged: &Merged<'d>, name: &str) -> Shape {
    let schemas = types.schemas;
    let properties = merged.properties();
    let required = merged.required();
    let bare = bare(types, merged);
    let mut idents = Scope::new(Case::Snake, &[]);
    let mut setters = Scope::new(Case::Snake, RESERVED_SETTERS);
    let mut wires: IndexSet<&str> = properties.keys().copied().collect();
    let mut fields = Vec::with_capacity(properties.len());
    for (&wire, sources) in &properties {
        let Some(outer) = sources.last().copied() else { continue };
        let at = schemas.pointer(outer);
        let (ident, collision) = idents.claim(wire, at.clone());
        types.found.collided(wire, &ident, collision, At::of(&at));
        let (setter, _) = setters.claim(wire, at.clone());
        let ty = property_type(types, sources, &at, name, wire);
        let is_nullable = matches!(ty, Type::Nullable(_));
        let is_required = required.contains_key(wire);
        // An optional property that is `null` is an optional property that is absent, as far as is known.
        let ty = if is_required { ty } else { ty.unwrap_nullable() };
        let doc = sources.iter().rev().map(|source| doc::of(schemas, *source)).find(|doc| !doc.lines.is_empty());
        let aliases = aliases(types, outer, &mut wires);
        fields.push(DraftField {
            at,
            name: Name { wire: wire.to_owned(), ident },
            aliases,
            null_setter: setter.clone(),
            setter,
            doc: doc.unwrap_or_default(),
            is_nullable: is_nullable && ty != Type::Json,
            ty,
            is_required,
            access: access(schemas, sources),
            is_bare: bare == Some(wire),
            values: values(types, sources),
        });
    }
    let described = rest(types, merged, name);
    let refuses = |keyword| merged.under(keyword).into_iter().any(|more| schemas.get(more).as_bool() == Some(false));
    let is_closed =
        described.is_none() && (refuses(Keyword::AdditionalProperties) || refuses(Keyword::UnevaluatedProperties));
    // Where further properties are kept, those that are required are among them.
    if described.is_none() {
        for (wire, at) in undescribed(types, merged, &properties.keys().copied().collect(), is_closed) {
            let (ident, _) = idents.claim(wire, at.clone());
            let (setter, _) = setters.claim(wire, at.clone());
            fields.push(DraftField::undescribed(at, Name { wire: wire.to_owned(), ident }, setter));
        }
    }
    let taken = setters_of_null(&mut fields, &mut setters);
    let kept = described.is_none() && keeps_further_properties(types, merged, is_closed);
    let rest = described.or(kept.then_some(Type::Json)).map(|ty| {
        let (ident, _) = idents.claim("additional_properties", taken.clone());
        let (setter, _) = setters.claim("additional_properties", taken);
        Rest { kept, ident, setter, ty }
    });
    let is_closed = is_closed && rest.is_none();
    Shape::Struct(fields, rest, if is_closed { Closed::Yes } else { Closed::No })
}

/// Whether the type keeps properties that are not described.
fn keeps_further_properties(types: &Types<'_>, merged: &Merged<'_>, is_closed: bool) -> bool {
    let is_asked = merged.codegen("keep-further-properties").is_some_and(|(keep, _)| keep == true);
    // An unknown tag that the type has no property for is one of its further properties.
    let has_other_tags = || {
        let properties = merged.properties();
        let mut tags = merged.parts.iter().filter_map(|part| types.defaults.get(part)).flatten();
        tags.any(|tag| !properties.contains_key(tag.as_str()))
    };
    is_asked || (!is_closed && has_other_tags())
}

/// The property that a value is read as where it comes without the object around it.
fn bare<'d>(types: &mut Types<'d>, merged: &Merged<'d>) -> Option<&'d str> {
    let (bare, part) = merged.codegen("bare")?;
    let bare = bare.as_str()?;
    if merged.properties().contains_key(bare) {
        return Some(bare);
    }
    let at = types.schemas.pointer(part).child("x-codegen").child("bare");
    let problem = Problem::UndeclaredProperty { property: bare.to_owned() };
    let help = "it names the property of this schema that a bare value is read as";
    types.found.once(Diagnostic::error(at, problem).help(help));
    None
}

/// The type of a property. One of a component's is called after the component and declared once, however many schemas
/// take it over by `allOf`.
fn property_type(types: &mut Types<'_>, sources: &[SchemaId], at: &Pointer, parent: &str, wire: &str) -> Type {
    let owner = match at.tokens() {
        [first, second, component, _, _] if sources.len() == 1 && first == "components" && second == "schemas" => {
            component
        }
        _ => parent,
    };
    mention_together(types, sources, &format!("{owner} {wire}"))
}

/// The type of further properties of an object, if it says that it has any.
fn rest<'d>(types: &mut Types<'d>, merged: &Merged<'d>, name: &str) -> Option<Type> {
    if merged.soundness == Soundness::LacksParts {
        // Whatever they describe is not lost.
        return Some(Type::Json);
    }
    let schemas = types.schemas;
    // Beside a part that allows more, one that does not speaks of its own properties only.
    let allows = |keyword: Keyword| -> Vec<SchemaId> {
        merged.under(keyword).into_iter().filter(|more| schemas.get(*more).as_bool() != Some(false)).collect()
    };
    let mut additional = allows(Keyword::AdditionalProperties);
    // What a condition describes is not among these, and may have another type.
    let is_without_conditional = additional.is_empty();
    if is_without_conditional {
        additional = allows(Keyword::UnevaluatedProperties);
    }
    let name = format!("{name} value");
    let patterned = patterns(types, merged, &name);
    let mut all = patterned.clone();
    if !additional.is_empty() {
        all.push(mention_together(types, &additional, &name));
    } else if !patterned.is_empty() && !matches_each_name(types, merged) {
        // Names that no pattern matches may have a value of any type.
        all.push(Type::Json);
    }
    let keeps_conditional = is_without_conditional && keeps_conditional(types, merged);
    let ty = match all.first() {
        _ if keeps_conditional => Type::Json,
        Some(first) if all.iter().all(|ty| ty == first) => first.clone(),
        Some(_) => Type::Json,
        None => return None,
    };
    if let Some(part) = merged.last_with("patternProperties").filter(|_| !patterned.is_empty()) {
        let help = match ty {
            Type::Json => "further properties are JSON values, since their names decide their types",
            _ => "any further property is taken for one of these",
        };
        types.found.note_keyword(schemas.pointer(part).child("patternProperties"), "`patternProperties`", help);
    }
    Some(ty)
}

/// Whether properties are described under conditions, which a struct has no fields for: these are kept with the further
/// ones. Warns of it.
fn keeps_conditional<'d>(types: &mut Types<'d>, merged: &Merged<'d>) -> bool {
    let schemas = types.schemas;
    let mut keeps = false;
    for part in &merged.parts {
        for keyword in keywords::conditions(schemas, *part) {
            let at = schemas.pointer(*part).child(keyword.name());
            let problem = Problem::Unsupported { what: format!("`{}`", keyword.name()) };
            let help = "the properties that it describes are kept as JSON values, with the further ones";
            types.found.once(Diagnostic::warning(at, problem).on_key().help(help));
            keeps = true;
        }
    }
    keeps
}

/// The types of the properties whose names match a pattern.
fn patterns(types: &mut Types<'_>, merged: &Merged<'_>, name: &str) -> Vec<Type> {
    let schemas = types.schemas;
    let all = merged.parts.iter().flat_map(|part| schemas.get(*part).all(Keyword::PatternProperties));
    all.map(|pattern| mention(types, pattern, name)).collect()
}

/// Whether each further property matches a pattern: any other name is refused, or a pattern matches any name.
fn matches_each_name(types: &Types<'_>, merged: &Merged<'_>) -> bool {
    let is_false = |id: SchemaId| types.schemas.get(id).as_bool() == Some(false);
    let refuses = |keyword: Keyword| merged.under(keyword).into_iter().any(is_false);
    let mut names = merged.parts.iter().flat_map(|part| types.schemas.get(*part).named(Keyword::PatternProperties));
    refuses(Keyword::AdditionalProperties)
        || refuses(Keyword::UnevaluatedProperties)
        || names.any(|(pattern, _)| ["", ".*", ".+"].contains(&pattern.trim_matches(['^', '$'])))
}

/// The type of an object of which no property is described: a map, if it says of what.
pub(super) fn free_form<'d>(types: &mut Types<'d>, merged: &Merged<'d>, name: &str) -> Type {
    let says_what = merged.describes(Keyword::AdditionalProperties) || merged.describes(Keyword::UnevaluatedProperties);
    let has_patterns = merged.last_with("patternProperties").is_some();
    if !says_what && !has_patterns {
        return Type::JsonObject;
    }
    match rest(types, merged, name) {
        None | Some(Type::Json) if !says_what => Type::JsonObject,
        Some(ty) => Type::Map(Box::new(ty)),
        None => Type::JsonObject,
    }
}

/// Further names that a property is accepted by; none may be another property's.
fn aliases<'d>(types: &mut Types<'d>, property: SchemaId, wires: &mut IndexSet<&'d str>) -> Vec<String> {
    let given = types.schemas.get(property).codegen("aliases").and_then(Value::as_array);
    let mut aliases = Vec::new();
    for (index, alias) in given.into_iter().flatten().filter_map(Value::as_str).enumerate() {
        if wires.insert(alias) {
            aliases.push(alias.to_owned());
            continue;
        }
        let list = types.schemas.pointer(property).child("x-codegen").child("aliases");
        let problem = Problem::DuplicateValue { value: alias.to_owned() };
        let help = "it is the name of another property of this schema";
        types.found.once(Diagnostic::error(list.child(index.to_string()), problem).help(help));
    }
    aliases
}

/// The setters of `null`, which are named once all others are.
fn setters_of_null(fields: &mut [DraftField], setters: &mut Scope<Pointer>) -> Pointer {
    let place = Pointer::default();
    for field in fields.iter_mut().filter(|field| field.is_nullable) {
        (field.null_setter, _) = setters.claim(&format!("{}_null", field.name.wire), place.clone());
    }
    place
}

/// The side that sends a property.
fn access(schemas: &Schemas, sources: &[SchemaId]) -> Access {
    let says = |key: &str| sources.iter().any(|source| schemas.get(*source).get(key) == Some(&Value::Bool(true)));
    match (says("readOnly"), says("writeOnly")) {
        (true, false) => Access::Server,
        (false, true) => Access::Client,
        _ => Access::Both,
    }
}

/// The scalar values that a property is one of, where it lists them.
fn values(types: &mut Types<'_>, sources: &[SchemaId]) -> Vec<Value> {
    for source in sources.iter().rev() {
        let target = types.target(*source).unwrap_or(*source);
        let schema = types.schemas.get(target);
        let constant = schema.get("const").map(std::slice::from_ref).unwrap_or_default();
        let values = if constant.is_empty() { schema.values("enum") } else { constant };
        if !values.is_empty() && values.iter().all(|value| !value.is_array() && !value.is_object()) {
            return values.to_vec();
        }
    }
    Vec::new()
}
