"""A receiver of webhooks; `v1` verified by the official package, `v1a` by the text of Standard Webhooks."""

import base64
import queue
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from standardwebhooks import Webhook

from device import from_base64url

# The callback host that the demo's whitelist has.
ADDRESS = ("127.0.0.1", 4100)
# Seconds that a webhook may take: what a schedule sends waits for the next minute.
PATIENCE = 90


class Event:
    """One POST as it came in."""

    def __init__(self, path, headers, body):
        self.path, self.headers, self.body = path, headers, body


class Receiver:
    """Takes every POST with 204 and keeps it, from `with` to the end of it."""

    def __enter__(self):
        self._events = queue.Queue()
        events = self._events

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                headers = {name.lower(): value for name, value in self.headers.items()}
                events.put(Event(self.path, headers, body))
                self.send_response(204)
                self.end_headers()

            def log_message(self, *_):
                pass

        try:
            self._server = ThreadingHTTPServer(ADDRESS, Handler)
        except OSError as error:
            raise AssertionError(f"nothing else may listen at {ADDRESS[0]}:{ADDRESS[1]}: {error}") from None
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self._server.shutdown()
        self._server.server_close()

    def event(self, path):
        """The next event at the path; others are dropped. Fails after PATIENCE seconds."""
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                event = self._events.get(timeout=max(0, deadline - time.monotonic()))
            except queue.Empty:
                raise AssertionError(f"no webhook at {path} within {PATIENCE} s") from None
            if event.path == path:
                return event


def verify_v1(secret, event):
    """The body as JSON, if the package takes signature and time. Raises WebhookVerificationError otherwise."""
    return Webhook(secret).verify(event.body, event.headers)


def verify_v1a(key_set, event):
    """Raises InvalidSignature unless an Ed25519 key of the set signed `id.timestamp.body`."""
    signed = f"{event.headers['webhook-id']}.{event.headers['webhook-timestamp']}.".encode() + event.body
    signatures = [part[4:] for part in event.headers["webhook-signature"].split(" ") if part.startswith("v1a,")]
    keys = [from_base64url(key["x"]) for key in key_set["keys"] if key.get("crv") == "Ed25519"]
    for key in keys:
        for signature in signatures:
            try:
                Ed25519PublicKey.from_public_bytes(key).verify(base64.b64decode(signature, validate=True), signed)
                return
            except InvalidSignature:
                continue
    raise InvalidSignature(f"{len(signatures)} signatures, {len(keys)} keys")
