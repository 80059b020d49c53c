//! Parameters of operations: what the caller gives, and what a credential fills in.

use indexmap::IndexMap;
use openapiv3::{Parameter as Document, ParameterSchemaOrContent, PathStyle, QueryStyle, ReferenceOr};
use serde_json::Value;

use super::security::{is_token, placeholders};
use super::{Lowering, Resolved, codegen, doc};
use crate::diagnostic::{At, Diagnostic, Pointer, Problem};
use crate::model::{Carried, Carrier, Location, Name, Parameter, Style, Styling, Type, Writing};
use crate::naming::{Case, Scope};

/// Headers that OpenAPI leaves to the media types and security schemes (3.1.1, section 4.8.12.2.1).
const IGNORED_HEADERS: &[&str] = &["accept", "content-type", "authorization"];

/// The parameters of one operation.
pub(super) struct Parameters {
    pub(super) required: Vec<Parameter>,
    pub(super) optional: Vec<Parameter>,
    pub(super) carried: Vec<Carried>,
    /// The names that are taken.
    pub(super) arguments: Scope<Pointer>,
}

/// A parameter as it was found: what describes it, and where the operation lists it.
struct Found<'a> {
    parameter: &'a Document,
    component: Option<&'a str>,
    list: usize,
    index: usize,
}

impl<'a> Lowering<'a> {
    /// The parameters of an operation: those of its path, and its own, which replace those of the same name and place.
    /// If there is a `body`, its name is none of theirs: it keeps that whatever parameter is added.
    pub(super) fn parameters(
        &mut self,
        lists: [(&'a [ReferenceOr<Document>], At<'_>); 2],
        path: (&str, At<'_>),
        operation: &str,
        body: Option<At<'_>>,
    ) -> Parameters {
        let mut all: IndexMap<(&str, &str), Found<'a>> = IndexMap::new();
        let mut lost = false;
        for (list, (parameters, at)) in lists.into_iter().enumerate() {
            for (index, parameter) in parameters.iter().enumerate() {
                let at = at.index(index);
                let components = self.components;
                let Some(resolved) = self.resolve(parameter, "parameters", &components.parameters, at) else {
                    lost = true;
                    continue;
                };
                let Resolved { item: parameter, component } = resolved;
                let key = (location(parameter), parameter.parameter_data_ref().name.as_str());
                if let Some(first) = all.get(&key).filter(|first| first.list == list) {
                    let problem = Problem::DuplicateParameter { name: key.1.to_owned(), location: key.0 };
                    let first = lists[list].1.index(first.index).pointer();
                    self.found.push(Diagnostic::error(at.pointer(), problem).related(first, "it is listed here first"));
                    continue;
                }
                all.insert(key, Found { parameter, component, list, index });
            }
        }
        // One that could not be found, and was complained of, may be the one that a place of the path lacks.
        if !lost {
            self.hold_against_path(&mut all, lists.map(|(_, at)| at), path, operation);
        }
        let mut out = Parameters {
            required: Vec::new(),
            optional: Vec::new(),
            carried: Vec::new(),
            arguments: Scope::new(Case::Snake, RESERVED_ARGUMENTS),
        };
        if let Some(body) = body {
            out.arguments.claim(BODY, body.pointer());
        }
        for (_, Found { parameter, component, list, index }) in all {
            let listed = lists[list].1.index(index);
            let root = At::ROOT;
            let components = root.child("components");
            let section = components.child("parameters");
            // What a component says is shown where it says it.
            let at = component.map_or(listed, |name| section.child(name));
            self.parameter(parameter, component, operation, &mut out, at);
        }
        let places: Vec<&str> = placeholders(path.0).collect();
        let place = |parameter: &Parameter| match parameter.location {
            Location::Path => places.iter().position(|name| *name == parameter.name.wire),
            _ => None,
        };
        // Those in the path come first, in the order of the path.
        out.required.sort_by_key(|parameter| place(parameter).unwrap_or(usize::MAX));
        out
    }

    /// Holds the path's template and the parameters that are in it against each other.
    fn hold_against_path(
        &mut self,
        all: &mut IndexMap<(&str, &str), Found<'a>>,
        lists: [At<'_>; 2],
        (path, at): (&str, At<'_>),
        operation: &str,
    ) {
        let (own, query) = parts(path);
        for (name, in_query) in
            placeholders(own).map(|name| (name, false)).chain(placeholders(query).map(|name| (name, true)))
        {
            let described = all.contains_key(&("path", name)) || (in_query && all.contains_key(&("query", name)));
            if !described {
                let help = format!(
                    "list it under `parameters` of the operation `{operation}`, with `in: path` and `required: true`"
                );
                self.found.push(
                    Diagnostic::error(at.pointer(), Problem::UndeclaredPathParameter { name: name.to_owned() })
                        .on_key()
                        .help(help),
                );
            }
        }
        all.retain(|(location, name), found| {
            let placed = *location != "path" || placeholders(path).any(|place| place == *name);
            if !placed {
                self.warn(
                    lists[found.list].index(found.index),
                    Problem::UnplacedPathParameter { name: (*name).to_owned(), path: path.to_owned() },
                    "it is left out; write it into the path in braces, or remove it",
                );
            }
            placed
        });
    }

    fn parameter(
        &mut self,
        parameter: &'a Document,
        component: Option<&'a str>,
        operation: &str,
        out: &mut Parameters,
        at: At<'_>,
    ) {
        let data = parameter.parameter_data_ref();
        if let Some(scheme) = codegen(&data.extensions, "value-of").and_then(Value::as_str) {
            out.carried.extend(self.carried(scheme, parameter, at));
            return;
        }
        let is_header = matches!(parameter, Document::Header { .. });
        if is_header && IGNORED_HEADERS.contains(&data.name.to_ascii_lowercase().as_str()) {
            self.warn(
                at,
                Problem::Ignored { what: format!("the header parameter `{}`", data.name) },
                "the client sets it from the media types and credentials",
            );
            return;
        }
        let is_named = is_header || matches!(parameter, Document::Cookie { .. });
        if is_named && !is_token(&data.name) {
            self.warn(
                at.child("name"),
                Problem::UnknownValue { value: data.name.clone() },
                "it is left out: the name of a header or a cookie has only the characters of a token (RFC 9110, section 5.6.2)",
            );
            return;
        }
        let is_path = matches!(parameter, Document::Path { .. });
        if is_path && !data.required {
            let problem = Problem::Unsupported { what: "an optional parameter in the path".to_owned() };
            self.warn(at, problem, "it has to be given: a path has a value in each of its places");
        }
        let (ty, writing) = self.value(parameter, component, operation, at);
        let (ident, collision) = out.arguments.claim(&data.name, at.pointer());
        self.collided(&data.name, &ident, collision, at);
        let mut doc = doc([data.description.as_deref()]);
        if let ParameterSchemaOrContent::Schema(_) = &data.format {
            let more = self.doc_at(at.child("schema"));
            if !doc.0.is_empty() && !more.0.is_empty() {
                doc.0.push(String::new());
            }
            doc.0.extend(more.0);
        }
        let location = match parameter {
            Document::Path { .. } => Location::Path,
            Document::Query { .. } => Location::Query,
            Document::Header { .. } => Location::Header,
            Document::Cookie { .. } => Location::Cookie,
        };
        let name = Name { wire: data.name.clone(), ident };
        let lowered = Parameter { at: at.pointer(), name, location, writing, ty, doc };
        if data.required || is_path { out.required.push(lowered) } else { out.optional.push(lowered) }
    }

    fn carried(&mut self, scheme: &str, parameter: &Document, at: At<'_>) -> Option<Carried> {
        let name = &parameter.parameter_data_ref().name;
        let extension = at.child("x-codegen");
        let at = extension.child("value-of");
        let Some(place) = self.schemes.get(scheme).map(|scheme| scheme.place.clone()) else {
            self.error_with_help(
                at,
                Problem::DanglingReference { reference: scheme.to_owned() },
                "it names an entry of `#/components/securitySchemes`",
            );
            return None;
        };
        let carrier = match parameter {
            Document::Query { .. } => Carrier::Query(name.clone()),
            Document::Header { .. } => Carrier::Header(name.clone()),
            Document::Cookie { .. } => Carrier::Cookie(name.clone()),
            Document::Path { .. } => {
                let what = "a credential's value in the path".to_owned();
                self.error(at, Problem::Unsupported { what });
                return None;
            }
        };
        Some(Carried { carrier, scheme: place })
    }

    /// What a caller gives for a parameter, and how that is written.
    fn value(
        &mut self,
        parameter: &'a Document,
        component: Option<&'a str>,
        operation: &str,
        at: At<'_>,
    ) -> (Type, Writing) {
        let data = parameter.parameter_data_ref();
        let styling = styling(parameter);
        let name = match component {
            Some(component) => component.to_owned(),
            None => format!("{operation} {}", data.name),
        };
        if let ParameterSchemaOrContent::Content(content) = &data.format {
            return self.described_by_content(content, &name, styling, at.child("content"));
        }
        let ty = self.parameter_type(&name, at.child("schema"));
        if styling.style == Style::DeepObject && matches!(ty, Type::List(_)) {
            let problem = Problem::Unsupported { what: "a list in the style `deepObject`".to_owned() };
            self.mention_aside(
                at.child("style"),
                problem,
                "OpenAPI does not say how; it is written as `name[]=a&name[]=b`",
            );
        }
        let writing = match &ty {
            Type::List(element) if self.is_scalar(element) && styling.style != Style::DeepObject => {
                Writing::List(styling)
            }
            ty if !self.is_scalar(ty) => Writing::Structured(styling),
            _ if styling.reserved || matches!(styling.style, Style::Label | Style::Matrix) => Writing::Styled(styling),
            _ => Writing::Plain,
        };
        (ty, writing)
    }

    /// A parameter whose value is text of a media type.
    fn described_by_content(
        &mut self,
        content: &'a openapiv3::Content,
        name: &str,
        styling: Styling,
        at: At<'_>,
    ) -> (Type, Writing) {
        let Some((media_type, media)) = content.first() else { return (Type::String, Writing::Styled(styling)) };
        if !super::media::is_json(media_type) {
            let problem = Problem::Unsupported { what: format!("a parameter in `{media_type}`") };
            self.warn(at.child(media_type), problem, "the caller gives the whole text of it");
            return (Type::String, Writing::Styled(styling));
        }
        let media_at = at.child(media_type);
        let ty = match &media.schema {
            Some(_) => self.parameter_type(name, media_at.child("schema")),
            None => Type::Json,
        };
        (ty, Writing::Json(styling))
    }

    fn parameter_type(&mut self, name: &str, at: At<'_>) -> Type {
        let ty = self.mention(name, at).unwrap_nullable();
        match self.unaliased(&ty) {
            Type::List(element) => Type::List(Box::new(self.unaliased(element).clone())),
            Type::Nullable(inner) => (**inner).clone(),
            other => other.clone(),
        }
    }

    /// Whether a value is written as one piece of text.
    pub(super) fn is_scalar(&self, ty: &Type) -> bool {
        match ty {
            Type::Secret => true,
            Type::Item(ident) => self.is_scalar_item(ident),
            other => super::schema::is_text(other),
        }
    }
}

/// The argument or setter of a body that is given as a whole.
pub(super) const BODY: &str = "body";

/// Names of a request's own functions, which its arguments and setters must keep clear of.
const RESERVED_ARGUMENTS: &[&str] = &[
    "send",
    "send_blocking",
    "send_stream",
    "send_stream_blocking",
    "send_stream_as",
    "send_stream_as_blocking",
    "send_events",
    "send_events_blocking",
    "send_lines",
    "send_lines_blocking",
    "clone",
    "fmt",
];

fn location(parameter: &Document) -> &'static str {
    match parameter {
        Document::Query { .. } => "query",
        Document::Header { .. } => "header",
        Document::Path { .. } => "path",
        Document::Cookie { .. } => "cookie",
    }
}

/// How a parameter is written, with what holds where it does not say.
fn styling(parameter: &Document) -> Styling {
    let (style, reserved) = match parameter {
        Document::Path { style, .. } => (
            match style {
                PathStyle::Simple => Style::Simple,
                PathStyle::Label => Style::Label,
                PathStyle::Matrix => Style::Matrix,
            },
            false,
        ),
        Document::Query { style, allow_reserved, .. } => (
            match style {
                QueryStyle::Form => Style::Form,
                QueryStyle::SpaceDelimited => Style::SpaceDelimited,
                QueryStyle::PipeDelimited => Style::PipeDelimited,
                QueryStyle::DeepObject => Style::DeepObject,
            },
            *allow_reserved,
        ),
        Document::Header { .. } => (Style::Simple, false),
        Document::Cookie { .. } => (Style::Form, false),
    };
    let explode = parameter.parameter_data_ref().explode.unwrap_or(style == Style::Form);
    Styling { style, explode, reserved }
}

/// A path template's own part, and the query that it may have behind a `?`.
fn parts(path: &str) -> (&str, &str) {
    path.split_once('?').unwrap_or((path, ""))
}

/// A path template without what parameters of the query give behind its `?`: they are sent anyway.
pub(super) fn template<'a>(path: &str, parameters: impl Iterator<Item = &'a Parameter>) -> String {
    let (own, query) = parts(path);
    let sent: Vec<&str> = parameters
        .filter(|parameter| parameter.location == Location::Query)
        .map(|parameter| parameter.name.wire.as_str())
        .collect();
    let left = query.split('&').filter(|pair| !placeholders(pair).any(|name| sent.contains(&name)));
    let left: Vec<&str> = left.filter(|pair| !pair.is_empty()).collect();
    if left.is_empty() { own.to_owned() } else { format!("{own}?{}", left.join("&")) }
}
