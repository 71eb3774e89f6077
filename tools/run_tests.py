#!/usr/bin/env python3
"""Runs every test there is and counts them: the tidy rules, the Python tests, the web page's by way of vitest, the C++
tests by way of ctest.

`run_tests.py BUILD_FOLDER [--jobs N] [CTEST ARGUMENT...]`. Prints what failed and what was skipped, and as its last
line `N passed, N failed, N skipped`. Exits with 1 where a test failed or, with CI=true, where one was skipped.
"""

import argparse
import dataclasses
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import unittest
import xml.etree.ElementTree

import tidy

PASSED_LINE = re.compile(r"\s*Start\s+\d+: |\s*\d+/\d+ Test\s+#\d+: .* Passed +[\d.]+ sec")


@dataclasses.dataclass
class Count:
    passed: int = 0
    failed: int = 0
    skipped: int = 0

    def __add__(self, other):
        return Count(self.passed + other.passed, self.failed + other.failed, self.skipped + other.skipped)

    def __str__(self):
        return f"{self.passed} passed, {self.failed} failed, {self.skipped} skipped"


def tidy_rules(build):
    return Count(*tidy.check(tidy.Tree(tidy.ROOT, build)))


def python_tests(build):
    # What the tests of real clients need.
    os.environ["CAIRN_PROGRAM"] = str(pathlib.Path(build, "cairn").resolve())
    os.environ.setdefault("CAIRN_CLIENTS", str(tidy.ROOT / "build" / "clients"))
    loader = unittest.TestLoader()
    suites = []
    for name in ("tools", "examples", "tests/clients"):
        folder = str(tidy.ROOT / name)
        sys.path.insert(0, folder)
        suites.append(loader.discover(folder, pattern="*_test.py", top_level_dir=folder))
    result = unittest.TestResult()
    unittest.TestSuite(suites).run(result)
    for test, trace in result.failures + result.errors:
        print(f"FAILED {test}\n{trace}")
    for test, reason in result.skipped:
        print(f"skipped {test}: {reason}")
    failed, skipped = len(result.failures) + len(result.errors), len(result.skipped)
    return Count(result.testsRun - failed - skipped, failed, skipped)


def count_vitest(report):
    """What vitest's report says, a file that could not be run at all included."""
    count = Count(report["numPassedTests"], report["numFailedTests"], report["numPendingTests"] + report["numTodoTests"])
    for file in report["testResults"]:
        name = pathlib.Path(file["name"]).name
        if file["status"] == "failed" and not any(test["status"] == "failed" for test in file["assertionResults"]):
            count.failed += 1
            print(f"FAILED {name}\n{file.get('message', '')}")
        for test in file["assertionResults"]:
            if test["status"] == "failed":
                print(f"FAILED {name}: {test['fullName']}\n" + "\n".join(test["failureMessages"]))
            elif test["status"] != "passed":
                print(f"skipped {name}: {test['fullName']}")
    return count


def web_tests(build):
    """Types and lint of the page's source, its units, and a browser on a running service."""
    web = tidy.ROOT / "web"
    if not (web / "node_modules").exists():
        print("skipped the web page: it was not built (-DCAIRN_WEB=OFF)")
        return Count(skipped=1)
    out = pathlib.Path(build, "web-tests").resolve()
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True)
    report = out / "report.json"
    environment = {**os.environ, "CAIRN_PROGRAM": str(pathlib.Path(build, "cairn").resolve()), "CAIRN_WEB_OUT": str(out)}
    checked = subprocess.run(["npm", "run", "--silent", "check"], cwd=web, env=environment, capture_output=True, text=True)
    count = Count(failed=1) if checked.returncode else Count(passed=1)
    if checked.returncode:
        print(f"FAILED npm run check\n{checked.stdout}{checked.stderr}")
    command = ["node", "node_modules/vitest/vitest.mjs", "run", "--reporter=json", f"--outputFile={report}"]
    cache = pathlib.Path(build, "CMakeCache.txt")
    if cache.exists() and re.search(r"^CAIRN_SANITIZE:[A-Z]+=.+$", cache.read_text(), re.MULTILINE):
        # How fast it is says nothing there.
        command += ["--exclude", "tests/speed_test.ts"]
    ran = subprocess.run(command, cwd=web, env=environment, capture_output=True, text=True, errors="replace")
    if not report.exists():
        print(f"FAILED vitest\n{ran.stdout}{ran.stderr}")
        return count + Count(failed=1)
    figures = out / "figures.txt"
    if figures.exists():
        print(figures.read_text(), end="")
    return count + count_vitest(json.loads(report.read_text()))


def count_junit(text):
    """What ctest's report says: a test that was not run, for whatever reason, was skipped."""
    count = Count()
    for case in xml.etree.ElementTree.fromstring(text).iter("testcase"):
        status = case.get("status")
        if status == "run":
            count.passed += 1
        elif status == "fail":
            count.failed += 1
        else:
            count.skipped += 1
            print(f"skipped {case.get('name')}")
    return count


def cpp_tests(build, jobs, arguments):
    report = pathlib.Path(build, "tests.xml").resolve()
    report.unlink(missing_ok=True)
    command = ["ctest", "--test-dir", str(build), "-j", str(jobs), "--output-on-failure", "--no-tests=error",
               "--output-junit", str(report), *arguments]
    pipe = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True, "errors": "replace"}
    with subprocess.Popen(command, **pipe) as ctest:
        for line in ctest.stdout:
            if not PASSED_LINE.match(line):
                print(line, end="", flush=True)
    count = count_junit(report.read_text(errors="replace")) if report.exists() else Count()
    # ctest that failed without a failed test found none, or could not run at all.
    return count + Count(failed=1) if ctest.returncode and not count.failed else count


def verdict(count, ci):
    return 1 if count.failed or (ci and count.skipped) else 0


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("build", help="the build folder")
    parser.add_argument("--jobs", type=int, default=2)
    arguments, rest = parser.parse_known_args()
    count = tidy_rules(arguments.build) + python_tests(arguments.build) + web_tests(arguments.build)
    count += cpp_tests(arguments.build, arguments.jobs, rest)
    ci = os.environ.get("CI") == "true"
    if ci and count.skipped:
        print("CI=true: a skipped test fails the run")
    print(count, flush=True)
    return verdict(count, ci)


if __name__ == "__main__":
    sys.exit(main())
