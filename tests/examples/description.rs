//! Saves the site's own description: `cargo run -p qrs-tests --example description -- --help`.

mod site;

use std::error::Error;
use std::fs;
use std::path::PathBuf;

use clap::Parser;
use qrs_generated::Request as _;

use site::Site;

/// Saves the site's own description of an interface, in Swagger 2.0, as the site sends it. A client of exactly this site
/// is generated from it: docs/site.md.
///
/// The site is the one that the QRS_* variables name; without any, it is a stand-in.
#[derive(Parser)]
struct Args {
    /// The interface; without one, the names of all are listed.
    interface: Option<String>,
    /// The file; without one, the description goes to standard output.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let args = Args::parse();
    let site = Site::connect().await?;
    let Some(interface) = args.interface else {
        for name in site.client.get_interfaces().send().await? {
            println!("{name}");
        }
        return Ok(());
    };
    let response = site.client.get_interface(interface).keep_text().send_with_response().await?;
    let text = response.text().ok_or("the text was not kept")?;
    match args.out {
        Some(path) => fs::write(path, text)?,
        None => print!("{text}"),
    }
    Ok(())
}
