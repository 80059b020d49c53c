//! Makes cargo count the build dependencies of the manifest, which says why they are there.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
}
