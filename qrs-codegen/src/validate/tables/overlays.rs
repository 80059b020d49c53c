//! Overlays.

use super::{Kind, Object, field, needed, object};

/// The root of an overlay.
pub(crate) static OVERLAY: Object = object(
    "Overlay Object",
    &[
        needed("overlay", &Kind::String),
        needed(
            "info",
            &Kind::Object(&object(
                "Info Object",
                &[needed("title", &Kind::String), needed("version", &Kind::String), field("description", &Kind::Words)],
            )),
        ),
        field("extends", &Kind::String),
        needed("actions", &Kind::List(&Kind::Object(&ACTION))),
    ],
);

pub(in crate::validate) static ACTION: Object = object(
    "Action Object",
    &[
        needed("target", &Kind::String),
        field("description", &Kind::Words),
        field("update", &Kind::Any),
        field("copy", &Kind::String),
        field("remove", &Kind::Bool),
    ],
);
