//! Templates such as `/things/{id}`.

/// A piece of a template such as `/things/{id}`.
#[derive(Clone, Copy)]
pub(crate) enum Piece<'a> {
    Literal(&'a str),
    Name(&'a str),
}

/// The pieces of a template, in order. An unmatched brace is literal text.
pub(crate) fn pieces(template: &str) -> impl Iterator<Item = Piece<'_>> {
    let mut rest = template;
    std::iter::from_fn(move || {
        let (piece, after) = next_piece(rest)?;
        rest = after;
        Some(piece)
    })
}

/// The first non-empty piece of a template, and the rest.
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
