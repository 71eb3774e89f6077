"""What the last line of a test run counts."""

import contextlib
import io
import unittest

import run_tests as runner

REPORT = """<?xml version="1.0"?>
<testsuite name="x" tests="4" failures="1" disabled="1" skipped="1">
  <testcase name="A.Passes" status="run"><system-out>ok</system-out></testcase>
  <testcase name="A.Fails" status="fail"><failure message=""/></testcase>
  <testcase name="A.Skips" status="notrun"><skipped message="SKIP_REGULAR_EXPRESSION_MATCHED"/></testcase>
  <testcase name="A.Disabled" status="disabled"/>
</testsuite>"""


class RunnerTest(unittest.TestCase):
    def test_every_outcome_of_ctest_is_counted(self):
        said = io.StringIO()
        with contextlib.redirect_stdout(said):
            count = runner.count_junit(REPORT)
        self.assertEqual(str(count), "1 passed, 1 failed, 2 skipped")
        self.assertEqual(said.getvalue(), "skipped A.Skips\nskipped A.Disabled\n")

    def test_every_outcome_of_vitest_is_counted(self):
        test = {"fullName": "a b", "failureMessages": ["because"]}
        report = {"numPassedTests": 2, "numFailedTests": 1, "numPendingTests": 1, "numTodoTests": 0, "testResults": [
            {"name": "/x/one_test.ts", "status": "failed", "assertionResults": [
                {**test, "status": "failed"}, {**test, "status": "skipped"}, {**test, "status": "passed"}]},
            {"name": "/x/two_test.ts", "status": "failed", "message": "no such module", "assertionResults": []}]}
        said = io.StringIO()
        with contextlib.redirect_stdout(said):
            count = runner.count_vitest(report)
        self.assertEqual(str(count), "2 passed, 2 failed, 1 skipped")
        self.assertEqual(said.getvalue(), "FAILED one_test.ts: a b\nbecause\nskipped one_test.ts: a b\n"
                                          "FAILED two_test.ts\nno such module\n")

    def test_a_failure_fails_the_run_and_a_skip_does_under_ci(self):
        self.assertEqual(runner.verdict(runner.Count(passed=1), True), 0)
        self.assertEqual(runner.verdict(runner.Count(passed=1, failed=1), False), 1)
        self.assertEqual(runner.verdict(runner.Count(passed=1, skipped=1), False), 0)
        self.assertEqual(runner.verdict(runner.Count(passed=1, skipped=1), True), 1)

    def test_lines_of_passed_tests_are_not_shown(self):
        for line in ("      Start  12: Series.Latest", " 1/99 Test  #12: Series.Latest ............   Passed    0.01 sec"):
            self.assertTrue(runner.PASSED_LINE.match(line))
        for line in (" 1/99 Test  #12: A.B .....***Failed    0.01 sec", "100% tests passed, 0 tests failed out of 99"):
            self.assertFalse(runner.PASSED_LINE.match(line))


if __name__ == "__main__":
    unittest.main()
