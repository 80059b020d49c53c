//! The memory of a long list: its body, the decoded values, and little else.
//!
//! There is one test in this file: everything that is allocated in its process counts.

mod support;

use std::alloc::System;
use std::fmt::Write as _;
use std::time::Duration;

use cap::Cap;
use qrs_generated::Client;
use qrs_tests::{Answer, Fault, HeaderValue, Operation, StandIn, StatusCode, header};
use uuid::Uuid;

use support::{Checked, builder_for};

#[global_allocator]
static MEMORY: Cap<System> = Cap::new(System, usize::MAX);

/// How many passes a large site has.
const ROWS: usize = 100_000;

/// The memory that connections take on both sides, whatever is sent over them.
const CONSTANT: usize = 2 * 1024 * 1024;

/// The body of a list of passes, each with all that a live site says of it.
fn body() -> Result<String, std::fmt::Error> {
    let mut body = String::with_capacity(ROWS * 512);
    for number in 0..ROWS {
        let before = if number == 0 { "[" } else { "," };
        let (id, user) = (Uuid::from_u128(number as u128), Uuid::from_u128((ROWS + number) as u128));
        write!(
            body,
            "{before}{{\"id\":\"{id}\",\"createdDate\":\"2022-08-27T06:47:08.584Z\",\
             \"modifiedDate\":\"2022-08-27T06:47:08.584Z\",\"modifiedByUserName\":\"INTERNAL\\\\sa_repository\",\
             \"user\":{{\"id\":\"{user}\",\"userId\":\"user-{number}\",\"userDirectory\":\"CORP\",\
             \"name\":\"User \\\"{number}\\\"\",\"privileges\":null}},\"lastUsed\":\"2022-08-27T06:47:08.584Z\",\
             \"quarantined\":false,\"quarantineEnd\":\"1753-01-01T00:00:00.000Z\",\"deletedUserId\":\"\",\
             \"deletedUserDirectory\":\"\",\"privileges\":[\"read\",\"update\"],\
             \"schemaPath\":\"License.ProfessionalAccessType\"}}"
        )?;
    }
    body.push(']');
    Ok(body)
}

/// The memory that one call took.
#[derive(Debug)]
struct Taken {
    /// At its height, beyond what there was before, or less: the height is that of the whole process so far.
    peak: usize,
    /// By the values that it gave.
    values: usize,
}

async fn measure(client: &Client) -> Result<Taken, Box<dyn std::error::Error>> {
    let before = MEMORY.allocated();
    let held = client.get_professional_access_types().send().await?;
    let reached = MEMORY.max_allocated();
    let with_values = MEMORY.allocated();
    assert_eq!(held.len(), ROWS);
    let last = held.last().ok_or("there are many")?;
    assert_eq!(last.user.as_ref().and_then(|user| user.name.as_deref()), Some("User \"99999\""));
    drop(held);
    Ok(Taken { peak: reached - before, values: with_values - MEMORY.allocated() })
}

#[tokio::test]
async fn a_hundred_thousand_passes_are_decoded_without_a_copy_of_the_body() -> Checked {
    let site = StandIn::start().await?;
    let client = builder_for(&site)?.timeout(Duration::from_secs(300)).build()?;
    // Connections and whatever is made once are there before.
    client.get_professional_access_types().send().await?;

    let body = body()?;
    let length = body.len();
    let json = HeaderValue::from_static("application/json");
    let answer = Answer::new(StatusCode::OK).header(header::CONTENT_TYPE, json).body(body);
    site.answer_next(Operation::GetProfessionalAccessTypes, answer.clone());
    let known = measure(&client).await?;
    assert!(known.peak >= length + known.values, "both are there while the body is decoded: {known:?}");
    assert!(known.peak <= length + known.values + CONSTANT, "{length} bytes: {known:?}");

    // In pieces, whose number is not told: what is received can only grow as a vector does, to less than its double.
    let pieces = Fault::Drip { piece: 1024 * 1024, pause: Duration::ZERO };
    site.answer_next(Operation::GetProfessionalAccessTypes, answer.fault(pieces));
    let unknown = measure(&client).await?;
    assert_eq!(unknown.values, known.values);
    assert!(unknown.peak <= 2 * length + unknown.values + CONSTANT, "{length} bytes: {unknown:?}");
    println!("{length} bytes: {known:?}, and {unknown:?} where their number was not told");
    Ok(())
}
