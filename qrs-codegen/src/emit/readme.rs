//! `README.md`.

use super::Draft;
use super::context::Context;
use super::docs::paragraphs;
use super::overview::{self, Audience};

pub(super) fn draft(context: &Context<'_>) -> Draft<'static> {
    let heading = vec![format!("# {}", context.api.package.name)];
    let mut out = paragraphs([heading, overview::text(context, Audience::Readme)]).join("\n");
    out.push('\n');
    Draft::Text(out.into())
}
