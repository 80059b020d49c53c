//! Requests that a server makes. No client receives them; their bodies have types all the same.

use super::media::is_json;
use crate::diagnostic::Problem;
use crate::document::Document;
use crate::lower::types::Types;

/// Declares the types of the bodies that a server sends in requests.
pub(super) fn declare(document: &Document, types: &mut Types<'_>) {
    for received in &document.received {
        let problem = Problem::Ignored { what: format!("`{}`", received.keyword) };
        let help = "a client does not receive requests; what they hold has its types";
        types.found.note(received.at.clone(), problem, help);
        for body in received.bodies.iter().filter(|body| is_json(&body.media_type)) {
            types.mention(&body.name, body.schema);
        }
    }
}
