"""schemathesis against the running service: whatever its own OpenAPI document lets one ask, and what it does not, is
answered as the document says, and never with a 5xx.

Needs what openlineage_python_test.py needs.
"""

import json
import os
import subprocess
import tempfile
import unittest

from openlineage_python_test import HERE, Server

class SchemathesisTest(unittest.TestCase):
    def test_answers_are_as_the_document_says(self):
        with tempfile.TemporaryDirectory() as folder:
            store = os.path.join(folder, "store")
            create = [os.environ["CAIRN_PROGRAM"], "token", "create", "tester", "--scope", "read,write,admin", "--json",
                      "--store", store]
            token = json.loads(subprocess.run(create, capture_output=True, text=True, check=True).stdout)["token"]
            server = Server(store, asks_for_tokens=True)
            try:
                # Live tails have no end, and polls wait as long as they are asked to.
                command = [os.environ["CAIRN_CLIENTS"] + "/bin/st", "--config-file", str(HERE / "schemathesis.toml"),
                           "run", server.address + "/openapi.json", "--header", "Authorization: Bearer " + token,
                           "--checks", "all", "--phases", "coverage,fuzzing", "--max-examples",
                           os.environ.get("CAIRN_SCHEMATHESIS_EXAMPLES", "8"), "--exclude-path", "/api/v1/records/live",
                           "--exclude-path", "/api/v1/records/tail",
                           "--request-timeout", "30", "--no-color"]
                run = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=600)
                self.assertEqual(run.returncode, 0, run.stdout[-8000:] + run.stderr[-2000:])
            finally:
                self.assertEqual(server.stop(), 0)


if __name__ == "__main__":
    unittest.main()
