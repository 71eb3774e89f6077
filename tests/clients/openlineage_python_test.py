"""openlineage-python against `cairn serve`: what it emits is taken, and stands as it was sent.

Needs CAIRN_PROGRAM, the built command, and CAIRN_CLIENTS, a virtual environment with requirements.txt: `./dev test`
makes both. Without them the tests fail: a client that is not tried is not known to work.
"""

import collections
import json
import os
import pathlib
import signal
import socket
import subprocess
import tempfile
import time
import unittest
import urllib.request

HERE = pathlib.Path(__file__).resolve().parent


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Server:
    """`cairn serve` on a store of its own."""

    def __init__(self, store, listen="127.0.0.1:0", asks_for_tokens=False):
        command = [os.environ["CAIRN_PROGRAM"], "serve", "--store", store, "--listen", listen]
        if not asks_for_tokens:
            command.append("--no-auth")
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        self.address = self.process.stdout.readline().split()[-1]

    def get(self, path):
        with urllib.request.urlopen(self.address + path) as answer:
            return json.load(answer)

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.stdout.close()
        return self.process.wait(timeout=20)


class OpenLineagePythonTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.store = os.path.join(folder.name, "store")

    def emitting(self, address, kind, runs):
        command = [os.environ["CAIRN_CLIENTS"] + "/bin/python", HERE / "emit_events.py", address, kind, str(runs)]
        return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def assert_all_stand(self, server, client, runs):
        out, err = client.communicate(timeout=120)
        self.assertEqual(client.returncode, 0, err)
        sent = [json.loads(line) for line in out.splitlines()]
        self.assertEqual(len(sent), 3 * runs + 2)
        facts = server.get("/api/v1/records?limit=10000")["facts"]
        count = lambda events: collections.Counter(json.dumps(event, sort_keys=True) for event in events)
        self.assertEqual(count(fact["record"] for fact in facts), count(sent))
        states = [run["state"] for run in server.get("/api/v1/runs?limit=10000")["runs"]]
        self.assertEqual(states, ["COMPLETED"] * runs)
        graph = server.get("/api/v1/graph/lineage?node=dataset:db:out%253Ax/y.z&direction=upstream")
        nodes = {node["node"] for node in graph["nodes"]}
        self.assertEqual(nodes, {"dataset:db:out%3Ax/y.z", "job:python:load.é", "dataset:db:in", "dataset:db:declared"})

    def test_sync_transport_with_gzip(self):
        server = Server(self.store)
        self.addCleanup(server.stop)
        self.assert_all_stand(server, self.emitting(server.address, "sync", 20), 20)

    def test_async_transport_sends_many_at_once(self):
        server = Server(self.store)
        self.addCleanup(server.stop)
        self.assert_all_stand(server, self.emitting(server.address, "async", 200), 200)

    def test_a_server_that_comes_late_is_tried_again(self):
        listen = f"127.0.0.1:{free_port()}"
        client = self.emitting("http://" + listen, "sync", 5)
        time.sleep(1)
        server = Server(self.store, listen)
        self.addCleanup(server.stop)
        self.assert_all_stand(server, client, 5)

    def test_a_polite_stop_ends_with_zero(self):
        self.assertEqual(Server(self.store).stop(), 0)


if __name__ == "__main__":
    unittest.main()
