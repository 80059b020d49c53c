//! `src/client.rs`: the document's servers and security schemes.

use proc_macro2::{Literal, TokenStream};
use quote::quote;

use super::Draft;
use super::docs::{deprecated as deprecated_attribute, inner_lines, lines, paragraphs};
use super::types::many_arguments;
use crate::markdown;
use crate::model::{AnyPath, Api, Carrier, Name, Scheme, SchemeValue, Security, Server, Variable};

pub(super) fn draft(api: &Api) -> Draft<'static> {
    let mut items = vec![quote!(
        use crate::runtime;
    )];
    items.extend(api.schemes.iter().map(scheme));
    items.extend(api.securities.iter().map(security));
    items.extend(any_path(api));
    items.extend(credentials(&api.schemes));
    items.extend(servers(&api.servers));
    Draft::Rust {
        inner: inner_lines(&["The servers of the API, and the credentials that it accepts."]),
        items: Box::new(items.into_iter()),
    }
}

fn scheme(scheme: &Scheme) -> TokenStream {
    let Scheme { name: Name { wire, ident }, static_ident, carrier, value, .. } = scheme;
    let carrier = self::carrier(carrier);
    let (set_by, made) = match value {
        SchemeValue::Generated { length, alphabet } => {
            let length = Literal::u16_unsuffixed(*length);
            (String::new(), quote!(Some(runtime::GeneratedValue { length: #length, alphabet: #alphabet })))
        }
        _ => (format!("ClientBuilder::{ident}"), quote!(None)),
    };
    quote! {
        pub(crate) static #static_ident: runtime::Scheme =
            runtime::Scheme { name: #wire, carrier: #carrier, set_by: #set_by, generated: #made };
    }
}

pub(super) fn carrier(carrier: &Carrier) -> TokenStream {
    match carrier {
        Carrier::Header(name) => quote!(runtime::Carrier::Header(#name)),
        Carrier::Query(name) => quote!(runtime::Carrier::Query(#name)),
        Carrier::Cookie(name) => quote!(runtime::Carrier::Cookie(#name)),
        Carrier::Certificate => quote!(runtime::Carrier::Certificate),
    }
}

fn security(security: &Security) -> TokenStream {
    let Security { static_ident, alternatives } = security;
    let alternatives = alternatives.iter().map(|schemes| quote!(&[#(&#schemes),*]));
    quote! {
        pub(crate) static #static_ident: &[&[&runtime::Scheme]] = &[#(#alternatives),*];
    }
}

/// The method for paths that the document does not describe.
fn any_path(api: &Api) -> [TokenStream; 2] {
    let AnyPath { security, credential_parameters } = &api.any;
    let security = security.as_ref().map_or_else(|| quote!(&[]), |place| quote!(#place));
    let carried = credential_parameters.iter().map(|carried| {
        let carrier = carrier(&carried.carrier);
        let scheme = &carried.scheme;
        quote!((#carrier, &#scheme))
    });
    let doc = lines(&[
        "Makes a request of any path of the server, also of one that the document does not describe.",
        "",
        "The path begins with `/` and is joined to the address of the server. The response is decoded from JSON, into a",
        "`serde_json::Value` unless [`AnyRequest::returning`](runtime::AnyRequest::returning) names another type.",
    ]);
    let data = quote! {
        static ANY_PATH: runtime::AnyOperations = runtime::any_operations(#security, &[#(#carried),*]);
    };
    let method = quote! {
        impl runtime::Client {
            #doc
            pub fn call(&self, method: runtime::Method, path: impl Into<String>) -> runtime::AnyRequest {
                runtime::AnyRequest::new(self, &ANY_PATH, &method, path.into())
            }
        }
    };
    [data, method]
}

fn credentials(schemes: &[Scheme]) -> Option<TokenStream> {
    let generated: Vec<_> = schemes
        .iter()
        .filter(|scheme| matches!(scheme.value, SchemeValue::Generated { .. }))
        .map(|scheme| &scheme.static_ident)
        .collect();
    let generated = quote!(&[#(&#generated),*]);
    let methods: Vec<TokenStream> = schemes.iter().filter_map(|scheme| credential(scheme, &generated)).collect();
    (!methods.is_empty()).then(|| {
        quote! {
            impl runtime::ClientBuilder {
                #(#methods)*
            }
        }
    })
}

/// The method of the builder that takes a credential, beside the schemes whose values are generated.
fn credential(scheme: &Scheme, generated: &TokenStream) -> Option<TokenStream> {
    let Scheme { name: Name { wire, ident }, static_ident, carrier, value, deprecated, doc, .. } = scheme;
    let (arguments, body) = match value {
        SchemeValue::Generated { .. } => return None,
        SchemeValue::Given => (quote!(value: impl Into<String>), quote!(self.credential(&#static_ident, value.into()))),
        SchemeValue::Named => (
            quote!(name: impl Into<String>, value: impl Into<String>),
            quote!(self.named_credential(&#static_ident, #generated, name.into(), value.into())),
        ),
        SchemeValue::Bearer => {
            (quote!(token: impl Into<String>), quote!(self.bearer_credential(&#static_ident, token.into())))
        }
        SchemeValue::Basic => (
            quote!(user: impl AsRef<str>, password: impl Into<String>),
            quote!(self.basic_credential(&#static_ident, user.as_ref(), password.into())),
        ),
        SchemeValue::Identity => (quote!(identity: runtime::Identity), quote!(self.identity(&#static_ident, identity))),
        SchemeValue::Pattern { pattern, arguments } => {
            let idents: Vec<_> = arguments.iter().map(|argument| &argument.ident).collect();
            let wires = arguments.iter().map(|argument| &argument.wire);
            (
                quote!(#(#idents: impl Into<String>),*),
                quote! {
                    self.pattern_credential(&#static_ident, #pattern, &[#((#wires, #idents.into())),*])
                },
            )
        }
    };
    let travels = match carrier {
        Carrier::Header(name) => format!("the header {}", markdown::code(name)),
        Carrier::Query(name) => format!("the query parameter {}", markdown::code(name)),
        Carrier::Cookie(name) => format!("the cookie {}", markdown::code(name)),
        Carrier::Certificate => "the TLS handshake".to_owned(),
    };
    let encoded = match value {
        SchemeValue::Named => " That is its usual name; it is sent by the name given as `name`.",
        SchemeValue::Pattern { .. } => " Each value is percent-encoded.",
        SchemeValue::Bearer => " Give it without the word `Bearer`, which the client adds.",
        _ => "",
    };
    let how = format!("Security scheme {}, sent in {travels}.{encoded}", markdown::code(wire));
    let doc = lines(&paragraphs([doc.lines.clone(), vec![how]]));
    let deprecated = deprecated_attribute(*deprecated);
    Some(quote! {
        #doc
        #deprecated
        pub fn #ident(self, #arguments) -> Self {
            #body
        }
    })
}

fn servers(servers: &[Server]) -> Option<TokenStream> {
    let constructors = servers.iter().map(server);
    (!servers.is_empty()).then(|| {
        quote! {
            impl runtime::Server {
                #(#constructors)*
            }
        }
    })
}

fn server(server: &Server) -> TokenStream {
    let Server { ident, url, doc, variables, .. } = server;
    let arguments_doc = variables.iter().map(variable_doc).collect();
    let doc = lines(&paragraphs([doc.lines.clone(), vec![markdown::code(url)], arguments_doc]));
    let arguments = variables.iter().map(|variable| {
        let ident = &variable.name.ident;
        quote!(#ident: impl Into<String>)
    });
    let values = variables.iter().map(|Variable { name: Name { wire, ident }, allowed, .. }| {
        quote!(runtime::Variable { name: #wire, value: #ident.into(), allowed: &[#(#allowed),*] })
    });
    let many = many_arguments(variables.len());
    quote! {
        #doc
        #[must_use]
        #many
        pub fn #ident(#(#arguments),*) -> Self {
            Self::from_template(#url, &[#(#values),*])
        }
    }
}

/// A variable in the list of a server's arguments.
fn variable_doc(variable: &Variable) -> String {
    let Variable { name, default, allowed, doc } = variable;
    let mut line = format!("* `{}`", name.ident);
    if !doc.is_empty() {
        line.push_str(": ");
        line.push_str(doc);
    }
    if !default.is_empty() {
        line.push_str("; default ");
        line.push_str(&markdown::code(default));
    }
    if !allowed.is_empty() {
        let allowed: Vec<String> = allowed.iter().map(|value| markdown::code(value)).collect();
        line.push_str("; one of ");
        line.push_str(&allowed.join(", "));
    }
    line
}
