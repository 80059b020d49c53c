//! A request is sent once: whoever means to send it again says `clone`.

use qrs_generated::{Client, Request, send_all};

async fn twice(client: Client) {
    let request = client.get_license();
    let _ = request.send().await;
    let _ = request.send().await; //~ E0382
}

async fn refined_and_used(client: Client) {
    let request = client.get_license_rules();
    let _ = request.filter("disabled eq True");
    let _ = request.send().await; //~ E0382
}

async fn in_a_list_and_alone<R: Request>(request: R) {
    let _ = send_all([request]).collect().await;
    let _ = request.send().await; //~ E0382
}

fn main() {}
