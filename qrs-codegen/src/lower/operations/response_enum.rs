//! Enums that distinguish the responses of an operation by status code and media type.

use super::response_body::DocumentedBody;
use super::status;
use crate::diagnostic::{At, Pointer};
use crate::lower::types::Types;
use crate::model::{ResponseEnum, StatusVariant, Statuses};
use crate::naming::{Case, Ident, Scope};

/// The enums of an operation, while they are made.
pub(super) struct Enums<'c> {
    pub(super) request: &'c Ident,
    /// The names of the types beside requests.
    pub(super) scope: &'c mut Scope<Pointer>,
    /// The place of the responses.
    pub(super) at: Pointer,
    pub(super) all: Vec<ResponseEnum>,
}

impl Enums<'_> {
    /// Declares an enum that distinguishes responses by their status codes, and those of one status code by their media
    /// types.
    pub(super) fn declare(&mut self, bodies: &[DocumentedBody], what: &str, types: &mut Types<'_>) -> Ident {
        let name = format!("{} {what}", self.request.as_str());
        let (ident, collision) = self.scope.claim(&name, self.at.clone());
        types.found.collided(&name, &ident, collision, At::of(&self.at));
        let mut scope = Scope::new(Case::Type, &["Self"]);
        let mut variants: Vec<StatusVariant> = bodies
            .iter()
            .map(|body| {
                let status = status::name(body.statuses);
                let name = body.word.as_ref().map_or_else(|| status.clone(), |word| format!("{status} {word}"));
                StatusVariant {
                    ident: scope.claim(&name, self.at.clone()).0,
                    statuses: body.statuses,
                    ty: body.ty.clone(),
                    encoding: body.encoding,
                    media_types: body.media_types.clone(),
                    said: body.description.clone(),
                }
            })
            .collect();
        // One status code comes before a range of them.
        variants.sort_by_key(|variant| match variant.statuses {
            Statuses::One(_) => 0,
            Statuses::Range(_) => 1,
            Statuses::Other => 2,
        });
        self.all.push(ResponseEnum { ident: ident.clone(), variants });
        ident
    }
}
