#!/usr/bin/env python3
"""What the client costs the build of whoever depends on it, and what the drift check costs.

    python3 tests/benches/builds.py [--runs N] [--only PART ...]

The parts are `clean`, `own`, `packages`, `binary` and `check`. Times are CPU times of all processes together, the median
of several runs; elapsed times depend on the number of processors. It needs cargo, a network or a filled registry cache, and
1.5 GB in the folder for temporary files; nothing is written into the checkout but its usual target folder, by `check`.
"""

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
MANIFEST = ROOT / "qrs-generated" / "Cargo.toml"
VARIANTS = {"default features": [], "blocking": ["--features", "blocking"]}

CLIENT = """
use qrs_generated::{Certificate, Client, Identity, Server};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let client = Client::builder(Server::direct("qlik.example.com"))
        .certificate(Identity::from_pem_files("client.pem", "client_key.pem")?)
        .root_certificate(Certificate::from_pem_file("root.pem")?)
        .user("INTERNAL", "sa_repository")
        .build()?;
    println!("{}", client.get_professional_access_types().send().await?.len());
    Ok(())
}
"""

BY_HAND = """
use std::sync::Arc;

use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};

#[derive(serde::Deserialize)]
struct Allocation {
    #[allow(dead_code)]
    id: Option<String>,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut roots = rustls::RootCertStore::empty();
    roots.add(CertificateDer::from_pem_file("root.pem")?)?;
    let tls = rustls::ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_client_auth_cert(
            vec![CertificateDer::from_pem_file("client.pem")?],
            PrivateKeyDer::from_pem_file("client_key.pem")?,
        )?;
    let http = reqwest::Client::builder().tls_backend_preconfigured(tls).build()?;
    let body = http
        .get("https://qlik.example.com:4242/qrs/license/professionalaccesstype?Xrfkey=0123456789abcdef")
        .header("X-Qlik-Xrfkey", "0123456789abcdef")
        .header("X-Qlik-User", "UserDirectory=INTERNAL; UserId=sa_repository")
        .send()
        .await?
        .error_for_status()?
        .bytes()
        .await?;
    println!("{}", serde_json::from_slice::<Vec<Allocation>>(&body)?.len());
    Ok(())
}
"""

BY_HAND_DEPENDENCIES = """
reqwest = { version = "0.13.5", default-features = false, features = ["rustls-no-provider"] }
rustls = { version = "0.23.46", default-features = false, features = ["ring", "std", "tls12"] }
serde = { version = "1", features = ["derive"] }
serde_json = "1"
"""


class Taken:
    """What one run of a command took."""

    def __init__(self, command, cwd=ROOT, **environment):
        begun = time.monotonic()
        process = subprocess.Popen(
            command, cwd=cwd, env={**os.environ, **environment}, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
        )
        with process.stderr:
            said = process.stderr.read()
        # Of the process and of all that it has waited for.
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode != 0:
            sys.exit(f"{' '.join(map(str, command))}\n{said.decode(errors='replace')}")
        self.elapsed = time.monotonic() - begun
        self.cpu = usage.ru_utime + usage.ru_stime


def median(runs, of):
    return statistics.median(of(run) for run in runs)


def peak(command):
    """Its peak memory in MiB. What this process has counts for one that it begins: GNU time has next to nothing."""
    timed = ["/usr/bin/time", "-f", "%M", *command]
    said = [subprocess.run(timed, cwd=ROOT, capture_output=True, text=True, check=True).stderr for _ in range(9)]
    return statistics.median(int(text.splitlines()[-1]) for text in said) / 1024


def report(name, runs, digits=2):
    line = f"{name}: {median(runs, lambda run: run.cpu):.{digits}f} s CPU, "
    line += f"{median(runs, lambda run: run.elapsed):.{digits}f} s elapsed"
    print(f"{line} (median of {len(runs)})", flush=True)


def cargo(command, target, *options, **environment):
    line = ["cargo", command, "--quiet", "--manifest-path", MANIFEST, "--target-dir", target, *options]
    return Taken(line, **environment)


def clean(scratch, runs):
    subprocess.run(["cargo", "fetch", "--quiet", "--manifest-path", MANIFEST], check=True)
    for name, options in VARIANTS.items():
        for command in ["build", "check"]:
            taken = []
            for _ in range(runs):
                target = scratch / "clean"
                taken.append(cargo(command, target, *options))
                shutil.rmtree(target)
            report(f"clean `cargo {command}`, {name}", taken)


def own(scratch, runs):
    target = scratch / "own"
    source = MANIFEST.parent / "src" / "lib.rs"
    for what, incremental in [("its source touched", "1"), ("from scratch", "0")]:
        for command in ["build", "check"]:
            taken = []
            for _ in range(2 * runs + 2):
                os.utime(source)
                taken.append(cargo(command, target, CARGO_INCREMENTAL=incremental))
            # The first one builds what the crate depends on, the second one fills the incremental cache.
            report(f"own crate alone, {what}, `cargo {command}`", taken[2:])
    shutil.rmtree(target)


def packages(_scratch, _runs):
    line = ["cargo", "tree", "--manifest-path", MANIFEST, "--edges", "normal,build", "--prefix", "none"]
    listed = subprocess.run(line, capture_output=True, text=True, check=True).stdout
    print(f"packages: {len({tuple(line.split()[:2]) for line in listed.splitlines() if line.strip()})}")


def binary(scratch, _runs):
    path = f'qrs-generated = {{ path = "{MANIFEST.parent}" }}\n'
    for name, main, dependencies in [("the client", CLIENT, path), ("reqwest by hand", BY_HAND, BY_HAND_DEPENDENCIES)]:
        package = scratch / "one-call"
        (package / "src").mkdir(parents=True)
        (package / "src" / "main.rs").write_text(main)
        (package / "Cargo.toml").write_text(
            '[package]\nname = "one-call"\nversion = "0.0.0"\nedition = "2024"\n\n[profile.release]\nstrip = true\n\n'
            "[dependencies]\n"
            'tokio = { version = "1", default-features = false, features = ["macros", "rt"] }\n' + dependencies
        )
        shutil.copy(ROOT / "Cargo.lock", package)
        target = scratch / "binary"
        taken = Taken(["cargo", "build", "--quiet", "--release", "--target-dir", target], cwd=package)
        size = (target / "release" / "one-call").stat().st_size
        print(f"stripped release binary that makes one call, {name}: {size / 1e6:.2f} MB, built in {taken.cpu:.1f} s CPU")
        shutil.rmtree(package)
        shutil.rmtree(target)


def check(scratch, runs):
    target = scratch / "check"
    Taken(["cargo", "build", "--quiet", "--release", "--package", "xtask", "--target-dir", target])
    xtask = [target / "release" / "xtask", "codegen", "--check"]
    report("`codegen --check`, release", [Taken(xtask) for _ in range(4 * runs + 1)][1:], digits=4)
    if Path("/usr/bin/time").exists():
        print(f"`codegen --check`, release: {peak(xtask):.1f} MiB at most")
    shutil.rmtree(target)
    through = ["cargo", "xtask", "codegen", "--check"]
    report("`cargo xtask codegen --check`, built before", [Taken(through) for _ in range(4 * runs + 1)][1:], digits=3)


PARTS = {"packages": packages, "check": check, "own": own, "clean": clean, "binary": binary}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=3, help="of each clean build; what is short is run more often")
    parser.add_argument("--only", nargs="+", choices=PARTS, default=list(PARTS), metavar="PART")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="qrs-builds-") as scratch:
        for part in arguments.only:
            PARTS[part](Path(scratch), arguments.runs)


if __name__ == "__main__":
    main()
