//! The users of a site.

use serde_json::{Value, json};
use uuid::Uuid;

use crate::rows::{Row, id_in, is_true, object, text_in};

/// A user that the site knows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    /// The identifier.
    pub id: Uuid,
    /// The directory.
    pub directory: String,
    /// The id within the directory.
    pub user_id: String,
    /// The display name.
    pub name: String,
    /// Whether the account is inactive: then it may not call the site.
    pub inactive: bool,
}

impl User {
    /// The user as other entities refer to it.
    pub(crate) fn condensed(&self) -> Value {
        json!({
            "id": self.id,
            "userId": self.user_id,
            "userDirectory": self.directory,
            "name": self.name,
            "privileges": null,
        })
    }

    /// The user as `modifiedByUserName` names them.
    pub(crate) fn account(&self) -> String {
        account(&self.directory, &self.user_id)
    }
}

pub(crate) fn account(directory: &str, user_id: &str) -> String {
    format!(r"{directory}\{user_id}")
}

/// A user with all their fields.
pub(crate) struct Member {
    pub(crate) user: User,
    pub(crate) row: Row,
    /// `directory\id` in lower case: every request looks its caller up by it.
    key: String,
}

impl Member {
    /// A member of the fields of a row; an identifier that it lacks is made.
    pub(crate) fn new(mut row: Row) -> Self {
        let id = id_in(&row, "id").unwrap_or_else(Uuid::new_v4);
        row.insert("id".into(), json!(id));
        let user = User {
            id,
            directory: text_in(&row, "userDirectory").to_owned(),
            user_id: text_in(&row, "userId").to_owned(),
            name: text_in(&row, "name").to_owned(),
            inactive: is_true(&row, "inactive"),
        };
        let key = user.account().to_lowercase();
        Self { user, row, key }
    }

    /// A member with the fields of an ordinary account, dated `date`.
    pub(crate) fn of(user: &User, date: &str) -> Self {
        Self::new(object(json!({
            "id": user.id,
            "createdDate": date,
            "modifiedDate": date,
            "modifiedByUserName": r"INTERNAL\sa_repository",
            "schemaPath": "User",
            "privileges": null,
            "customProperties": [],
            "userId": user.user_id,
            "userDirectory": user.directory,
            "userDirectoryConnectorName": "",
            "name": user.name,
            "roles": [],
            "attributes": [],
            "inactive": user.inactive,
            "removedExternally": false,
            "blacklisted": false,
            "deleteProhibited": user.directory == "INTERNAL",
            "tags": [],
            "favorites": [],
        })))
    }

    /// Changes fields; the identifier stays.
    pub(crate) fn change(&mut self, fields: Row) {
        let mut row = std::mem::take(&mut self.row);
        row.extend(fields);
        row.insert("id".into(), json!(self.user.id));
        *self = Self::new(row);
    }

    pub(crate) fn is_named(&self, key: &str) -> bool {
        self.key == key
    }
}
