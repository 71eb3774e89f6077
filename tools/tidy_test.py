"""Each rule of tidy.py, shown to fail on a small tree that breaks it and to pass on one that does not."""

import io
import json
import pathlib
import tempfile
import unittest

import tidy

TABLE = "| module | what |\n|---|---|\n| `base` | low |\n| `log` | high |\n"
GOOD = {
    "src/README.md": TABLE,
    "src/base/ids.h": "#pragma once\n#include <string>\n",
    "src/base/ids.cc": '#include "base/ids.h"\n#include "cairn/face.h"\n',
    "src/log/segment.h": '#pragma once\n#include "base/ids.h"\n',
    "src/log/segment.cc": '#include "log/segment.h"\n#include <zstd.h>\n',
    "src/log/segment_test.cc": '#include "log/segment.h"\nTEST(Segment, Opens) {}\nTEST_P(Sizes, Hold) {}\n'
                               "TYPED_TEST(Disk, Forgets) {}\n",
    "include/cairn/face.h": "#pragma once\n#include <vector>\n",
    "bench/bench.cc": "int main() {}\n",
    "bench/CMakeLists.txt": "add_executable(cairn_bench bench.cc)\n",
    "README.md": "See [the modules](src/README.md#order), [elsewhere](https://example.org/x.md).\n",
}
LISTED = ["Segment.Opens", "All/Sizes.Hold/512", "Disk.Forgets<int>"]


class TidyTest(unittest.TestCase):
    def tree(self, changes=None, listed=None, compiled_too=(), not_compiled=()):
        """GOOD with changes (none removes a file), and a build that compiles it as CMake would."""
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        root = pathlib.Path(folder.name)
        files = {name: text for name, text in {**GOOD, **(changes or {})}.items() if text is not None}
        for name, text in files.items():
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text if isinstance(text, bytes) else text.encode())
        built = [name for name in files if name.endswith(".cc") and not name.startswith("bench/")] + list(compiled_too)
        entries = [{"directory": str(root / "build/release"), "file": str(root / name),
                    "output": ("tests/cairn_tests.dir/" if name.endswith("_test.cc") else "cairn.dir/") + name + ".o"}
                   for name in built if name not in not_compiled]
        (root / "build/release").mkdir(parents=True)
        (root / "build/release/compile_commands.json").write_text(json.dumps(entries))
        return tidy.Tree(root, "build/release", lambda: LISTED if listed is None else listed)

    def offences(self, rule, *arguments, **named):
        return list(rule(self.tree(*arguments, **named)))

    def test_a_tidy_tree_passes_every_rule(self):
        said = io.StringIO()
        self.assertEqual(tidy.check(self.tree(), said), (len(tidy.RULES), 0), said.getvalue())
        self.assertEqual(said.getvalue(), "")

    def test_a_broken_rule_is_counted_and_told(self):
        said = io.StringIO()
        self.assertEqual(tidy.check(self.tree({"README.md": "x \n"}), said), (len(tidy.RULES) - 1, 1))
        self.assertEqual(said.getvalue(), "tidy: README.md:1: trailing whitespace\n")

    def test_a_source_that_no_build_compiles(self):
        found = self.offences(tidy.every_source_is_compiled, not_compiled=["src/log/segment.cc"])
        self.assertEqual(found, ["src/log/segment.cc: no build compiles it"])

    def test_a_benchmark_source_that_its_cmake_does_not_name(self):
        found = self.offences(tidy.every_source_is_compiled, {"bench/lonely.cc": ""})
        self.assertEqual(found, ["bench/lonely.cc: no build compiles it"])
        pattern = {"bench/lonely.cc": "", "bench/CMakeLists.txt": "file(GLOB X ${CMAKE_CURRENT_SOURCE_DIR}/*.cc)\n"}
        self.assertEqual(self.offences(tidy.every_source_is_compiled, pattern), [])

    def test_a_commented_name_in_cmake_compiles_nothing(self):
        found = self.offences(tidy.every_source_is_compiled, {"bench/CMakeLists.txt": "# bench.cc\n"})
        self.assertEqual(found, ["bench/bench.cc: no build compiles it"])

    def test_without_a_build_nothing_can_be_said(self):
        tree = self.tree()
        (tree.build / "compile_commands.json").unlink()
        self.assertEqual(len(list(tidy.every_source_is_compiled(tree))), 1)

    def test_an_include_against_the_layer_order(self):
        found = self.offences(tidy.includes_follow_the_layer_order, {"src/base/ids.h": '#include "log/segment.h"\n'})
        told = "src/base/ids.h: includes log/segment.h, but `log` stands below `base` in src/README.md"
        self.assertEqual(found, [told])

    def test_a_test_is_bound_to_the_layer_order_too(self):
        changes = {"src/base/ids_test.cc": '# include "log/segment.h"\n'}
        found = self.offences(tidy.includes_follow_the_layer_order, changes)
        self.assertEqual(len(found), 1)

    def test_a_module_that_the_table_does_not_name(self):
        found = self.offences(tidy.includes_follow_the_layer_order, {"src/extra/x.cc": ""})
        self.assertEqual(found, ["src/extra: not in the table of src/README.md"])

    def test_a_module_that_only_the_table_names(self):
        found = self.offences(tidy.includes_follow_the_layer_order, {"src/README.md": TABLE + "| `view` | gone |\n"})
        self.assertEqual(found, ["src/README.md: names the module `view`, which has no source"])

    def test_a_missing_table(self):
        self.assertEqual(self.offences(tidy.includes_follow_the_layer_order, {"src/README.md": ""}),
                         ["src/README.md: no table of modules"])

    def test_a_fuzz_target_without_a_module_that_its_sources_need(self):
        cmake = "foreach(reader zip)\n  cairn_fuzz_target(${reader} log)\nendforeach()\n"
        found = self.offences(tidy.fuzz_targets_have_their_modules, {"tests/fuzz/CMakeLists.txt": cmake})
        self.assertEqual(found, ["tests/fuzz: the target ${reader} needs `base`: src/log/segment.h includes base/ids.h"])
        cmake = "cairn_fuzz_target(zip log base)\n"
        self.assertEqual(self.offences(tidy.fuzz_targets_have_their_modules, {"tests/fuzz/CMakeLists.txt": cmake}), [])

    def test_a_public_header_that_needs_more_than_it_may(self):
        for include in ('"base/ids.h"', "<fmt/format.h>", "<zstd.h>"):
            found = self.offences(tidy.public_headers_stand_alone, {"include/cairn/face.h": f"#include {include}\n"})
            self.assertEqual(len(found), 1, include)

    def test_an_include_of_ours_that_is_not_there(self):
        found = self.offences(tidy.own_includes_are_found, {"src/log/segment.cc": '#include "log/gone.h"\n'})
        self.assertEqual(len(found), 1)

    def test_a_header_that_nobody_includes(self):
        found = self.offences(tidy.every_header_is_included, {"src/base/lonely.h": '#include "base/lonely.h"\n'})
        self.assertEqual(found, ["src/base/lonely.h: nobody includes it"])

    def test_a_class_that_two_headers_define(self):
        changes = {"src/base/ids.h": "class Twin : public Base {\n", "src/log/other.h": "struct Twin {\n"}
        found = self.offences(tidy.a_class_is_defined_in_one_header, changes)
        self.assertEqual(found, ["src/base/ids.h: Twin is defined in src/log/other.h too"])

    def test_a_test_file_outside_the_test_binary(self):
        found = self.offences(tidy.every_test_file_is_in_the_test_binary, not_compiled=["src/log/segment_test.cc"])
        self.assertEqual(found, ["src/log/segment_test.cc: not part of cairn_tests"])

    def test_a_python_test_where_nobody_looks(self):
        found = self.offences(tidy.every_test_file_is_in_the_test_binary, {"docs/x_test.py": ""})
        self.assertEqual(len(found), 1)

    def test_a_test_that_ctest_does_not_list(self):
        for missing, told in zip(LISTED, ("Segment.Opens", "Sizes.Hold", "Disk.Forgets")):
            found = self.offences(tidy.every_test_is_run, listed=[test for test in LISTED if test != missing])
            self.assertEqual(found, [f"src/log/segment_test.cc: {told} is not among the tests that ctest lists"])

    def test_a_file_of_tests_that_ctest_does_not_list_is_told_once(self):
        found = self.offences(tidy.every_test_is_run, listed=[])
        self.assertEqual(found, ["src/log/segment_test.cc: none of its 3 tests is among those that ctest lists"])

    def test_a_disabled_test(self):
        changes = {"src/log/segment_test.cc": "TEST(Segment, DISABLED_Opens) {}\n"}
        self.assertIn("disabled", self.offences(tidy.every_test_is_run, changes)[0])

    def test_a_test_in_a_comment_is_none(self):
        changes = {"src/log/segment_test.cc": "// TEST(Segment, Gone) {}\n"}
        self.assertEqual(self.offences(tidy.every_test_is_run, changes), [])

    def test_a_path_of_one_machine(self):
        for folder in ("wor" + "k", "roo" + "t"):
            found = self.offences(tidy.no_path_of_one_machine, {"docs/x.md": f"a\nsee /{folder}/main\n"})
            self.assertEqual(found, ["docs/x.md:2: a path of one machine"])
            fine = {"docs/x.md": f"https://example.org/{folder}/x and a/{folder}/b\n"}
            self.assertEqual(self.offences(tidy.no_path_of_one_machine, fine), [])

    def test_trailing_whitespace(self):
        for text in ("a \n", "a\t\n", "a\r\n", "a "):
            found = self.offences(tidy.no_trailing_whitespace, {"x.txt": text})
            self.assertEqual(found, ["x.txt:1: trailing whitespace"])

    def test_what_is_not_text_is_left_alone(self):
        self.assertEqual(self.offences(tidy.no_trailing_whitespace, {"x.gz": b"\x1f\x8b\xff \n"}), [])

    def test_a_dead_link(self):
        found = self.offences(tidy.documents_that_are_named_are_there, {"docs/x.md": "[gone](../gone.md#a)\n"})
        self.assertEqual(found, ["docs/x.md: links to ../gone.md, which is not there"])

    def test_a_document_named_in_a_comment_and_missing(self):
        changes = {"src/base/ids.cc": "// the grammar: `docs/format.md`\n"}
        found = self.offences(tidy.documents_that_are_named_are_there, changes)
        self.assertEqual(found, ["src/base/ids.cc: names docs/format.md, which is not there"])

    def test_a_long_file_is_a_warning_alone(self):
        tree = self.tree({"src/base/ids.cc": GOOD["src/base/ids.cc"] + "\n" * tidy.LONG_FILE_LINES})
        said = io.StringIO()
        self.assertEqual(tidy.check(tree, said), (len(tidy.RULES), 0))
        self.assertEqual(said.getvalue(), "tidy: warning: src/base/ids.cc: 502 lines; is it two concepts?\n")


if __name__ == "__main__":
    unittest.main()
