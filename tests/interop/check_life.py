"""Ending, starting again, and what is kept: the service as a process, and the AWS under it."""

import json
import re
import signal

import boto3
from botocore.config import Config

from check_device import BUTTONS, asked, enrolled
from device import link_values
from service import poll
from tally import equal, expect

# Where the demo's push applications are.
REGION = "eu-west-1"
PUSH_TOKEN = "interop-push-token-that-stays"


class Kept:
    """What must be as it was after a restart."""

    def __init__(self, backend):
        account = "kept"
        self.backend = backend
        self.device = enrolled(backend, account, platform="android", pushToken=PUSH_TOKEN)
        _, decided = asked(backend, self.device, account, "Decided?", buttons=BUTTONS)
        self.answer = self.device.sign_answer(decided, 0)
        expect(self.device.send_answer(decided["guid"], self.answer), 200)
        _, self.open = asked(backend, self.device, account, "Open?", buttons=BUTTONS)
        poll("the push token is not registered",
             lambda: expect(self.device.status(), 200)["push"] == "registered")
        self.decided = decided["guid"]
        claimable = expect(backend.call("POST", "/api/request/add", {"claimable": True, "content": "Who?"}), 201)
        # They open something yet, so the table may have their digests only.
        self.tokens = [
            expect(backend.bind(account), 200)["sessionToken"], link_values(claimable["claimUri"])["claim"]]
        path = "/device/v1/device"
        body = b'{"name":"Kept"}'
        self.once = ("PATCH", path, body, self.device.proof("PATCH", path, body))
        expect(self.device.send(*self.once), 200)
        self.before = self.view()

    def view(self):
        """Everything that can be read."""
        read = self.backend.call
        return {
            "key set": self.backend.key_set(),
            "account": expect(read("GET", "/api/account/get", {"accountId": "kept"}), 200),
            "decided": expect(self.backend.request(self.decided), 200),
            "open": expect(self.backend.request(self.open["guid"]), 200),
            "device": expect(self.device.status(), 200),
            "challenges": expect(self.device.open_challenges(), 200),
        }


def stops(tally, service, by=signal.SIGINT):
    with tally.check(f"{by.name} ends the service cleanly, with connections open"):
        equal(service.stop(by), 0)
    # The next one needs port and data.
    service.kill()


def after_restart(tally, service, demo, kept):
    """`service` was started again on the same data and port."""
    check = tally.check
    with check("the service starts again as it was"):
        equal(service.demo(), demo)
        equal(kept.view(), kept.before)
    with check("a proof that was used before the restart stays used"):
        expect(kept.device.send(*kept.once), 401, "replayed")
    with check("an answer from before the restart gets the same reply"):
        again = expect(kept.device.send_answer(kept.decided, kept.answer), 200)
        equal(again["receipt"], kept.before["decided"]["evidence"]["receipt"])
    with check("a question from before the restart is answered"):
        expect(kept.device.answer(kept.open, 0), 200)
        equal(expect(kept.backend.request(kept.open["guid"]), 200)["buttonSelected"], 0)


def aws(tally, service, demo, kept):
    """`service` is `cargo local aws` over the same data, read by boto3: another SDK sees what was written."""
    check = tally.check
    url = service.says(re.compile(r"answers at (http://127\.0\.0\.1:[0-9]+)")).group(1)
    options = {
        "endpoint_url": url, "region_name": REGION, "aws_access_key_id": "x", "aws_secret_access_key": "x",
        "config": Config(retries={"total_max_attempts": 1})}
    with check("boto3 reads the table, and no secret is in it"):
        dynamodb = boto3.client("dynamodb", **options)
        pages = dynamodb.get_paginator("scan").paginate(TableName=demo["environment"]["TABLE_NAME"])
        items = [item for page in pages for item in page["Items"]]
        assert len(items) > 100, len(items)
        table = json.dumps(items, default=lambda value: value.decode("latin-1"))
        secrets = list(kept.tokens)
        for origin in demo["origins"]:
            assert origin["guid"] in table, "the Request Origin is not in the table"
            secrets += [origin["key"], origin["webhookSecret"].removeprefix("whsec_")]
        for secret in secrets:
            assert secret not in table, "a secret is in the table"
    with check("boto3 reads the SNS endpoint of the device"):
        sns = boto3.client("sns", **options)
        applications = sns.list_platform_applications()["PlatformApplications"]
        endpoints = [
            endpoint for application in applications
            for endpoint in sns.list_endpoints_by_platform_application(
                PlatformApplicationArn=application["PlatformApplicationArn"])["Endpoints"]]
        found = [sns.get_endpoint_attributes(EndpointArn=one["EndpointArn"])["Attributes"] for one in endpoints]
        equal([one["Enabled"] for one in found if one["Token"] == PUSH_TOKEN], ["true"])
