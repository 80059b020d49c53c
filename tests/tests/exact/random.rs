//! Random schemas of OpenAPI 3.1, and random values that satisfy them.

use fastrand::Rng;
use serde_json::{Map, Value, json};

/// The names of properties. Few, so that alternatives share some of them.
const NAMES: &[&str] = &["a", "b", "c", "kind", "name", "value"];

/// The pattern of `patternProperties`.
const PATTERN: &str = "^p-";

/// The texts of constants and enumerations.
const TEXTS: &[&str] = &["red", "green", "blue", "1.10", ""];

/// A set of named schemas that refer to each other.
pub(crate) struct Schemas {
    /// The schemas, by their index; `S0`, `S1` … are their names.
    pub(crate) all: Vec<Value>,
}

impl Schemas {
    /// Makes `count` schemas. Each refers only to those before it.
    pub(crate) fn random(seed: u64, count: usize) -> Schemas {
        let mut rng = Rng::with_seed(seed);
        let mut all: Vec<Value> = Vec::new();
        for _ in 0..count {
            let schema = Maker { rng: &mut rng, before: &all }.schema(0);
            all.push(schema);
        }
        Schemas { all }
    }

    /// A document that declares all of them. Each is sent and received.
    pub(crate) fn document(&self) -> Value {
        let named: Map<String, Value> =
            self.all.iter().enumerate().map(|(index, schema)| (name(index), schema.clone())).collect();
        let paths = named.keys().map(|name| {
            let content =
                json!({ "application/json": { "schema": { "$ref": format!("#/components/schemas/{name}") } } });
            let put = json!({
                "operationId": format!("put{name}"),
                "requestBody": { "required": true, "content": content },
                "responses": { "200": { "description": "The same.", "content": content } },
            });
            (format!("/{name}"), json!({ "put": put }))
        });
        json!({
            "openapi": "3.1.0",
            "info": { "title": "Random", "version": "1" },
            "paths": paths.collect::<Map<String, Value>>(),
            "components": { "schemas": named },
        })
    }

    /// A schema on its own, for a validator that knows JSON Schema alone.
    pub(crate) fn standalone(&self, index: usize) -> Value {
        standalone(index, &self.document()["components"])
    }

    /// As [`Self::standalone`], for values of which each property is described by a schema that the value satisfies.
    pub(crate) fn described(&self, index: usize) -> Value {
        let all = self.all.iter().enumerate().map(|(index, schema)| (name(index), within(schema)));
        let components = json!({ "schemas": all.collect::<Map<String, Value>>() });
        let mut schema = standalone(index, &components);
        schema["unevaluatedProperties"] = json!(false);
        schema
    }

    /// As [`Self::standalone`], with the keywords alone that types hold a value to: `type`, `properties`, `required`, items
    /// and further properties.
    pub(crate) fn held(&self, index: usize) -> Value {
        let all = self.all.iter().enumerate().map(|(index, schema)| (name(index), held(schema)));
        standalone(index, &json!({ "schemas": all.collect::<Map<String, Value>>() }))
    }

    /// A value that is meant to violate the schema of this index: one that satisfies it, with a change somewhere.
    pub(crate) fn damaged(&self, index: usize, rng: &mut Rng) -> Value {
        let mut value = self.value(index, rng);
        damage(&mut value, rng);
        value
    }

    /// A value that is meant to satisfy the schema of this index.
    pub(crate) fn value(&self, index: usize, rng: &mut Rng) -> Value {
        self.satisfying(&self.all[index], rng)
    }

    fn satisfying(&self, schema: &Value, rng: &mut Rng) -> Value {
        let Some(map) = schema.as_object() else { return any(rng) };
        if let Some(index) = map.get("$ref").and_then(Value::as_str).and_then(index_of) {
            return self.satisfying(&self.all[index], rng);
        }
        if let Some(constant) = map.get("const") {
            return constant.clone();
        }
        if let Some(values) = map.get("enum").and_then(Value::as_array) {
            return values[rng.usize(..values.len())].clone();
        }
        let mut value = self.of_type(map, rng);
        for part in map.get("allOf").and_then(Value::as_array).into_iter().flatten() {
            merge(&mut value, self.satisfying(part, rng));
        }
        for keyword in ["oneOf", "anyOf"] {
            let Some(alternatives) = map.get(keyword).and_then(Value::as_array) else { continue };
            merge(&mut value, self.satisfying(&alternatives[rng.usize(..alternatives.len())], rng));
            if keyword == "anyOf" && rng.bool() {
                merge(&mut value, self.satisfying(&alternatives[rng.usize(..alternatives.len())], rng));
            }
        }
        self.meet_conditions(&mut value, map, rng);
        value
    }

    /// Adds to a value what `if`, `then`, `else` and `dependentSchemas` ask for.
    fn meet_conditions(&self, value: &mut Value, map: &Map<String, Value>, rng: &mut Rng) {
        if let Some(condition) = map.get("if") {
            let holds = rng.bool();
            if holds {
                merge(value, self.satisfying(condition, rng));
            }
            if let Some(schema) = map.get(if holds { "then" } else { "else" }) {
                merge(value, self.satisfying(schema, rng));
            }
        }
        for (name, schema) in map.get("dependentSchemas").and_then(Value::as_object).into_iter().flatten() {
            if value.get(name).is_some() {
                merge(value, self.satisfying(schema, rng));
            }
        }
    }

    fn of_type(&self, map: &Map<String, Value>, rng: &mut Rng) -> Value {
        let types: Vec<&str> = match map.get("type") {
            Some(Value::String(one)) => vec![one],
            Some(Value::Array(several)) => several.iter().filter_map(Value::as_str).collect(),
            _ => return if map.contains_key("properties") { self.object(map, rng) } else { Value::Null },
        };
        match types[rng.usize(..types.len())] {
            "string" => text(map.get("format").and_then(Value::as_str), rng),
            "integer" | "number" if map.contains_key("format") => json!(rng.i64(..)),
            "integer" => json!(rng.i32(-1000..1000)),
            "number" if rng.bool() => json!(rng.i32(-1000..1000)),
            "number" => json!(f64::from(rng.i32(-1000..1000)) + 0.5),
            "boolean" => json!(rng.bool()),
            "array" => {
                let first = map.get("prefixItems").and_then(Value::as_array).into_iter().flatten();
                let mut list: Vec<Value> = first.map(|item| self.satisfying(item, rng)).collect();
                if map.get("minItems").is_none() {
                    list.truncate(rng.usize(..=list.len()));
                }
                let items = map.get("items").unwrap_or(&Value::Bool(true));
                if *items != Value::Bool(false) {
                    list.extend((0..rng.usize(0..3)).map(|_| self.satisfying(items, rng)));
                }
                Value::Array(list)
            }
            "object" => self.object(map, rng),
            _ => Value::Null,
        }
    }

    fn object(&self, map: &Map<String, Value>, rng: &mut Rng) -> Value {
        let required: Vec<&str> =
            map.get("required").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect();
        let mut object = Map::new();
        for (name, schema) in map.get("properties").and_then(Value::as_object).into_iter().flatten() {
            if required.contains(&name.as_str()) || rng.bool() {
                object.insert(name.clone(), self.satisfying(schema, rng));
            }
        }
        if let Some(schema) = map.get("additionalProperties").filter(|schema| schema.is_object()) {
            for name in ["x", "y"] {
                if rng.bool() {
                    object.insert(name.to_owned(), self.satisfying(schema, rng));
                }
            }
        }
        if let Some(schema) = map.get("patternProperties").and_then(|patterns| patterns.get(PATTERN)) {
            for name in ["p-1", "p-2"] {
                if rng.bool() {
                    object.insert(name.to_owned(), self.satisfying(schema, rng));
                }
            }
        }
        Value::Object(object)
    }
}

fn standalone(index: usize, components: &Value) -> Value {
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$ref": format!("#/components/schemas/{}", name(index)),
        "components": components,
    })
}

/// A schema whose inner values have no property that nothing describes.
fn within(schema: &Value) -> Value {
    let Some(map) = schema.as_object() else { return schema.clone() };
    let of_value = |schema: &Value| match schema {
        Value::Object(_) => json!({ "allOf": [within(schema)], "unevaluatedProperties": false }),
        other => other.clone(),
    };
    let each = |value: &Value, change: &dyn Fn(&Value) -> Value| match value {
        Value::Array(items) => items.iter().map(change).collect(),
        Value::Object(map) => map.iter().map(|(key, value)| (key.clone(), change(value))).collect(),
        other => other.clone(),
    };
    let changed = map.iter().map(|(key, value)| {
        let changed = match key.as_str() {
            "properties" | "patternProperties" | "prefixItems" => each(value, &of_value),
            "items" | "additionalProperties" => of_value(value),
            "allOf" | "anyOf" | "oneOf" | "dependentSchemas" => each(value, &within),
            "if" | "then" | "else" => within(value),
            _ => value.clone(),
        };
        (key.clone(), changed)
    });
    Value::Object(changed.collect())
}

/// A schema without what no type holds a value to, at every depth.
fn held(schema: &Value) -> Value {
    const HELD: [&str; 9] =
        ["$ref", "type", "required", "minItems", "properties", "items", "prefixItems", "additionalProperties", "allOf"];
    let Some(map) = schema.as_object() else { return schema.clone() };
    let is_held = |key: &&String| HELD.contains(&key.as_str());
    // What patterns describe, types read as further properties.
    let is_patterned = map.contains_key("patternProperties");
    // A list is typed item by item only if it has all of them.
    let is_any_list = map.contains_key("prefixItems") && !map.contains_key("minItems");
    // Several types are a union, which takes any value as `Unknown`.
    let is_union = |ty: &Value| ty.as_array().is_some_and(|types| types.iter().filter(|ty| *ty != "null").count() > 1);
    // An object without a property is a map.
    let is_map = map.get("properties").is_none_or(|properties| properties.as_object().is_none_or(Map::is_empty));
    let is_loose = |key: &str| match key {
        "type" => is_union(&map["type"]),
        "additionalProperties" => is_patterned || (is_map && map["additionalProperties"] == false),
        "items" | "prefixItems" => is_any_list,
        _ => false,
    };
    let kept = map.keys().filter(is_held).filter(|key| !is_loose(key));
    let each = |key: &String| match (&map[key], key.as_str()) {
        (Value::Object(named), "properties") => {
            named.iter().map(|(name, schema)| (name.clone(), held(schema))).collect()
        }
        (Value::Array(list), "prefixItems" | "allOf") => list.iter().map(held).collect(),
        (inner, "items" | "additionalProperties") => held(inner),
        (other, _) => other.clone(),
    };
    Value::Object(kept.map(|key| (key.clone(), each(key))).collect())
}

/// Changes a value, or one within it.
fn damage(value: &mut Value, rng: &mut Rng) {
    let deeper = rng.usize(..3) > 0;
    match value {
        Value::Object(map) if deeper && !map.is_empty() => {
            let at = rng.usize(..map.len());
            if let Some(value) = map.values_mut().nth(at) {
                damage(value, rng);
            }
        }
        Value::Array(items) if deeper && !items.is_empty() => {
            let at = rng.usize(..items.len());
            damage(&mut items[at], rng);
        }
        Value::Object(map) if rng.bool() => {
            let at = rng.usize(..=map.len());
            match map.keys().nth(at).cloned() {
                Some(name) => _ = map.remove(&name),
                None => _ = map.insert("unknown".to_owned(), any(rng)),
            }
        }
        Value::Array(items) if rng.bool() => items.push(any(rng)),
        other => *other = if rng.usize(..4) == 0 { Value::Null } else { any(rng) },
    }
}

/// The name of the schema of this index.
pub(crate) fn name(index: usize) -> String {
    format!("S{index}")
}

fn index_of(reference: &str) -> Option<usize> {
    reference.strip_prefix("#/components/schemas/S")?.parse().ok()
}

/// Adds the properties of an object to another one. A value that is no object takes the place of nothing.
fn merge(value: &mut Value, other: Value) {
    match (value, other) {
        (Value::Object(object), Value::Object(more)) => object.extend(more),
        (value @ Value::Null, other) => *value = other,
        _ => {}
    }
}

fn any(rng: &mut Rng) -> Value {
    match rng.usize(..5) {
        0 => json!("any"),
        1 => json!(rng.i32(..)),
        2 => json!([1, { "deep": [null] }]),
        3 => json!({ "free": { "form": true } }),
        _ => json!(rng.bool()),
    }
}

fn text(format: Option<&str>, rng: &mut Rng) -> Value {
    let choices: &[&str] = match format {
        Some("date") => &["2024-01-02", "1999-12-31", "9999-12-31"],
        Some("date-time") => &[
            "2024-01-02T03:04:05Z",
            "2024-01-02T03:04:05.120+05:30",
            "1990-12-31t23:59:60z",
            "9999-12-31T23:59:59.9999999Z",
            "0000-01-01T00:00:00-00:00",
        ],
        Some("time") => &["12:00:00Z", "23:59:60+01:00"],
        Some("uuid") => &["6f9619ff-8b86-d011-b42d-00cf4fc964ff"],
        Some("ipv4") => &["192.0.2.1", "0.0.0.0"],
        Some("ipv6") => &["::1", "2001:db8::1"],
        Some("byte") => &["", "AAEC/w==", "AAEC_w", "AAEC\n/w=="],
        _ => &["", "red", "some text", "2024-01-02", "12", "größe"],
    };
    json!(choices[rng.usize(..choices.len())])
}

struct Maker<'a> {
    rng: &'a mut Rng,
    before: &'a [Value],
}

impl Maker<'_> {
    fn schema(&mut self, depth: usize) -> Value {
        let most = if depth > 2 { 5 } else { 18 };
        match self.rng.usize(..most) {
            0 | 1 => self.scalar(),
            2 => self.constant(),
            3 => self.reference().unwrap_or_else(|| self.scalar()),
            4 => json!({ "type": self.types() }),
            5 => json!({ "type": "array", "items": self.schema(depth + 1) }),
            6 => json!({ "type": "object", "additionalProperties": self.schema(depth + 1) }),
            7 => self.alternatives("oneOf", depth),
            8 => self.alternatives("anyOf", depth),
            9 => self.tagged(depth),
            10 => json!({
                "allOf": [self.object_of(&NAMES[..3], depth + 1), self.object_of(&NAMES[3..], depth + 1)],
            }),
            11 => self.conditional(depth),
            12 => self.tuple(depth),
            13 => self.with_patterns(depth),
            14 => self.narrowed(),
            15 => json!({ "oneOf": [self.schema(depth + 1), { "type": "null" }] }),
            16 => self.discriminated(depth),
            _ => {
                let closed = self.rng.bool();
                self.object(depth, closed)
            }
        }
    }

    fn scalar(&mut self) -> Value {
        let formats = ["date", "date-time", "date-time", "time", "uuid", "ipv4", "ipv6", "byte"];
        match self.rng.usize(..10) {
            0 => json!({ "type": "integer" }),
            8 => json!({ "type": (["integer", "number"][self.rng.usize(..2)]), "format": "int64" }),
            9 => json!({ "type": ["string", "null"], "format": (formats[self.rng.usize(..formats.len())]) }),
            1 => json!({ "type": "number" }),
            2 => json!({ "type": "boolean" }),
            3..=5 => json!({ "type": "string", "format": (formats[self.rng.usize(..formats.len())]) }),
            6 => json!({ "type": "string", "enum": TEXTS[..=self.rng.usize(..3)] }),
            _ => json!({ "type": "string" }),
        }
    }

    fn constant(&mut self) -> Value {
        let value = match self.rng.usize(..7) {
            0 => json!(self.rng.bool()),
            4 => Value::Null,
            5 => json!([1, "red"]),
            6 => json!({ "a": 1 }),
            1 => json!(self.rng.i32(0..3)),
            2 => json!(1.5),
            _ => json!(TEXTS[self.rng.usize(..3)]),
        };
        json!({ "const": value })
    }

    fn types(&mut self) -> Value {
        let all = ["string", "integer", "boolean", "null"];
        let first = self.rng.usize(..3);
        json!([all[first], all[first + 1 + self.rng.usize(..3 - first)]])
    }

    fn reference(&mut self) -> Option<Value> {
        let count = self.before.len();
        (count > 0).then(|| json!({ "$ref": format!("#/components/schemas/{}", name(self.rng.usize(..count))) }))
    }

    fn alternatives(&mut self, keyword: &str, depth: usize) -> Value {
        let members: Vec<Value> = (0..self.rng.usize(2..5)).map(|_| self.schema(depth + 1)).collect();
        json!({ keyword: members })
    }

    /// Objects that a constant property tells apart.
    fn tagged(&mut self, depth: usize) -> Value {
        let tags = [json!("cat"), json!("dog"), json!(1), json!(2), json!(true), json!(false)];
        let first = self.rng.usize(..3) * 2;
        let members: Vec<Value> = tags[first..first + 2]
            .iter()
            .map(|tag| {
                let mut object = self.object(depth + 1, true);
                object["properties"]["kind"] = json!({ "const": tag });
                object["required"] = json!(["kind"]);
                object
            })
            .collect();
        json!({ "oneOf": members })
    }

    fn conditional(&mut self, depth: usize) -> Value {
        json!({
            "type": "object",
            "properties": { "kind": { "type": "string" } },
            "required": ["kind"],
            "if": { "properties": { "kind": { "const": "red" } } },
            "then": { "properties": { "extra": self.schema(depth + 1) } },
            "else": { "properties": { "other": self.schema(depth + 1) } },
            "dependentSchemas": { "kind": { "properties": { "dependent": self.schema(depth + 1) } } },
        })
    }

    /// A list whose first items have schemas of their own: a tuple, or one of any length.
    fn tuple(&mut self, depth: usize) -> Value {
        let first: Vec<Value> = (0..self.rng.usize(1..4)).map(|_| self.schema(depth + 1)).collect();
        match self.rng.usize(..3) {
            0 => json!({ "type": "array", "minItems": first.len(), "prefixItems": first, "items": false }),
            1 => json!({ "type": "array", "prefixItems": first, "items": false }),
            _ => json!({ "type": "array", "prefixItems": first, "items": self.schema(depth + 1) }),
        }
    }

    fn with_patterns(&mut self, depth: usize) -> Value {
        let mut object = self.object_of(NAMES, depth);
        object["patternProperties"] = json!({ PATTERN: self.schema(depth + 1) });
        match self.rng.usize(..3) {
            0 => object["additionalProperties"] = json!(false),
            1 => object["additionalProperties"] = self.schema(depth + 1),
            _ => {}
        }
        object
    }

    /// A type that another part of `allOf` narrows to a constant.
    fn narrowed(&mut self) -> Value {
        let (kind, constant) = match self.rng.usize(..3) {
            0 => ("string", json!(TEXTS[self.rng.usize(..3)])),
            1 => ("integer", json!(self.rng.i32(0..3))),
            _ => ("boolean", json!(self.rng.bool())),
        };
        json!({ "allOf": [{ "type": kind }, { "const": constant }] })
    }

    /// Objects that a discriminator tells apart. It maps no name to a schema, so only their constants do.
    fn discriminated(&mut self, depth: usize) -> Value {
        let mut union = self.tagged(depth);
        union["discriminator"] = json!({ "propertyName": "kind" });
        union
    }

    fn object(&mut self, depth: usize, closed: bool) -> Value {
        let mut object = self.object_of(NAMES, depth);
        if closed {
            object["additionalProperties"] = json!(false);
        } else if self.rng.usize(..4) == 0 {
            object["additionalProperties"] = if depth > 2 { self.scalar() } else { self.schema(depth + 1) };
        }
        object
    }

    /// An object that has some of these properties.
    fn object_of(&mut self, names: &[&str], depth: usize) -> Value {
        let mut properties = Map::new();
        for name in names {
            if self.rng.usize(..3) == 0 {
                properties.insert((*name).to_owned(), self.schema(depth + 1));
            }
        }
        let required: Vec<&String> = properties.keys().filter(|_| self.rng.bool()).collect();
        json!({ "type": "object", "required": required, "properties": properties })
    }
}
