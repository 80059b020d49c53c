//! A type that a later version of the document may extend can be neither spelled out nor taken apart, and nobody else makes a
//! request.

use qrs_generated::{Request, types};

fn spelled_out(id: uuid::Uuid) {
    let _ = types::AccessTypeAllocationCreateUser { id }; //~ E0639
    let _ = types::LicenseAuditRequest { ..types::LicenseAuditRequest::new() }; //~ E0639
}

fn taken_apart(user: types::AccessTypeAllocationCreateUser) {
    let types::AccessTypeAllocationCreateUser { id: _ } = user; //~ E0638
}

struct Own;

impl Request for Own { //~ E0277 E0046
    type Output = ();
    type Error = ();
    async fn send(self) -> Result<(), qrs_generated::Error> { //~ E0053
        Ok(())
    }
}

fn main() {}
