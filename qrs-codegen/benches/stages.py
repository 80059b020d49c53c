#!/usr/bin/env python3
"""What each stage of the pipeline costs, in instructions: exact, and the same on a busy machine.

    python3 qrs-codegen/benches/stages.py [DOCUMENT]...

Needs valgrind. Builds `xtask` with its symbols, generates a client for each document (spec/licenses.yaml, with its
overlay, if none is named) into a scratch folder, and counts what `codegen --check` of it executes.
"""

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

# The stages, in order, each by patterns of the functions that it is made of (of those that a pattern fits, the one
# around the others counts), and by patterns of what is another stage's within them.
STAGES = [
    ("source: text to tree", ["source::read"], []),
    ("overlay", ["overlay::apply"], []),
    ("bundle: other files", ["bundle::bundle"], []),
    ("grammar: check", ["grammar::check::Checker::kind"], []),
    ("grammar: repair", ["grammar::visit_mut"], []),
    ("normalize", ["normalize::normalize", "normalize::without_schemas"], []),
    ("typed: tree to openapiv3", [".*openapiv3::.*Visitor.*"], []),
    ("lower: to the model", ["lower::lower"], []),
    ("emit: to tokens", ["format::format"], ["format::rust"]),
    ("format: tokens to text", ["format::rust"], []),
]


def counts(xtask, arguments, folder):
    """The instructions of the whole process, and those within each function, by its name."""
    out = folder / "callgrind.out"
    command = ["valgrind", "--tool=callgrind", f"--callgrind-out-file={out}", xtask, "codegen", "--check", *arguments]
    subprocess.run(command, check=True, capture_output=True)
    text = subprocess.run(
        ["callgrind_annotate", "--inclusive=yes", "--threshold=100", out], check=True, capture_output=True, text=True
    ).stdout
    within, total = {}, 0
    for line in text.splitlines():
        if found := re.match(r"\s*([\d,]+) .*PROGRAM TOTALS", line):
            total = int(found[1].replace(",", ""))
        # What calls itself is counted again in each call, under a name with a number.
        if (found := re.match(r"\s*([\d,]+) \(.*?\)\s+[^:]*:(?:qrs_codegen::)?(\S.*?) *(?:\[.*)?$", line)) and "'2" not in found[2]:
            within.setdefault(found[2], int(found[1].replace(",", "")))
    return total, within


def inclusive(within, patterns):
    """What the functions that fit the patterns take, with all that they call."""
    fitting = lambda pattern: (count for name, count in within.items() if re.fullmatch(pattern, name))
    return sum(max(fitting(pattern), default=0) for pattern in patterns)


def main():
    environment = os.environ | {
        "CARGO_PROFILE_RELEASE_DEBUG": "line-tables-only",
        # Across crates functions become parts of others, and are not told apart then. It takes a tenth more.
        "CARGO_PROFILE_RELEASE_LTO": "false",
        "CARGO_PROFILE_RELEASE_CODEGEN_UNITS": "16",
    }
    subprocess.run(["cargo", "build", "-q", "--release", "-p", "xtask"], check=True, cwd=ROOT, env=environment)
    target = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
    xtask = target / "release" / "xtask"
    for document in sys.argv[1:] or [None]:
        with tempfile.TemporaryDirectory() as scratch:
            folder = Path(scratch)
            arguments = ["--out", str(folder / "client")]
            if document:
                arguments += ["--spec", str(Path(document).resolve())]
            subprocess.run([xtask, "codegen", *arguments], check=True, capture_output=True, cwd=ROOT)
            os.chdir(ROOT)
            total, within = counts(xtask, arguments, folder)
        print(f"{document or 'spec/licenses.yaml'}: {total / 1e6:.1f} million instructions")
        rest = total
        for stage, functions, others in STAGES:
            spent = inclusive(within, functions) - inclusive(within, others)
            rest -= spent
            print(f"  {stage:<28}{spent / 1e6:>9.1f}{spent / total:>8.1%}")
        print(f"  {'the process around them':<28}{rest / 1e6:>9.1f}{rest / total:>8.1%}")


main()
