//! The command `qrs`, as `qrs-generated` builds it. Cargo gives a test the programs of its own package only.

fn main() -> std::process::ExitCode {
    qrs_generated::cli::main()
}
