//! A type that a later version may add to is not taken for complete.

use qrs_generated::ErrorKind;

fn all(kind: ErrorKind) -> u8 {
    match kind { //~ E0004
        ErrorKind::Credentials | ErrorKind::Request | ErrorKind::Connect | ErrorKind::Tls | ErrorKind::Timeout => 1,
        ErrorKind::NoAnswer | ErrorKind::Body | ErrorKind::TooLarge | ErrorKind::Status => 2,
        ErrorKind::UnexpectedContent | ErrorKind::Decode | ErrorKind::Runtime => 3,
    }
}

fn main() {}
