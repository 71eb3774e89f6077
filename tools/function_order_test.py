"""What function_order.py lists of a small program, and that the list the program is linked by is not out of date."""

import contextlib
import io
import os
import pathlib
import subprocess
import tempfile
import unittest

import function_order

SOURCE = r"""
#include <cstdlib>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>
#define FUNCTION extern "C" __attribute__((noinline)) void
FUNCTION of_both() { asm(""); }
FUNCTION of_child() { asm(""); }
FUNCTION of_thread() { asm(""); }
FUNCTION of_second_run() { asm(""); }
FUNCTION never_called() { asm(""); }
FUNCTION at_last() { asm(""); }
int main(int count, char**) {
  if (count > 1) return of_second_run(), 0;
  std::thread(of_thread).join();
  if (fork() == 0) {
    for (int i = 0; i < 3; ++i) of_child();
    of_both();
    _exit(7);
  }
  int status;
  wait(&status);
  if (WEXITSTATUS(status) != 7) abort();
  for (int i = 0; i < 3; ++i) of_both();
  at_last();
}
"""


class FunctionOrderTest(unittest.TestCase):
    def listed(self, *flags):
        with tempfile.TemporaryDirectory() as folder:
            program = str(pathlib.Path(folder, "small"))
            subprocess.run(["g++", "-O1", "-pthread", *flags, "-x", "c++", "-o", program, "-"], input=SOURCE, check=True,
                           text=True)
            said = io.StringIO()
            with contextlib.redirect_stdout(said):
                function_order.main([program, "--then", "more"])
            ours = ("of_", "at_last", "never", "main")
            return [name for name in said.getvalue().split() if name.startswith(ours)]

    def test_what_children_use_stands_first_and_each_function_once(self):
        for flag in ("-no-pie", "-pie"):
            with self.subTest(flag):
                self.assertEqual(self.listed(flag), ["of_child", "of_both", "main", "of_thread", "at_last", "of_second_run"])

    def test_a_program_that_cannot_be_listed_is_told(self):
        with tempfile.TemporaryDirectory() as folder:
            stripped = str(pathlib.Path(folder, "stripped"))
            subprocess.run(["g++", "-s", "-x", "c++", "-o", stripped, "-"], input="int main() {}", check=True, text=True)
            for program, why in ((str(pathlib.Path(folder, "none")), "No such file"), (stripped, "has no symbols")):
                with self.assertRaises(SystemExit) as told:
                    function_order.main([program])
                self.assertIn(why, str(told.exception))

    def test_the_list_of_the_program_is_of_what_it_is_made_of(self):
        program = os.environ.get("CAIRN_PROGRAM")
        if not program:
            self.skipTest("CAIRN_PROGRAM is not set: ./dev test sets it")
        listed = (pathlib.Path(__file__).parent / "function_order.txt").read_text().split()
        there = set(function_order.all_names(program))
        gone = [name for name in listed if name not in there]
        self.assertLess(len(gone), len(listed) / 10, f"./dev order lists them anew; gone are {gone[:5]} and others")


if __name__ == "__main__":
    unittest.main()
