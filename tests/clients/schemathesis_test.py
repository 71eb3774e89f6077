"""schemathesis against the running service: whatever its own OpenAPI document lets one ask, and what it does not, is
answered as the document says, and never with a 5xx.

Needs what openlineage_python_test.py needs.
"""

import os
import subprocess
import tempfile
import unittest

from openlineage_python_test import Server

CHECKS = "not_a_server_error,status_code_conformance,content_type_conformance,response_headers_conformance," \
    "response_schema_conformance,unsupported_method,use_after_free,ensure_resource_availability"


class SchemathesisTest(unittest.TestCase):
    def test_answers_are_as_the_document_says(self):
        with tempfile.TemporaryDirectory() as folder:
            server = Server(os.path.join(folder, "store"))
            try:
                # Live tails have no end, and polls wait as long as they are asked to.
                command = [os.environ["CAIRN_CLIENTS"] + "/bin/st", "run", server.address + "/openapi.json",
                           "--checks", CHECKS, "--phases", "coverage,fuzzing", "--max-examples",
                           os.environ.get("CAIRN_SCHEMATHESIS_EXAMPLES", "8"), "--exclude-path", "/api/v1/records/live",
                           "--exclude-path", "/api/v1/records/tail",
                           "--request-timeout", "30", "--no-color"]
                run = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=600)
                self.assertEqual(run.returncode, 0, run.stdout[-8000:] + run.stderr[-2000:])
            finally:
                self.assertEqual(server.stop(), 0)


if __name__ == "__main__":
    unittest.main()
