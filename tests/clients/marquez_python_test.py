"""marquez-python against `cairn serve`: what it writes and what openlineage-python emits is read back by it.

Needs CAIRN_PROGRAM and CAIRN_CLIENTS, as openlineage_python_test.py does.
"""

import json
import os
import subprocess
import tempfile
import unittest
import uuid

from openlineage_python_test import HERE, Server


class MarquezPythonTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.server = Server(os.path.join(folder.name, "store"))
        self.addCleanup(self.server.stop)

    def ask(self, *calls):
        """Calls methods of one client, each a list of a name and arguments; the answer of each."""
        command = [os.environ["CAIRN_CLIENTS"] + "/bin/python", HERE / "marquez_calls.py", self.server.address]
        done = subprocess.run(command, input=json.dumps(calls), stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              text=True, timeout=120)
        self.assertEqual(done.returncode, 0, done.stderr)
        return [json.loads(line) for line in done.stdout.splitlines()]

    def test_what_events_said_is_read(self):
        command = [os.environ["CAIRN_CLIENTS"] + "/bin/python", HERE / "emit_events.py", self.server.address, "sync", "3"]
        subprocess.run(command, stdout=subprocess.DEVNULL, check=True, timeout=120)
        name = "out:x/y.z"
        namespaces, namespace, jobs, job, runs, datasets, dataset, versions, columns, tags, sources = self.ask(
            ["list_namespaces"], ["get_namespace", "db"], ["list_jobs", "python"], ["get_job", "python", "load.é"],
            ["list_job_runs", "python", "load.é"], ["list_datasets", "db"], ["get_dataset", "db", name],
            ["list_dataset_versions", "db", name], ["get_column_lineage_by_dataset", "db", name], ["list_tags"],
            ["list_sources"])
        self.assertEqual([one["name"] for one in namespaces["namespaces"]], ["db", "python"])
        self.assertEqual(namespace["name"], "db")
        self.assertEqual([one["name"] for one in jobs["jobs"]], ["load.é"])
        self.assertEqual(jobs["totalCount"], 1)
        self.assertEqual(sorted(one["name"] for one in job["inputs"]), ["declared", "in"])
        self.assertEqual([one["name"] for one in job["outputs"]], [name])
        self.assertEqual([run["state"] for run in runs["runs"]], ["COMPLETED"] * 3)
        self.assertEqual(sorted(one["name"] for one in datasets["datasets"]), ["alone", "declared", "in", name])
        self.assertEqual(dataset["fields"], [{"name": "id", "type": "int", "tags": [], "description": None}])
        self.assertEqual(versions["totalCount"], 3)
        self.assertEqual({version["createdByRun"]["id"] for version in versions["versions"]},
                         {run["id"] for run in runs["runs"]})
        self.assertEqual([node["data"]["field"] for node in columns["graph"]], ["id"])
        self.assertEqual(tags["tags"], [])
        self.assertEqual([one["name"] for one in sources["sources"]], ["db"])
        version, run = self.ask(["get_dataset_version", "db", name, dataset["currentVersion"]],
                                ["get_job_run", runs["runs"][0]["id"]])
        self.assertEqual(version["version"], dataset["currentVersion"])
        self.assertEqual(run, runs["runs"][0])

    def test_what_it_writes_is_read(self):
        run_id = str(uuid.uuid4())
        field = [{"name": "id", "type": "INTEGER"}]
        self.ask(
            ["create_namespace", "team", "me", "ours"],
            ["create_source", "warehouse", "POSTGRESQL", "jdbc:postgresql://h/db"],
            ["create_dataset", "team", "public.in", "DB_TABLE", "public.in", "warehouse", "a table", None, None, field],
            ["create_job", "team", "copy", "BATCH", "https://example.com/copy.py", [["team", "public.in"]], [], "copies",
             {"sql": "SELECT 1"}],
            ["create_job_run", "team", "copy", run_id, None, None, {"a": "b"}, True],
            ["create_dataset", "team", "public.out", "DB_TABLE", "public.out", "warehouse", None, run_id, None, field],
            ["mark_job_run_as_completed", run_id],
            ["create_tag", "PII", "personal"],
            ["tag_dataset", "team", "public.out", "PII"],
            ["tag_dataset_field", "team", "public.out", "id", "PII"])
        namespace, source, job, run, dataset, tags, version = self.ask(
            ["get_namespace", "team"], ["get_source", "warehouse"], ["get_job", "team", "copy"], ["get_job_run", run_id],
            ["get_dataset", "team", "public.out"], ["list_tags"], ["list_dataset_versions", "team", "public.out"])
        self.assertEqual((namespace["ownerName"], namespace["description"]), ("me", "ours"))
        self.assertEqual((source["type"], source["connectionUrl"]), ("POSTGRESQL", "jdbc:postgresql://h/db"))
        self.assertEqual((job["location"], job["description"]), ("https://example.com/copy.py", "copies"))
        self.assertEqual([one["name"] for one in job["inputs"]], ["public.in"])
        self.assertEqual([one["name"] for one in job["outputs"]], ["public.out"])
        self.assertEqual(job["latestRun"]["id"], run_id)
        self.assertEqual((run["state"], run["args"]), ("COMPLETED", {"a": "b"}))
        self.assertEqual((dataset["tags"], dataset["fields"][0]["tags"]), (["PII"], ["PII"]))
        self.assertEqual(tags["tags"], [{"name": "PII", "description": "personal"}])
        self.assertIn(run_id, [one["createdByRunId"] for one in version["versions"]])

    def test_what_is_not_there_is_an_error_of_its_own(self):
        self.assertEqual(self.ask(["get_job", "none", "none"]), [{"error": "APIError"}])


if __name__ == "__main__":
    unittest.main()
