"""standardwebhooks, the library of the specification, verifies what `cairn serve` delivers.

Needs CAIRN_PROGRAM and CAIRN_CLIENTS, as openlineage_python_test.py does.
"""

import json
import os
import subprocess
import tempfile
import unittest
import urllib.request

from openlineage_python_test import HERE, Server


def record(number):
    return {"kind": "volume", "target": {"namespace": "db", "name": "größe"}, "producer_id": "p",
            "produced_at": f"2026-01-10T00:00:{number:02}Z", "payload": {"n": number, "text": "\u2028 \U0001F40C"}}


class WebhookTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.server = Server(os.path.join(folder.name, "store"))
        self.addCleanup(self.server.stop)
        command = [os.environ["CAIRN_CLIENTS"] + "/bin/python", HERE / "webhook_receiver.py"]
        self.receiver = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.addCleanup(self.stop_receiver)
        self.url = self.receiver.stdout.readline().strip()

    def stop_receiver(self):
        self.receiver.kill()
        self.receiver.wait()
        self.receiver.stdin.close()
        self.receiver.stdout.close()

    def post(self, path, body):
        request = urllib.request.Request(self.server.address + path, json.dumps(body).encode(),
                                         {"Content-Type": "application/json"})
        with urllib.request.urlopen(request) as answer:
            return json.load(answer)

    def tell_secret(self, secret):
        self.receiver.stdin.write(secret + "\n")
        self.receiver.stdin.flush()

    def next_delivery(self):
        return json.loads(self.receiver.stdout.readline())

    def test_deliveries_verify(self):
        self.tell_secret(self.post("/api/v1/webhooks", {"name": "mirror", "url": self.url})["secret"])
        self.assertTrue(self.post("/api/v1/webhooks/mirror/test", {})["delivered"])
        self.assertEqual(self.next_delivery()["body"], {"type": "ping", "webhook": "mirror"})
        sent = [record(number) for number in range(20)]
        self.post("/api/v1/records", sent)
        taken = []
        while len(taken) < len(sent):
            delivery = self.next_delivery()
            self.assertTrue(delivery["verified"])
            self.assertEqual(delivery["body"]["type"], "records")
            taken += [fact["record"] for fact in delivery["body"]["facts"]]
        self.assertEqual(taken, sent)

    def test_another_secret_does_not(self):
        self.post("/api/v1/webhooks", {"name": "mirror", "url": self.url, "attempts": 1})
        self.tell_secret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
        answer = self.post("/api/v1/webhooks/mirror/test", {})
        self.assertEqual((answer["delivered"], answer["status"]), (False, 401))


if __name__ == "__main__":
    unittest.main()
