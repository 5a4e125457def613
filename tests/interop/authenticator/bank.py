"""A bank that encrypts for the apps itself (provider mode), written from docs/authenticator-api.md: a small HTTP server, and
the calls that it makes to the service."""

import json
import os
import queue
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlencode

import requests

from authenticator.crypto import (
    base64_of, detached_jws, from_pem, generate, public_pem, rsa_encrypt, seal, unseal,
    verify_detached)
from device import TIMEOUT, base64url

LOGIN_PAGE = "https://bank.example/login"


class Told:
    """A call of the service, whose signature has been verified."""

    def __init__(self, method, path, data):
        self.method, self.path, self.data = method, path, data


class Bank:
    """The bank, from `with` to the end of it. `replies` may hold, by method and path, what is answered instead."""

    def __init__(self, base_url, key=None):
        self.base_url, self.key = base_url, key or generate()
        self.provider_id = self.service_key = None
        self.apps, self.return_urls, self.users = {}, {}, {}
        self.known_queries, self.actions, self.replies = {}, {}, {}
        self.told, self.problems = queue.Queue(), []
        self.http = requests.Session()

    def __enter__(self):
        bank = self

        class Handler(BaseHTTPRequestHandler):
            def answer(self):
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                try:
                    status, reply = bank.answer(self.command, self.path, self.headers, body)
                except Exception as error:  # A check asks for it, on its own thread.
                    bank.problems.append(error)
                    status, reply = 400, {"error_class": "WrongRequestFormat", "error_message": "No."}
                payload = json.dumps(reply).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(payload)))
                self.end_headers()
                self.wfile.write(payload)

            do_POST = do_PUT = answer

            def log_message(self, *_):
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self._server.shutdown()
        self._server.server_close()

    def meets(self, provider_id, service_key):
        """Learns what the service calls it, and the PEM of the key that the service signs with."""
        self.provider_id, self.service_key = str(provider_id), from_pem(service_key)

    # What the service calls

    def answer(self, method, path, headers, body):
        """Status and JSON of a call of the service; fails unless it is signed as it must be."""
        verify_detached(self.service_key, headers["x-jws-signature"], body)
        assert headers["Provider-Id"] == self.provider_id, headers
        said = json.loads(body)
        assert time.time() < said["exp"] <= time.time() + 3600, said
        data = said["data"]
        self.told.put(Told(method, path, data))
        if (method, path) in self.replies:
            return self.replies[method, path]
        parts = path.removeprefix("/api/sca/v1/").split("/")
        if (method, parts) == ("POST", ["connections"]):
            return 200, {"data": {"authentication_url": self._connect(data)}}
        if method == "POST" and parts[0] == "actions" and parts[1] in self.actions:
            return 200, {"data": self.actions[parts[1]](data)}
        if method == "PUT" and parts[0] == "actions" and parts[2] in ("confirm", "deny"):
            return 200, {"data": {"close_action": True}}
        assert method == "PUT" and parts[2] == "revoke" and parts[0] in ("connections", "consents"), path
        return 200, {"data": {}}

    def _connect(self, data):
        """Keeps the app's key; the address that the app is sent to."""
        connection = data["connection_id"]
        self.apps[connection] = from_pem(unseal(self.key, data["enc_rsa_public_key"]).decode())
        self.return_urls[connection] = data["return_url"]
        user = self.known_queries.pop(data.get("connect_query"), None)
        if user is None:
            return f"{LOGIN_PAGE}?connection={connection}"
        return self.logged_in(connection, user)

    def logged_in(self, connection, user):
        """Tells the service that this user made the connection; the address that the browser is sent to."""
        token = base64url(generate_token())
        self.users[connection] = (user, token)
        self.succeed(connection, user, token)
        sealed = base64_of(rsa_encrypt(self.apps[connection], json.dumps({"access_token": token}).encode()))
        return f"{self.return_urls[connection]}?{urlencode({'id': connection, 'access_token': sealed})}"

    # What the bank calls

    def call(self, method, path, data, key=None, provider_id=None, expires=None, header=None):
        """A signed call to the service; keyword arguments replace what it would say."""
        body = json.dumps({"data": data, "exp": expires or int(time.time()) + 300}).encode()
        headers = {
            "Content-Type": "application/json", "Provider-Id": provider_id or self.provider_id,
            "x-jws-signature": header or detached_jws(key or self.key, body)}
        return self.http.request(
            method, f"{self.base_url}/api/sca/v1{path}", data=body, headers=headers, timeout=TIMEOUT)

    def succeed(self, connection, user, token, **changes):
        data = {"user_id": user, "access_token": token, "rsa_public_key": public_pem(self.apps[connection])}
        return self.call("PUT", f"/connections/{connection}/success_authentication", data, **changes)

    def fail(self, connection, message="No."):
        return self.call("PUT", f"/connections/{connection}/fail_authentication", {"fail_message": message})

    def revoke(self, connection):
        return self.call("PUT", f"/connections/{connection}/revoke", {})

    def sealed(self, connection, content):
        """The content, encrypted for one app."""
        return seal(self.apps[connection], json.dumps(content).encode())

    def act(self, action, user, contents, expires_at, **more):
        """POST actions: a question to a user, encrypted for each of these connections."""
        authorizations = [
            {"connection_id": connection, **self.sealed(connection, content)} for connection, content in contents.items()]
        return self.call("POST", "/actions", {
            "action_id": action, "user_id": user, "expires_at": expires_at, "authorizations": authorizations, **more})

    def close(self, action):
        return self.call("PUT", f"/actions/{action}/close", {})

    def consent(self, consent, user, contents, expires_at):
        """POST consents, encrypted for each of these connections."""
        consents = [
            {"connection_id": connection, "expires_at": expires_at, **self.sealed(connection, content)}
            for connection, content in contents.items()]
        return self.call("POST", "/consents", {"consent_id": consent, "user_id": user, "consents": consents})

    def revoke_consent(self, consent):
        return self.call("PUT", f"/consents/{consent}/revoke", {})

    # What a check looks at

    def next(self, method, ending, seconds=90):
        """The next call of the service whose path ends so; others are dropped."""
        deadline = time.monotonic() + seconds
        while True:
            if self.problems:
                raise self.problems.pop(0)
            try:
                told = self.told.get(timeout=max(0.1, deadline - time.monotonic()))
            except queue.Empty:
                raise AssertionError(f"no {method} …{ending} within {seconds} s") from None
            if told.method == method and told.path.endswith(ending):
                return told

    def decision(self, told):
        """What the app decided: its own request, whose signature must hold, decrypted."""
        original = told.data["original_request"]
        body = original.encode() if isinstance(original, str) else json.dumps(original).encode()
        verify_detached(self.apps[told.data["connection_id"]], told.data["original_request_jws_signature"], body)
        return json.loads(unseal(self.key, json.loads(body)["data"]))


def generate_token():
    """As many random bytes as a bearer token needs, and a length that none of the service's own has."""
    return os.urandom(32)

