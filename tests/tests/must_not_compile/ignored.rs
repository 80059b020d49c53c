//! A value that does nothing by itself is not ignored.

#![deny(unused_must_use)]
#![allow(dead_code)]

use qrs_generated::filter::Property;
use qrs_generated::{Client, Request as _, Retry, Server, send_all};

async fn ignored(client: Client, property: Property<'static>) {
    client.get_license(); //~ unused_must_use
    client.get_license_rules().filter("disabled eq True"); //~ unused_must_use
    client.get_license().safe_to_repeat(); //~ unused_must_use
    client.get_license().send(); //~ unused_must_use
    client.get_license().send().await; //~ unused_must_use
    send_all([client.get_license()]); //~ unused_must_use
    Client::builder(Server::direct("qlik.example.com")); //~ unused_must_use
    Client::builder(Server::direct("qlik.example.com")).build(); //~ unused_must_use
    Retry::never(); //~ unused_must_use
    property.eq("x"); //~ unused_must_use
}

fn main() {}
