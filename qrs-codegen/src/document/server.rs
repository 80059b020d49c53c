//! Servers.

use openapiv3::Server as ServerObject;
use serde_json::Value;

use super::operation::{OperationReader, codegen};
use super::{Server, ServerVariable};
use crate::diagnostic::At;

impl OperationReader<'_> {
    /// Reads a list of servers.
    pub(super) fn servers(&self, servers: &[ServerObject], at: At<'_>) -> Vec<Server> {
        servers.iter().enumerate().map(|(index, server)| self.server(server, at.index(index))).collect()
    }

    fn server(&self, server: &ServerObject, at: At<'_>) -> Server {
        let variables = server.variables.iter().flatten().map(|(name, variable)| {
            let variable = ServerVariable {
                default: variable.default.clone(),
                allowed: variable.enumeration.clone(),
                description: variable.description.clone(),
            };
            (name.clone(), variable)
        });
        let at = at.pointer();
        let own_name = || at.value_in(self.tree)?.get("name").and_then(Value::as_str).map(str::to_owned);
        Server {
            url: server.url.clone(),
            description: server.description.clone(),
            variables: variables.collect(),
            name: codegen(&server.extensions, "name").or_else(own_name).filter(|name| !name.trim().is_empty()),
            at,
        }
    }
}
