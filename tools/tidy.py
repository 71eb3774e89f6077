#!/usr/bin/env python3
"""Holds the tree against its own rules: what no build compiles, no runner runs, no reader can follow fails here.

`tidy.py --build build/release` prints one line for each offence and exits with 1 where there is one. Each function
below that bears @rule is a rule and is counted as a test.
"""

import argparse
import fnmatch
import json
import os
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
SKIPPED_FOLDERS = {".git", "build", "metadata", "__pycache__", "node_modules"}
LONG_FILE_LINES = 500
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^">]+)[">]', re.MULTILINE)
TEST = re.compile(r"^\s*(?:TYPED_)?TEST(?:_F|_P)?\s*\(\s*(\w+)\s*,\s*(\w+)\s*\)", re.MULTILINE)
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
DOC = re.compile(r"\bdocs/[\w./-]+\.md\b")
# Spelled in two pieces, so that this file passes its own rule.
MACHINE_PATHS = re.compile("(?<![A-Za-z0-9_.-])/(?:" + "wor" + "k|" + "roo" + "t)/")

RULES = []


def rule(function):
    RULES.append(function)
    return function


class Tree:
    """The files of a project and what its build says about them."""

    def __init__(self, root, build=None, list_tests=None):
        self.root = pathlib.Path(root)
        self.build = self.root / build if build else None
        self._list_tests = list_tests or self._ctest
        self.files = sorted(self._walk())
        self.warnings = []

    def _walk(self):
        for folder, folders, names in os.walk(self.root):
            folders[:] = [name for name in folders if name not in SKIPPED_FOLDERS]
            for name in names:
                yield (pathlib.Path(folder) / name).relative_to(self.root).as_posix()

    def text(self, name):
        """The file's text, or none where it is not text."""
        try:
            return (self.root / name).read_bytes().decode()
        except (UnicodeDecodeError, FileNotFoundError):
            return None

    def under(self, folders, suffixes):
        return [name for name in self.files if name.startswith(folders) and name.endswith(suffixes)]

    def sources(self):
        return self.under(("src/", "tests/", "bench/"), (".cc",))

    def headers(self):
        return self.under(("src/", "include/", "tests/", "bench/"), (".h",))

    def includes(self, name):
        return INCLUDE.findall(self.text(name) or "")

    def compiled(self):
        """Source -> the objects made of it, as the build's compile_commands.json says; none where there is no build."""
        path = self.build / "compile_commands.json" if self.build else None
        if not path or not path.exists():
            return None
        out = {}
        for entry in json.loads(path.read_text()):
            file = pathlib.Path(entry["directory"], entry["file"]).resolve()
            if file.is_relative_to(self.root.resolve()):
                name = file.relative_to(self.root.resolve()).as_posix()
                out.setdefault(name, []).append(entry.get("output") or entry.get("command", ""))
        return out

    def _ctest(self):
        listing = subprocess.run(["ctest", "--test-dir", str(self.build), "--show-only=json-v1"], capture_output=True,
                                 text=True, check=True)
        return [test["name"] for test in json.loads(listing.stdout)["tests"]]

    def listed_tests(self):
        return self._list_tests()


def named_by_cmake(tree, name):
    """Whether the CMakeLists.txt of the file's folder names it, plainly or by a pattern."""
    folder, _, base = name.rpartition("/")
    cmake = tree.text(folder + "/CMakeLists.txt") or ""
    words = re.sub(r"#.*", "", cmake).replace("(", " ").replace(")", " ").split()
    return any(fnmatch.fnmatch(base, word.rpartition("/")[2]) for word in words if word.endswith(".cc"))


@rule
def every_source_is_compiled(tree):
    compiled = tree.compiled()
    if compiled is None:
        yield "no compile_commands.json: build first, ./dev build"
        return
    for name in tree.sources():
        # Benchmark and fuzz targets stand in builds of their own, which need not be there.
        elsewhere = name.startswith(("bench/", "tests/fuzz/")) and named_by_cmake(tree, name)
        if name not in compiled and not elsewhere:
            yield f"{name}: no build compiles it"


@rule
def includes_follow_the_layer_order(tree):
    readme = tree.text("src/README.md") or ""
    order = re.findall(r"^\| `(\w+)` \|", readme, re.MULTILINE)
    if not order:
        yield "src/README.md: no table of modules"
        return
    present = {name.split("/")[1] for name in tree.under(("src/",), (".h", ".cc")) if name.count("/") > 1}
    for module in sorted(present - set(order)):
        yield f"src/{module}: not in the table of src/README.md"
    for module in order:
        if module not in present:
            yield f"src/README.md: names the module `{module}`, which has no source"
    for name in tree.under(("src/",), (".h", ".cc")):
        own = name.split("/")[1]
        for bracket, included in tree.includes(name):
            module = included.split("/")[0]
            if bracket == '"' and module == "cairn":
                continue
            if module in order and own in order and order.index(module) > order.index(own):
                yield f"{name}: includes {included}, but `{module}` stands below `{own}` in src/README.md"


@rule
def fuzz_targets_have_their_modules(tree):
    """They stand in a build of their own, which is not made with each test."""
    cmake = tree.text("tests/fuzz/CMakeLists.txt") or ""
    present = {name.split("/")[1] for name in tree.under(("src/",), (".h", ".cc")) if name.count("/") > 1}
    for arguments in re.findall(r"^\s*cairn_fuzz_target\(([^)]*)\)", cmake, re.MULTILINE):
        target, *modules = arguments.split()
        for name in tree.under(tuple(f"src/{module}/" for module in modules if module in present), (".h", ".cc")):
            if re.search(r"_test\.(h|cc)$", name):
                continue
            for bracket, included in tree.includes(name):
                module = included.split("/")[0]
                if bracket == '"' and module in present and module not in modules:
                    yield f"tests/fuzz: the target {target} needs `{module}`: {name} includes {included}"


@rule
def public_headers_stand_alone(tree):
    for name in tree.under(("include/cairn/",), (".h",)):
        for bracket, included in tree.includes(name):
            own = bracket == '"' and included.startswith("cairn/")
            standard = bracket == "<" and re.fullmatch(r"[a-z_]+", included)
            if not own and not standard:
                yield f"{name}: includes {included}; a public header includes cairn/ and the standard library alone"


@rule
def own_includes_are_found(tree):
    files = set(tree.files)
    for name in tree.sources() + tree.headers():
        for bracket, included in tree.includes(name):
            places = ("include/", "src/", "tests/", name.rpartition("/")[0] + "/")
            if bracket == '"' and not any(place + included in files for place in places):
                yield f'{name}: includes "{included}", which is not there; others\' headers are included with <>'


@rule
def every_header_is_included(tree):
    included = {}
    for name in tree.sources() + tree.headers():
        for _, path in tree.includes(name):
            included.setdefault(path, set()).add(name)
    for name in tree.headers():
        spellings = [re.sub(r"^(include|src|tests|bench)/", "", name), name, name.rpartition("/")[2]]
        users = set().union(*(included.get(spelling, set()) for spelling in spellings)) - {name}
        if not users:
            yield f"{name}: nobody includes it"


@rule
def a_class_is_defined_in_one_header(tree):
    """Two of one name in one program are one to the linker, whatever they hold."""
    homes = {}
    for name in tree.headers():
        text = tree.text(name)
        space = re.search(r"^namespace (\S+) \{", text, re.MULTILINE)
        defined = r"^(?:class|struct) (?:alignas\(\w+\) )?(\w+)(?: final)?(?: : .*)? \{$"
        for found in re.findall(defined, text, re.MULTILINE):
            homes.setdefault(f"{space[1]}::{found}" if space else found, []).append(name)
    for found, names in sorted(homes.items()):
        if len(names) > 1:
            yield f"{names[0]}: {found} is defined in {names[1]} too"


@rule
def every_test_file_is_in_the_test_binary(tree):
    compiled = tree.compiled() or {}
    for name in tree.sources():
        if name.endswith("_test.cc") and not any("cairn_tests" in object for object in compiled.get(name, [])):
            yield f"{name}: not part of cairn_tests"
    for name in tree.files:
        if name.endswith("_test.py") and not name.startswith(("tools/", "examples/", "tests/clients/")):
            yield f"{name}: tools/run_tests.py runs the Python tests of tools/, examples/ and tests/clients/ alone"


@rule
def every_test_is_run(tree):
    if tree.compiled() is None:
        return
    listed = tree.listed_tests()
    # `Suite.Name`, `Instance/Suite.Name/Value` and, of a typed suite, `Suite.Name<Type>`.
    known = set()
    for test in listed:
        suite, _, case = test.partition(".")
        known.add((suite.rpartition("/")[2], re.split("[/<]", case)[0]))
    for name in tree.sources():
        tests = TEST.findall(tree.text(name) or "")
        if len(tests) > 1 and not known.intersection(tests):
            yield f"{name}: none of its {len(tests)} tests is among those that ctest lists"
            continue
        for suite, case in tests:
            if suite.startswith("DISABLED_") or case.startswith("DISABLED_"):
                yield f"{name}: {suite}.{case} is disabled, so no runner runs it"
            elif (suite, case) not in known:
                yield f"{name}: {suite}.{case} is not among the tests that ctest lists"


@rule
def no_path_of_one_machine(tree):
    for name in tree.files:
        for number, text in enumerate((tree.text(name) or "").split("\n"), 1):
            if MACHINE_PATHS.search(text):
                yield f"{name}:{number}: a path of one machine"


@rule
def no_trailing_whitespace(tree):
    for name in tree.files:
        if name.startswith("tests/fuzz/corpus/"):
            continue  # Inputs, as they are.
        for number, text in enumerate((tree.text(name) or "").split("\n"), 1):
            if text != text.rstrip(" \t\r"):
                yield f"{name}:{number}: trailing whitespace"


@rule
def documents_that_are_named_are_there(tree):
    for name in tree.files:
        text = tree.text(name) or ""
        if name.endswith(".md"):
            for target in LINK.findall(text):
                path = target.partition("#")[0]
                if path and "://" not in path and not path.startswith("mailto:"):
                    if not (tree.root / name).parent.joinpath(path).exists():
                        yield f"{name}: links to {path}, which is not there"
        if name.endswith((".md", ".h", ".cc", ".txt", "dev")):
            for path in sorted(set(DOC.findall(text))):
                if not (tree.root / path).exists():
                    yield f"{name}: names {path}, which is not there"


def long_files(tree):
    """What is no offence, but worth a look."""
    for name in tree.under(("src/",), (".cc", ".h")):
        lines = (tree.text(name) or "").count("\n")
        if lines > LONG_FILE_LINES:
            yield f"{name}: {lines} lines; is it two concepts?"


def check(tree, out=sys.stdout):
    """Runs every rule and prints what each found; returns how many passed and how many failed."""
    failed = 0
    for function in RULES:
        offences = list(function(tree))
        failed += bool(offences)
        for offence in offences:
            print(f"tidy: {offence}", file=out)
    for warning in long_files(tree):
        print(f"tidy: warning: {warning}", file=out)
    return len(RULES) - failed, failed


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--build", default="build/release", help="the build folder, from the root")
    parser.add_argument("--root", default=str(ROOT))
    arguments = parser.parse_args()
    passed, failed = check(Tree(arguments.root, arguments.build))
    print(f"tidy: {passed} rules hold, {failed} do not")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
