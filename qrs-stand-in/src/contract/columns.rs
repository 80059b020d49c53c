//! The properties that filters of the document's lists may name.

use crate::filter::{Column, Kind};
use crate::state::Pool;

pub(super) fn of(pool: Pool) -> &'static [Column] {
    match pool {
        Pool::Login => &LOGIN,
        _ => &ALLOCATION,
    }
}

static ALLOCATION: [Column; 11] = [
    Column::new("id", Kind::Guid),
    Column::new("createdDate", Kind::Date),
    Column::new("modifiedDate", Kind::Date),
    Column::new("modifiedByUserName", Kind::Text),
    Column::new("user.id", Kind::Guid),
    Column::new("user.name", Kind::Text),
    Column::new("user.userDirectory", Kind::Text),
    Column::new("user.userId", Kind::Text),
    Column::new("quarantined", Kind::Boolean),
    Column::new("quarantineEnd", Kind::Date),
    // The short list does not show it, and is filtered by it all the same.
    Column::new("lastUsed", Kind::Date),
];

static LOGIN: [Column; 8] = [
    Column::new("id", Kind::Guid),
    Column::new("createdDate", Kind::Date),
    Column::new("modifiedDate", Kind::Date),
    Column::new("user.id", Kind::Guid),
    Column::new("user.name", Kind::Text),
    Column::new("user.userDirectory", Kind::Text),
    Column::new("user.userId", Kind::Text),
    Column::new("tokensUsed", Kind::Number),
];

pub(super) static RULE: [Column; 12] = [
    Column::new("id", Kind::Guid),
    Column::new("createdDate", Kind::Date),
    Column::new("modifiedDate", Kind::Date),
    Column::new("modifiedByUserName", Kind::Text),
    Column::new("name", Kind::Text),
    Column::new("category", Kind::Text),
    Column::new("type", Kind::Number),
    Column::new("rule", Kind::Text),
    Column::new("resourceFilter", Kind::Text),
    Column::new("actions", Kind::Number),
    Column::new("comment", Kind::Text),
    Column::new("disabled", Kind::Boolean),
];

pub(super) static USER: [Column; 4] = [
    Column::new("id", Kind::Guid),
    Column::new("name", Kind::Text),
    Column::new("userDirectory", Kind::Text),
    Column::new("userId", Kind::Text),
];
