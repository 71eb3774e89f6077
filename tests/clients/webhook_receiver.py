"""A receiver of webhooks that verifies with standardwebhooks: prints its address, reads the secret as a line of input,
then prints each delivery as JSON, one a line.

A delivery that does not verify is answered 401, as is one whose verification does not fail once a byte is changed.
"""

import http.server
import json
import sys

from standardwebhooks import Webhook, WebhookVerificationError


def fails(webhook, body, headers):
    try:
        webhook.verify(body, headers)
    except WebhookVerificationError:
        return True
    return False


class Receiver(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        headers = {name.lower(): value for name, value in self.headers.items()}
        webhook = self.server.webhook
        is_ours = not fails(webhook, body, headers) and fails(webhook, body.replace("{", "[", 1), headers)
        self.send_response(200 if is_ours else 401)
        self.send_header("Content-Length", "0")
        self.end_headers()
        print(json.dumps({"verified": is_ours, "id": headers["webhook-id"], "body": json.loads(body)}), flush=True)

    def log_message(self, *arguments):
        pass


def main():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
    print(f"http://127.0.0.1:{server.server_port}", flush=True)
    server.webhook = Webhook(sys.stdin.readline().strip())
    server.serve_forever()


if __name__ == "__main__":
    main()
