//! `src/runtime/*.rs`: the hand-written files, as they stand.

macro_rules! files {
    ($($name:literal),* $(,)?) => {
        [$(($name, include_str!(concat!("../../runtime/", $name)))),*]
    };
}

const FILES: &[(&str, &str)] = &files![
    "answer.rs",
    "base64.rs",
    "blocking.rs",
    "build_error.rs",
    "call.rs",
    "client.rs",
    "credential.rs",
    "decode.rs",
    "enumeration.rs",
    "error.rs",
    "exchange.rs",
    "form.rs",
    "header.rs",
    "mod.rs",
    "nullable.rs",
    "object.rs",
    "one_of.rs",
    "operation.rs",
    "parameter.rs",
    "payload.rs",
    "redact.rs",
    "request.rs",
    "response.rs",
    "retry.rs",
    "route.rs",
    "secret.rs",
    "send_all.rs",
    "server.rs",
    "stream.rs",
    "template.rs",
    "text.rs",
    "tls.rs",
    "trace.rs",
    "trail.rs",
    "transport.rs",
    "wire.rs",
];

pub(super) fn files() -> impl Iterator<Item = (&'static str, &'static str)> {
    FILES.iter().copied()
}
