#!/usr/bin/env python3
"""What generating, checking and building cost beside the other generators, and beside an earlier commit, in one run.

    python3 tests/benches/peers.py --scratch DIR [--before COMMIT] [--runs N] [--build] [DOCUMENT ...]

Without a document, the licences document is taken. The peers, `ploidy`, `openapi-to-rust` and `openapi-nexus`, are installed
from the registry into DIR, once. Runs alternate between the generators. CPU time is that of the process and of its children, the median
of the runs; the peak of memory is of the largest process. `cargo check` is of the generated crate alone, from scratch, without
the incremental cache; its dependencies are built before. `--build` builds each client with all its dependencies in an empty
target folder.
"""

import argparse
import os
import shutil
import statistics
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PEERS = ["ploidy", "openapi-to-rust", "openapi-nexus"]


def run(command, cwd=ROOT, **environment):
    """Runs a command; returns CPU seconds, MiB at most, and what it said where it failed."""
    timed = ["/usr/bin/time", "-q", "-f", "%U %S %M", *map(str, command)]
    done = subprocess.run(timed, cwd=cwd, env={**os.environ, **environment}, capture_output=True, text=True, check=False)
    lines = done.stderr.strip().splitlines()
    user, system, kib = lines[-1].split()
    failure = "\n".join(lines[-12:-1]) or "failed" if done.returncode else None
    return float(user) + float(system), int(kib) / 1024, failure


def must(command, **options):
    _, _, failure = run(command, **options)
    if failure:
        sys.exit(f"{' '.join(map(str, command))}\n{failure}")


def built(root, target):
    """The generator of a checkout, as `cargo xtask` does not build it: with optimization."""
    must(["cargo", "build", "--quiet", "--release", "--locked", "--package", "xtask", "--target-dir", target], cwd=root)
    return target / "release" / "xtask"


def generators(scratch, before):
    found = {"ours": built(ROOT, scratch / "ours")}
    if before:
        checkout = scratch / "checkout"
        if not checkout.exists():
            must(["git", "clone", "--quiet", ROOT, checkout])
        must(["git", "checkout", "--quiet", "--detach", before], cwd=checkout)
        found["before"] = built(checkout, scratch / "before")
    for peer in PEERS:
        program = scratch / "bin" / peer
        if not program.exists():
            must(["cargo", "install", "--quiet", "--locked", "--root", scratch, peer])
        found[peer] = program
    return found


def prepared(name, program, document, crate):
    """The command that generates a crate, after what it needs was written."""
    shutil.rmtree(crate, ignore_errors=True)
    if name == "ploidy":
        return [program, "generate", "rust", document, "-o", crate]
    if name == "openapi-to-rust":
        (crate / "src").mkdir(parents=True)
        settings = crate / "openapi-to-rust.toml"
        settings.write_text(
            f'[generator]\nspec_path = "{document}"\noutput_dir = "{crate / "src" / "generated"}"\nmodule_name = "api"\n\n'
            "[features]\nenable_async_client = true\n"
        )
        return [program, "generate", "--config", settings]
    if name == "openapi-nexus":
        return [program, "generate", "--input", document, "--output", crate, "--generators", "rust-reqwest"]
    return [program, "codegen", "--spec", document, "--out", crate]


def completed(name, crate):
    """Makes a crate of modules that a generator wrote without a manifest."""
    if name != "openapi-to-rust":
        return
    generated = crate / "src" / "generated"
    (crate / "src" / "lib.rs").write_text("pub mod generated;\n")
    listed = generated / "REQUIRED_DEPS.toml"
    dependencies = listed.read_text() if listed.exists() else "[dependencies]\n"
    (crate / "Cargo.toml").write_text(
        f'[package]\nname = "peer-client"\nversion = "0.0.0"\nedition = "2024"\n\n{dependencies}\n[workspace]\n'
    )


def checked(crate, target, runs):
    environment = {"CARGO_TARGET_DIR": str(target), "CARGO_INCREMENTAL": "0", "CARGO_PROFILE_DEV_DEBUG": "0"}
    _, _, failure = run(["cargo", "check", "--quiet"], cwd=crate, **environment)
    if failure:
        return None, None, failure
    taken = []
    for _ in range(runs):
        os.utime(crate / "src" / "lib.rs")
        taken.append(run(["cargo", "check", "--quiet"], cwd=crate, **environment))
    return statistics.median(cpu for cpu, _, _ in taken), max(mib for _, mib, _ in taken), None


def print_builds(scratch, document, names, runs):
    """Prints what a clean build of each client takes, with its dependencies."""
    target = scratch / "clean"
    taken = {name: [] for name in names}
    for _ in range(runs):
        for name in names:
            shutil.rmtree(target, ignore_errors=True)
            crate = scratch / "crates" / document.stem / name
            taken[name].append(run(["cargo", "build", "--quiet"], cwd=crate, CARGO_TARGET_DIR=str(target)))
    shutil.rmtree(target, ignore_errors=True)
    for name, results in taken.items():
        failure = next((failure for _, _, failure in results if failure), None)
        cpu = statistics.median(cpu for cpu, _, _ in results)
        said = f"fails: {failure.splitlines()[-1][:160]}" if failure else f"{cpu:.1f} s CPU"
        tree = ["cargo", "tree", "--edges", "normal", "--prefix", "none", "--no-dedupe"]
        listed = subprocess.run(
            tree, cwd=scratch / "crates" / document.stem / name, capture_output=True, text=True, check=True
        )
        packages = {" ".join(line.split()[:2]) for line in listed.stdout.splitlines() if line}
        print(f"  {name}: clean build {said}, {len(packages)} packages", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scratch", type=Path, required=True, help="a folder that is kept between runs")
    parser.add_argument("--before", metavar="COMMIT", help="an earlier commit of this repository, beside the others")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--no-check", action="store_true", help="only generate")
    parser.add_argument("--build", action="store_true", help="build each client with its dependencies, too")
    parser.add_argument("documents", nargs="*", type=Path, default=[ROOT / "spec" / "licenses.yaml"])
    arguments = parser.parse_args()
    scratch = arguments.scratch.resolve()
    scratch.mkdir(parents=True, exist_ok=True)
    found = generators(scratch, arguments.before)
    for document in arguments.documents:
        print(f"{document.name}", flush=True)
        document = document.resolve()
        taken = {name: [] for name in found}
        for _ in range(arguments.runs):
            for name, program in found.items():
                command = prepared(name, program, document, scratch / "crates" / document.stem / name)
                taken[name].append(run(command))
        written = []
        for name, runs in taken.items():
            failure = next((failure for _, _, failure in runs if failure), None)
            if failure:
                print(f"  {name}: generate fails: {failure.splitlines()[-1][:160]}", flush=True)
                continue
            cpu, mib = statistics.median(cpu for cpu, _, _ in runs), max(mib for _, mib, _ in runs)
            print(f"  {name}: generate {cpu:.3f} s CPU, {mib:.0f} MiB", flush=True)
            crate = scratch / "crates" / document.stem / name
            completed(name, crate)
            written.append(name)
            if arguments.no_check:
                continue
            cpu, mib, failure = checked(crate, scratch / "checked" / name, min(3, arguments.runs))
            said = f"fails: {failure.splitlines()[-1][:160]}" if failure else f"{cpu:.1f} s CPU, {mib:.0f} MiB"
            print(f"  {name}: check {said}", flush=True)
        if arguments.build:
            print_builds(scratch, document, written, arguments.runs)


if __name__ == "__main__":
    main()
