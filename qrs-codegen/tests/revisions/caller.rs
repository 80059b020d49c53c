//! Code that uses all that `base.yaml` describes, as a caller does.

use library::operations::books::{LendBookError, LendBookHeaders, LendBookSuccess};
use library::{Client, Error, Server, types};

pub fn client() -> Result<Client, library::BuildError> {
    Client::builder(Server::main()).token("secret").build()
}

pub async fn list(client: &Client) -> Result<Vec<String>, Error<types::Problem>> {
    let request: library::operations::books::ListBooks = client.list_books();
    let books: Vec<types::Book> =
        request.author("Ada").limit(7i32).sort(types::Sort::Title).send().await?;
    Ok(books.into_iter().map(|book| describe(&book)).collect())
}

fn describe(book: &types::Book) -> String {
    let title: &String = &book.title;
    let pages: Option<i64> = book.pages;
    let note: &Option<String> = &book.note;
    let state = match &book.state {
        Some(types::State::Shelved) => "on the shelf",
        Some(types::State::Lent) => "lent",
        _ => "somewhere",
    };
    format!("{title} {pages:?} {note:?} {state}")
}

pub fn message(error: &Error<types::Problem>) -> Option<String> {
    error.body()?.message.clone()
}

pub async fn add(client: &Client) -> Result<types::Book, Error> {
    let book = types::NewBook::new("Notes").pages(7i64).kind(types::Kind::Novel);
    client.add_book(book).send().await
}

pub async fn remove(client: &Client) -> Result<(), Error> {
    client.remove_book("7", "worn").send().await
}

pub async fn lend(client: &Client) -> Result<String, Error<LendBookError>> {
    let response = library::Request::send_with_response(client.lend_book("7")).await?;
    let days: Option<i64> = LendBookHeaders::from(response.headers()).x_due;
    Ok(match response.into_body() {
        LendBookSuccess::Created(book) => format!("{} for {days:?}", describe(&book)),
        LendBookSuccess::Accepted(why) => why,
        _ => String::new(),
    })
}

pub fn refusal(error: Error<LendBookError>) -> String {
    match error.into_body() {
        Some(LendBookError::NotFound(problem)) => problem.message.unwrap_or_default(),
        Some(LendBookError::Conflict(until)) => until,
        _ => String::new(),
    }
}
