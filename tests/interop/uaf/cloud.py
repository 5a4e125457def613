"""A backend of the Cloud API, written from docs/cloud-api.md."""

import requests

from device import TIMEOUT


class Cloud:
    """One Request Origin with an access key. Calls give the reply as it is."""

    def __init__(self, base_url, access_key):
        self.base_url, self.access_key = base_url, access_key
        self.http = requests.Session()

    def call(self, method, path, body=None, authority=None, **more):
        headers = {"Authorization": f"Bearer {authority or self.access_key}"}
        return self.http.request(
            method, f"{self.base_url}/api/v1/{path}", json=body, headers=headers, timeout=TIMEOUT, **more)

    def enroll(self, username, authority=None, **fields):
        return self.call("POST", "users/enroll", {"username": username, **fields}, authority)

    def approve(self, username=None, **fields):
        return self.call("POST", "approval", {**({"username": username} if username else {}), **fields})

    def intent(self, username, operation, *channels):
        body = {"username": username, "operation": operation, "channels": list(channels)}
        return self.call("POST", "intent", body)

    def status(self, status_token):
        """Needs no access key."""
        url = f"{self.base_url}/api/v1/status"
        return self.http.post(url, json={"statusToken": status_token}, timeout=TIMEOUT)

    def introspect(self, token):
        """By form, as RFC 7662 has it."""
        return self.call("POST", "introspect", None, data={"token": token})
