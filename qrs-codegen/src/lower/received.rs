//! Requests that a server makes: webhooks and callbacks. No client receives them; what they hold has types all the same.

use serde_json::Value;

use super::Lowering;
use super::media::is_json;
use crate::diagnostic::{At, Pointer, Problem};

/// References that are followed from one place.
const MOST_STEPS: usize = 64;

const METHODS: &[&str] = &["get", "put", "post", "delete", "options", "head", "patch", "trace"];

impl Lowering<'_> {
    /// Declares the types of what is sent to others than the client.
    pub(super) fn received_requests(&mut self) {
        let root = At::ROOT;
        let webhooks = root.child("webhooks");
        let help = "a client does not receive requests; what they hold has its types";
        let names = self.keys(&webhooks.pointer());
        if !names.is_empty() {
            self.mention_aside(webhooks, Problem::Ignored { what: "`webhooks`".to_owned() }, help);
        }
        for name in names {
            self.path_item(&webhooks.child(&name).pointer(), &name);
        }
        let paths = root.child("paths");
        for path in self.keys(&paths.pointer()) {
            let item = paths.child(&path);
            for method in METHODS {
                let operation = item.child(method);
                let callbacks = operation.child("callbacks");
                let names = self.keys(&callbacks.pointer());
                if names.is_empty() {
                    continue;
                }
                self.mention_aside(callbacks, Problem::Ignored { what: "`callbacks`".to_owned() }, help);
                let id = self.text(&operation.child("operationId").pointer());
                for name in names {
                    let called = format!("{} {name}", id.as_deref().unwrap_or_default());
                    let Some(place) = self.followed(callbacks.child(&name).pointer()) else { continue };
                    let callback = At::of(&place);
                    for expression in self.keys(&place) {
                        self.path_item(&callback.child(&expression).pointer(), &called);
                    }
                }
            }
        }
    }

    /// Declares the types of the bodies of one path.
    fn path_item(&mut self, place: &Pointer, name: &str) {
        let Some(place) = self.followed(place.clone()) else { return };
        let at = At::of(&place);
        for method in METHODS {
            let operation = at.child(method);
            let id = self.text(&operation.child("operationId").pointer());
            let name = format!("{} body", id.as_deref().unwrap_or(name));
            let Some(body) = self.followed(operation.child("requestBody").pointer()) else { continue };
            let body = At::of(&body);
            let content = body.child("content");
            for media_type in self.keys(&content.pointer()) {
                let media = content.child(&media_type);
                let schema = media.child("schema");
                if is_json(&media_type) && schema.pointer().value_in(self.tree).is_some() {
                    self.mention(&name, schema);
                }
            }
        }
    }

    /// The place that references lead to, if there is anything.
    fn followed(&self, place: Pointer) -> Option<Pointer> {
        let mut place = place;
        for _ in 0..MOST_STEPS {
            let value = place.value_in(self.tree)?;
            let Some(reference) = value.get("$ref").and_then(Value::as_str) else { return Some(place) };
            place = Pointer::parse(&crate::pointer::percent_decoded(reference.strip_prefix('#')?))?;
        }
        None
    }

    fn keys(&self, place: &Pointer) -> Vec<String> {
        let map = place.value_in(self.tree).and_then(Value::as_object);
        map.into_iter().flat_map(|map| map.keys()).filter(|key| !key.starts_with("x-")).cloned().collect()
    }

    fn text(&self, place: &Pointer) -> Option<String> {
        place.value_in(self.tree).and_then(Value::as_str).filter(|text| !text.is_empty()).map(str::to_owned)
    }
}
