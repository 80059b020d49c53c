//! Templates such as `/things/{id}`.

/// One part of a template such as `/things/{id}`.
#[derive(Clone, Copy)]
pub(crate) enum Piece<'a> {
    Literal(&'a str),
    Name(&'a str),
}

/// The parts of a template, in order. A brace without its partner is literal text.
pub(crate) fn pieces(template: &str) -> impl Iterator<Item = Piece<'_>> {
    let mut rest = template;
    std::iter::from_fn(move || {
        let (piece, after) = next_piece(rest)?;
        rest = after;
        Some(piece)
    })
}

/// The first part of a template that is not empty, and what comes after it.
fn next_piece(template: &str) -> Option<(Piece<'_>, &str)> {
    let name = template.split_once('{').and_then(|(literal, opened)| {
        let (name, after) = opened.split_once('}')?;
        Some((literal, name, after))
    });
    match name {
        Some(("", name, after)) => Some((Piece::Name(name), after)),
        Some((literal, ..)) => Some((Piece::Literal(literal), template.get(literal.len()..)?)),
        None if template.is_empty() => None,
        None => Some((Piece::Literal(template), "")),
    }
}
