//! The mock of a document that is nobody's in particular. `compiles.rs` puts it beside the crate that is generated from
//! `qrs-codegen/tests/documents/mock.yaml`.

use std::collections::HashMap;
use std::panic::{AssertUnwindSafe, catch_unwind};

use golden_mock::mock::{Mock, Success as _};
use golden_mock::operations::untagged::GetPetSuccess;
use golden_mock::types::{
    Job, ListEventsResponseItem as Item, ListTicksResponseItem as Tick, Pet, Point, Query, ReplacePlaceBody,
};
use golden_mock::{Client, Method, Request as _, Upload};

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\xff--";

/// The message of the mock when it is dropped.
fn difference(mock: Mock) -> String {
    match catch_unwind(AssertUnwindSafe(|| drop(mock))) {
        Ok(()) => String::new(),
        Err(panic) => panic.downcast_ref::<String>().cloned().unwrap_or_default(),
    }
}

fn pet(name: &str) -> Pet {
    Pet::new(name)
}

fn texts<const N: usize>(texts: [&str; N]) -> Vec<String> {
    texts.map(str::to_owned).to_vec()
}

#[tokio::test]
async fn each_media_type_of_a_body_has_a_method() {
    let mock = Mock::start().await;
    let client = mock.client();
    mock.update_pet().times(1).responds(pet("json"));
    mock.update_pet_form().times(1).responds(pet("form"));
    mock.update_pet_xml().times(1).responds(pet("xml"));
    let tagged = pet("A & B").age(3).tags(texts(["a b", "c"]));
    assert_eq!(client.update_pet_form(1, tagged.clone()).send().await.unwrap().name, "form");
    assert_eq!(client.update_pet_xml(1, "<pet/>").send().await.unwrap().name, "xml");
    assert_eq!(client.update_pet(1, tagged.clone()).send().await.unwrap().name, "json");
    assert_eq!(mock.update_pet_form().requests()[0].body, tagged);
    assert_eq!(mock.update_pet_xml().requests()[0].body, "<pet/>");
    assert_eq!(mock.update_pet().requests()[0].body, tagged);
}

#[tokio::test]
async fn messages_name_the_method_and_the_media_type() {
    let mock = Mock::start().await;
    let client = mock.client();
    mock.update_pet().responds(pet("json"));
    let error = client.update_pet_form(1, pet("A")).send().await.unwrap_err().to_string();
    let expected = "mock: update_pet_form: no such request is expected (its body is application/x-www-form-urlencoded)";
    assert!(error.ends_with(expected), "{error}");
    // A caller who does not use the methods for operations.
    let url = format!("{}/pets/1", mock.url());
    let request = format!(
        "PUT /pets/1 HTTP/1.1\r\nHost: a\r\nContent-Type: text/csv\r\nAuthorization: Bearer a\r\n\
         Content-Length: 1\r\nConnection: close\r\n\r\na"
    );
    let said = exchange(&url, &request);
    assert!(
        said.starts_with("HTTP/1.1 400") && said.contains("no body of `text/csv`, but `application/json`, `"),
        "{said}"
    );
    let said = difference(mock);
    assert!(
        said.contains("MISSING : update_pet (PUT /pets/{id} as application/json), at least once: came never"),
        "{said}"
    );
    assert!(said.contains("came:     PUT /pets/1 (application/x-www-form-urlencoded)\n        name=A"), "{said}");
}

/// Sends a request as it is, and returns the response.
fn exchange(url: &str, request: &str) -> String {
    use std::io::{Read as _, Write as _};
    let address = url.trim_start_matches("http://").split('/').next().unwrap();
    let mut stream = std::net::TcpStream::connect(address).unwrap();
    stream.write_all(request.as_bytes()).unwrap();
    let mut said = String::new();
    stream.read_to_string(&mut said).unwrap();
    said
}

#[tokio::test]
async fn the_credential_hides_no_word_of_a_message() {
    let mock = Mock::start().await;
    let error = mock.client().get_photo(1).send().await.unwrap_err().to_string();
    assert!(error.ends_with("501 Not Implemented: mock: get_photo: no such request is expected"), "{error}");
    assert!(difference(mock).contains("get_photo"));
}

#[tokio::test]
async fn bytes_headers_and_status_codes() {
    let mock = Mock::start().await;
    let client = mock.client();
    mock.get_photo().header("ETag", "\"1\"").responds(PNG);
    let photo = client.get_photo(1).send_with_response().await.unwrap();
    assert_eq!((photo.body().as_slice(), photo.headers()["content-type"].to_str().unwrap()), (PNG, "image/png"));
    assert_eq!(photo.headers()["etag"], "\"1\"");
    mock.get_photo().when(|request| request.id == 2).header("Content-Type", "image/gif").responds(vec![1, 2]);

    mock.get_pet().when(|request| request.id == 1).header("X-Rate-Limit", 7).responds(GetPetSuccess::Ok(pet("A")));
    mock.get_pet().when(|request| request.id == 2).responds(GetPetSuccess::Accepted(Job::new("later")));
    mock.get_pet().when(|request| request.id == 3).responds(GetPetSuccess::NoContent);
    let response = client.get_pet(1).send_with_response().await.unwrap();
    assert_eq!((response.status().as_u16(), &response.headers()["x-rate-limit"]), (200, &"7".parse().unwrap()));
    assert!(matches!(client.get_pet(2).send().await.unwrap(), GetPetSuccess::Accepted(job) if job.job == "later"));
    assert!(matches!(client.get_pet(3).send().await.unwrap(), GetPetSuccess::NoContent));

    mock.update_pet().status(201).responds(pet("B"));
    let response = client.update_pet(1, pet("B")).send_with_response().await.unwrap();
    assert_eq!((response.status().as_u16(), response.body().name.as_str()), (201, "B"));
    assert!(
        difference(mock).contains("get_photo (GET /pets/{id}/photo), at least once, for some requests: came never")
    );
}

#[tokio::test]
async fn objects_in_the_query_are_typed() {
    let mock = Mock::start().await;
    let client = mock.client();
    let query = || Query::new("a b&c").exact(true).query("q").kinds(texts(["1", "2"]));
    mock.search().responds(vec![pet("A"), pet("B")]);
    assert_eq!(client.search(query()).limit(2).send().await.unwrap().len(), 2);
    let request = &mock.search().requests()[0];
    assert_eq!((&request.query, request.limit), (&query(), Some(2)));
    assert_eq!(mock.all_requests()[0].query(), "exact=true&kinds=1&kinds=2&query=q&text=a%20b%26c&limit=2");

    mock.filter().at_will().responds(());
    let deep = query().point(Point::new(1));
    let call = client.filter(vec![1, 2], Point::new(3).y(-4), deep.clone()).flat(Point::new(5).y(6));
    call.tags(["a b", "c&d"]).names(["a,b", "c"]).x_point(Point::new(7)).send().await.unwrap();
    let request = &mock.filter().requests()[0];
    assert_eq!((&request.area, &request.point, &request.deep), (&vec![1, 2], &Point::new(3).y(-4), &deep));
    assert_eq!((&request.flat, &request.x_point), (&Some(Point::new(5).y(6)), &Some(Point::new(7))));
    assert_eq!(request.tags.as_deref().unwrap(), ["a b", "c&d"]);
    assert_eq!(request.names.as_deref().unwrap(), ["a,b", "c"]);

    let call = client.call(Method::GET, "/search").query("exact", "true");
    assert_eq!(call.send().await.unwrap_err().status().unwrap().as_u16(), 400);
    let said = difference(mock);
    assert!(
        said.contains("search: the request does not fit the document: the parameter `query`: missing field `text`"),
        "{said}"
    );
    assert!(said.contains("&tags=a%20b&tags=c%26d&names=a%2Cb,c"), "{said}");
}

#[tokio::test]
async fn forms_and_parts_are_typed() {
    let mock = Mock::start().await;
    let client: Client = mock.client();
    mock.replace_query().responds(());
    let query = Query::new("a=b").kinds(texts(["x"])).point(Point::new(1).y(2));
    client.replace_query().body(query.clone()).send().await.unwrap();
    assert_eq!(mock.replace_query().requests()[0].body, Some(query));

    mock.add_photos().responds(());
    let photo = Upload::new(PNG).file_name("a.png").content_type("image/png");
    let call = client.add_photos(1, "T", photo).count(2).tags(["a", "b"]).pet(pet("A").age(1));
    call.others([Upload::new("1"), Upload::new("2")]).additional_part("more", "M").send().await.unwrap();
    let request = &mock.add_photos().requests()[0];
    assert_eq!((request.title.as_str(), request.count, &request.pet), ("T", Some(2), &Some(pet("A").age(1))));
    assert_eq!(request.tags.as_deref().unwrap(), ["a", "b"]);
    let photo = &request.photo;
    assert_eq!((photo.content.as_slice(), photo.file_name.as_deref()), (PNG, Some("a.png")));
    assert_eq!((photo.name.as_str(), photo.media_type.as_deref()), ("photo", Some("image/png")));
    let others: Vec<&[u8]> = request.others.iter().flatten().map(|part| part.content.as_slice()).collect();
    assert_eq!(others, [b"1", b"2"]);
    assert_eq!(request.additional_part, [("more".to_owned(), "M".to_owned())]);
}

#[tokio::test]
async fn lists_of_events_are_sent_as_events() {
    let mock = Mock::start().await;
    let client = mock.client();
    let events = vec![Item::new("one\ntwo").event("note").id("7"), Item::new("three")];
    mock.list_events().times(2).responds(events.clone());
    let received = client.list_events().send().await.unwrap();
    assert_eq!((received[0].data.as_str(), received[0].event.as_deref()), ("one\ntwo", Some("note")));
    let mut stream = client.list_events().send_events().await.unwrap();
    let mut data = Vec::new();
    while let Some(event) = stream.next().await.unwrap() {
        data.push(event.data);
    }
    assert_eq!(data, texts(["one\ntwo", "three"]));
}

#[tokio::test]
async fn an_event_without_data_has_no_line_for_it() {
    let mock = Mock::start().await;
    mock.list_ticks().responds(vec![Tick::new("tick", None), Tick::new("tock", Some("null".to_owned()))]);
    let request = "GET /ticks HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer a\r\nConnection: close\r\n\r\n";
    let said = exchange(&mock.url(), request);
    assert!(said.ends_with("event: tick\n\nevent: tock\ndata: null\n\n"), "{said}");
}

#[tokio::test]
async fn null_in_json_is_no_value() {
    let mock = Mock::start().await;
    mock.replace_place().times(2).responds(());
    for body in [ReplacePlaceBody::new(None), ReplacePlaceBody::new(Some(Point::new(1)))] {
        mock.client().replace_place(body.clone()).send().await.unwrap();
        assert_eq!(mock.replace_place().requests().last().map(|request| &request.body), Some(&body));
    }
    assert_eq!(mock.all_requests()[0].body(), b"point=null".as_slice());
}

#[test]
fn a_response_that_cannot_be_written_fails_the_test() {
    let responds = || HashMap::from([(vec![1], 1)]).into_reply();
    let said = *catch_unwind(responds).unwrap_err().downcast::<String>().unwrap();
    assert_eq!(said, "the response cannot be written: key must be a string");
}
