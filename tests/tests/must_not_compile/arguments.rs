//! Arguments that are missing, or in each other's place, or of another type than what they are compared with.

use qrs_generated::filter::Property;
use qrs_generated::{Client, types};

fn missing(client: &Client, user: types::AccessTypeAllocationCreateUser) {
    let _ = client.get_professional_access_type(); //~ E0061
    let _ = client.create_professional_access_type(); //~ E0061
    let _ = types::AccessTypeAllocationCreate::new(); //~ E0061
    let _ = types::LicenseSet::new("9999000011112222"); //~ E0061
    let _ = client.create_analyzer_access_type(user); //~ E0308
}

fn swapped(client: &Client, serial: &str) {
    let _ = client.get_license_rule(serial); //~ E0308
    let _ = client.delete_user_access_type("a110c000-0000-4000-8000-000000000001"); //~ E0308
    let _ = types::AccessTypeAllocationCreateUser::new(serial); //~ E0308
}

fn compared(property: Property<'_>) {
    let _ = property.gt("a text has no order here"); //~ E0277
    let _ = property.sw(7); //~ E0277
    let _ = property.eq(1.5); //~ E0277
    let _ = property.eq(()); //~ E0277
    let _ = property.eq(None::<bool>); //~ E0277
}

fn main() {}
