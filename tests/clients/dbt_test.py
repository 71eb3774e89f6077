"""`dbt-ol` on a project of a few models in DuckDB, against `cairn serve`: what it says of its run is read back.

Needs what openlineage_python_test.py needs.
"""

import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest
import urllib.parse

from openlineage_python_test import HERE, Server


class DbtTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.folder.cleanup)
        root = pathlib.Path(cls.folder.name)
        shutil.copytree(HERE / "shop", root / "shop")
        cls.server = Server(str(root / "store"))
        cls.addClassCleanup(cls.server.stop)
        clients = os.environ["CAIRN_CLIENTS"] + "/bin"
        environment = {
            **os.environ,
            "PATH": clients + ":" + os.environ["PATH"],
            "HOME": str(root),
            "SHOP_DATABASE": str(root / "shop.db"),
            "OPENLINEAGE_URL": cls.server.address,
            "OPENLINEAGE_NAMESPACE": "shop",
            "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
        }
        command = [clients + "/dbt-ol", "build", "--project-dir", ".", "--profiles-dir", "."]
        cls.dbt = subprocess.run(command, cwd=root / "shop", env=environment, capture_output=True, text=True, timeout=180)
        cls.namespace = urllib.parse.quote("duckdb://" + str(root / "shop.db"), safe="/")

    def node(self, name, part=""):
        kind = "field" if part else "dataset"
        node = f"{kind}:{self.namespace}:shop.{name}" + (":" + part if part else "")
        return urllib.parse.quote(node, safe="")

    def upstream(self, node):
        graph = self.server.get(f"/api/v1/graph/lineage?direction=upstream&node={node}")
        return {one["node"].rsplit(":", 1)[-1] for one in graph["nodes"]}

    def test_dbt_runs_and_all_of_its_events_are_taken(self):
        said = self.dbt.stdout + self.dbt.stderr
        self.assertEqual(self.dbt.returncode, 0, said)
        self.assertIn("PASS=8", said)
        self.assertIn("Emitted 12 OpenLineage events", said)
        self.assertEqual(self.server.get("/api/v1/stats")["records"], 12)

    def test_a_model_comes_from_what_it_selects(self):
        names = self.upstream(self.node("main.revenue_by_day"))
        self.assertIn("shop.main.paid_orders", names)
        self.assertIn("shop.main.shop.revenue_by_day.build.run", names)

    def test_a_column_comes_from_the_column_of_a_seed(self):
        graph = self.server.get(
            f"/api/v1/graph/lineage?direction=upstream&node={self.node('main.revenue_by_customer', 'revenue')}")
        fields = [one["node"].split(":shop.")[-1] for one in graph["nodes"]]
        self.assertEqual(fields, ["main.revenue_by_customer:revenue", "main.paid_orders:amount", "main_raw.orders:amount"])

    def test_schema_and_checks_of_a_model_are_facts_about_it(self):
        node = self.node("main.paid_orders")
        schema = self.server.get(f"/api/v1/records/latest?kind=schema_snapshot&node={node}")
        self.assertIn("Of the order", str(schema))
        checks = self.server.get(f"/api/v1/records/latest?kind=recon_result&node={node}")
        self.assertIn("assertions", str(checks))
        self.assertIn("recon_result", self.server.get("/api/v1/nodes/" + node)["kinds"])

    def test_the_runs_of_models_have_the_run_of_the_project_above_them(self):
        runs = self.server.get("/api/v1/runs")["runs"]
        self.assertEqual({run["state"] for run in runs}, {"COMPLETED"})
        tops = [run["run_id"] for run in runs if not run.get("parent_run_id")]
        self.assertEqual(len(tops), 1, runs)
        self.assertEqual({run["parent_run_id"] for run in runs if run.get("parent_run_id")}, set(tops))


if __name__ == "__main__":
    unittest.main()
