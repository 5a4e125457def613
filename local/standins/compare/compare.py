"""Runs the same SNS and Secrets Manager calls against our stand-ins and against ministack, and compares the
answers: status, error code and fields, but for ids and times. Where the two differ, DEVIATIONS says why.

Exit status 0 when nothing differs but what the table says; 1 otherwise, also when a line of the table is no
longer true. Both servers listen on loopback only and are ended before this program ends.
"""

import argparse
import contextlib
import json
import os
import pathlib
import re
import socket
import subprocess
import sys
import time

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

REGION = "eu-central-1"
STUB = "publishing to an endpoint is a stub: neither the endpoint's state nor the message is looked at"
ARN_FORM = "AWS's endpoint ARNs are :endpoint/PLATFORM/APPLICATION/ID; ministack appends an ID to :app/..."
NO_ACTION = "ministack does not have this action"
NO_ENDPOINT = "AWS says InvalidParameter: no endpoint found for the target ARN"
UNCHECKED = "ministack takes what AWS refuses as invalid"
TOKEN = "the ClientRequestToken of CreateSecret is the first version's id and makes the call idempotent"

# Where ministack deviates from AWS. Step: (what ministack answers, why that is not AWS's answer).
DEVIATIONS = {
    "application: set attributes": ("400 InvalidAction", NO_ACTION),
    "application: get attributes": ("400 InvalidAction", NO_ACTION),
    "application: get attributes of none": ("400 InvalidAction", NO_ACTION),
    "application: list": ("200", "AWS never gives credentials back, and tells Enabled"),
    "endpoint: create": ("200", ARN_FORM),
    "endpoint: create again": ("200", ARN_FORM),
    "endpoint: create again but disabled": ("200", "attributes other than CustomUserData are not compared"),
    "endpoint: create again while disabled": ("200", ARN_FORM),
    "endpoint: list": ("400 InvalidAction", NO_ACTION),
    "push: json for nobody": ("200", STUB),
    "push: json that is none": ("200", STUB),
    "push: too long": ("200", STUB),
    "push: empty": ("200", STUB),
    "push: to a disabled endpoint": ("200", STUB + "; EndpointDisabled is not enforced"),
    "push: to no endpoint": ("404 NotFound", NO_ENDPOINT),
    "push: to a deleted endpoint": ("404 NotFound", NO_ENDPOINT),
    "push: to nobody": ("400 InvalidParameterException", "the code in AWS's answers is InvalidParameter"),
    "text message: to no number": ("200", UNCHECKED),
    "topic: publish json without a default": ("200", UNCHECKED),
    "refusal: application with a bad name": ("200", UNCHECKED),
    "refusal: application for an unknown platform": ("200", UNCHECKED),
    "refusal: application without credentials": ("200", UNCHECKED),
    "secret: create a deleted one": (
        "400 ResourceExistsException", "AWS says InvalidRequestException while it can be restored"),
    "refusal: create with a token": ("200", TOKEN),
    "refusal: create again": ("400 ResourceExistsException", TOKEN),
    "refusal: put a version otherwise": ("200", "a version is written once; AWS says ResourceExistsException"),
    "refusal: move a label to no version": (
        "400 ResourceNotFoundException", "unsettled: AWS's reference lists both errors; moto answers as ours"),
    "refusal: rotate without a function": ("200", UNCHECKED),
    "refusal: put nothing": ("200", UNCHECKED),
}


def sns_steps(sns, step):
    arn = step("application: create", lambda: sns.create_platform_application(
        Name="app", Platform="GCM", Attributes={"PlatformCredential": "{}"}))["PlatformApplicationArn"]
    step("application: create again", lambda: sns.create_platform_application(
        Name="app", Platform="GCM", Attributes={"PlatformCredential": "{}"}))
    step("application: set attributes", lambda: sns.set_platform_application_attributes(
        PlatformApplicationArn=arn, Attributes={"PlatformCredential": "{}"}))
    step("application: get attributes", lambda: sns.get_platform_application_attributes(
        PlatformApplicationArn=arn))
    step("application: get attributes of none", lambda: sns.get_platform_application_attributes(
        PlatformApplicationArn=arn + "0"))
    step("application: list", lambda: sns.list_platform_applications())

    one = step("endpoint: create", lambda: sns.create_platform_endpoint(
        PlatformApplicationArn=arn, Token="t1", CustomUserData="d1"))["EndpointArn"]
    step("endpoint: create again", lambda: sns.create_platform_endpoint(
        PlatformApplicationArn=arn, Token="t1", CustomUserData="d1"))
    step("endpoint: create again for other data", lambda: sns.create_platform_endpoint(
        PlatformApplicationArn=arn, Token="t1", CustomUserData="d2"))
    step("endpoint: create again without data", lambda: sns.create_platform_endpoint(
        PlatformApplicationArn=arn, Token="t1"))
    step("endpoint: create again but disabled", lambda: sns.create_platform_endpoint(
        PlatformApplicationArn=arn, Token="t1", CustomUserData="d1", Attributes={"Enabled": "false"}))
    step("endpoint: create in no application", lambda: sns.create_platform_endpoint(
        PlatformApplicationArn=arn + "0", Token="t1"))
    step("endpoint: get attributes", lambda: sns.get_endpoint_attributes(EndpointArn=one))
    step("endpoint: get attributes of none", lambda: sns.get_endpoint_attributes(EndpointArn=one + "0"))
    step("endpoint: set the token", lambda: sns.set_endpoint_attributes(
        EndpointArn=one, Attributes={"Token": "t2", "CustomUserData": "d3"}))
    step("endpoint: get the new attributes", lambda: sns.get_endpoint_attributes(EndpointArn=one))
    step("endpoint: set attributes of none", lambda: sns.set_endpoint_attributes(
        EndpointArn=one + "0", Attributes={"Enabled": "true"}))
    step("endpoint: list", lambda: sns.list_endpoints_by_platform_application(PlatformApplicationArn=arn))

    gcm = json.dumps({"GCM": json.dumps({"data": {"challenge": "1"}})})
    ttl = {"AWS.SNS.MOBILE.GCM.TTL": {"DataType": "Number", "StringValue": "300"}}
    step("push: text", lambda: sns.publish(TargetArn=one, Message="m"))
    step("push: json for the platform", lambda: sns.publish(
        TargetArn=one, Message=gcm, MessageStructure="json", MessageAttributes=ttl))
    step("push: json with a default", lambda: sns.publish(
        TargetArn=one, Message='{"default":"d"}', MessageStructure="json"))
    step("push: json for nobody", lambda: sns.publish(TargetArn=one, Message="{}", MessageStructure="json"))
    step("push: json that is none", lambda: sns.publish(TargetArn=one, Message="{", MessageStructure="json"))
    step("push: too long", lambda: sns.publish(TargetArn=one, Message="x" * 262_145))
    step("push: empty", lambda: sns.publish(TargetArn=one, Message=""))
    step("push: to no endpoint", lambda: sns.publish(TargetArn=one + "0", Message="m"))
    step("push: to nobody", lambda: sns.publish(Message="m"))
    step("endpoint: disable", lambda: sns.set_endpoint_attributes(
        EndpointArn=one, Attributes={"Enabled": "false"}))
    step("push: to a disabled endpoint", lambda: sns.publish(TargetArn=one, Message="m"))
    step("endpoint: create again while disabled", lambda: sns.create_platform_endpoint(
        PlatformApplicationArn=arn, Token="t2", CustomUserData="d3"))
    step("endpoint: delete", lambda: sns.delete_endpoint(EndpointArn=one))
    step("endpoint: delete again", lambda: sns.delete_endpoint(EndpointArn=one))
    step("push: to a deleted endpoint", lambda: sns.publish(TargetArn=one, Message="m"))
    step("application: delete", lambda: sns.delete_platform_application(PlatformApplicationArn=arn))
    step("application: delete again", lambda: sns.delete_platform_application(PlatformApplicationArn=arn))
    step("application: list none", lambda: sns.list_platform_applications())

    step("text message: send", lambda: sns.publish(PhoneNumber="+43123456789", Message="m"))
    step("text message: to no number", lambda: sns.publish(PhoneNumber="0123", Message="m"))
    topic = step("topic: create", lambda: sns.create_topic(Name="t"))["TopicArn"]
    step("topic: create again", lambda: sns.create_topic(Name="t"))
    step("topic: publish", lambda: sns.publish(TopicArn=topic, Message="m"))
    step("topic: publish json without a default", lambda: sns.publish(
        TopicArn=topic, Message=gcm, MessageStructure="json"))
    step("topic: publish to none", lambda: sns.publish(TopicArn=topic + "0", Message="m"))
    step("topic: delete", lambda: sns.delete_topic(TopicArn=topic))

    # Last, because what one side takes and the other refuses would show in later lists.
    step("refusal: application with a bad name", lambda: sns.create_platform_application(
        Name="a b", Platform="GCM", Attributes={"PlatformCredential": "{}"}))
    step("refusal: application for an unknown platform", lambda: sns.create_platform_application(
        Name="b", Platform="FCM", Attributes={"PlatformCredential": "{}"}))
    step("refusal: application without credentials", lambda: sns.create_platform_application(
        Name="b", Platform="GCM", Attributes={"EventEndpointCreated": "arn:aws:sns:x:0:t"}))


def secrets_steps(secrets, step):
    first = step("secret: create", lambda: secrets.create_secret(Name="s", SecretString="one"))["VersionId"]
    second, third, fourth = (f"{n}" * 8 + "-1111-4111-8111-111111111111" for n in (2, 3, 4))
    step("secret: get", lambda: secrets.get_secret_value(SecretId="s"))
    step("secret: get none", lambda: secrets.get_secret_value(SecretId="none"))
    step("secret: get no version", lambda: secrets.get_secret_value(SecretId="s", VersionId=third))
    step("secret: get no stage", lambda: secrets.get_secret_value(SecretId="s", VersionStage="AWSPENDING"))
    pending = {"SecretId": "s", "ClientRequestToken": second, "VersionStages": ["AWSPENDING"]}
    step("rotation: put pending", lambda: secrets.put_secret_value(SecretString="two", **pending))
    step("rotation: put pending again", lambda: secrets.put_secret_value(SecretString="two", **pending))
    step("rotation: get pending", lambda: secrets.get_secret_value(SecretId="s", VersionStage="AWSPENDING"))
    step("rotation: current is as before", lambda: secrets.get_secret_value(SecretId="s"))
    finish = {"SecretId": "s", "VersionStage": "AWSCURRENT", "MoveToVersionId": second}
    step("rotation: finish", lambda: secrets.update_secret_version_stage(RemoveFromVersionId=first, **finish))
    step("rotation: current", lambda: secrets.get_secret_value(SecretId="s", VersionStage="AWSCURRENT"))
    step("rotation: previous", lambda: secrets.get_secret_value(SecretId="s", VersionStage="AWSPREVIOUS"))
    step("rotation: describe", lambda: stages(secrets.describe_secret(SecretId="s")))
    step("secret: put", lambda: secrets.put_secret_value(
        SecretId="s", SecretString="three", ClientRequestToken=third))
    step("secret: describe", lambda: stages(secrets.describe_secret(SecretId="s")))
    step("secret: put bytes", lambda: secrets.put_secret_value(SecretId="s", SecretBinary=b"\x00\xff"))
    step("secret: get bytes", lambda: secrets.get_secret_value(SecretId="s"))
    step("secret: delete for too short a time", lambda: secrets.delete_secret(
        SecretId="s", RecoveryWindowInDays=1))
    step("secret: delete", lambda: secrets.delete_secret(SecretId="s", RecoveryWindowInDays=7))
    step("secret: get a deleted one", lambda: secrets.get_secret_value(SecretId="s"))
    step("secret: create a deleted one", lambda: secrets.create_secret(Name="s", SecretString="x"))
    step("secret: restore", lambda: secrets.restore_secret(SecretId="s"))
    step("secret: get the restored one", lambda: secrets.get_secret_value(SecretId="s"))
    step("secret: delete for good", lambda: secrets.delete_secret(
        SecretId="s", ForceDeleteWithoutRecovery=True))
    step("secret: get one deleted for good", lambda: secrets.get_secret_value(SecretId="s"))
    step("secret: describe none", lambda: secrets.describe_secret(SecretId="s"))

    # Each on a secret of its own, so that what one side takes changes no later answer.
    create = {"Name": "token", "ClientRequestToken": second}
    step("refusal: create with a token", lambda: secrets.create_secret(SecretString="one", **create))
    step("refusal: create again", lambda: secrets.create_secret(SecretString="one", **create))
    step("refusal: create again otherwise", lambda: secrets.create_secret(SecretString="other", **create))
    secrets.create_secret(Name="once", SecretString="one")
    put = {"SecretId": "once", "ClientRequestToken": third}
    step("refusal: put a version", lambda: secrets.put_secret_value(SecretString="two", **put))
    step("refusal: put a version otherwise", lambda: secrets.put_secret_value(SecretString="other", **put))
    secrets.create_secret(Name="label", SecretString="one")
    secrets.put_secret_value(
        SecretId="label", SecretString="two", ClientRequestToken=fourth, VersionStages=["AWSPENDING"])
    step("refusal: move a label without its holder", lambda: secrets.update_secret_version_stage(
        SecretId="label", VersionStage="AWSCURRENT", MoveToVersionId=fourth))
    step("refusal: move a label to no version", lambda: secrets.update_secret_version_stage(
        SecretId="label", VersionStage="mine", MoveToVersionId=third))
    step("refusal: rotate without a function", lambda: secrets.rotate_secret(
        SecretId="label", ClientRequestToken=third))
    secrets.create_secret(Name="nothing", SecretString="one")
    step("refusal: put nothing", lambda: secrets.put_secret_value(SecretId="nothing"))


def stages(described):
    """Which label is on which version: the part of a description that rotation depends on."""
    kept = {key: described[key] for key in ("ARN", "Name", "VersionIdsToStages", "ResponseMetadata")}
    for labels in kept["VersionIdsToStages"].values():
        labels.sort()
    return kept


def comparable(value):
    """An answer without what differs from run to run: ids, times, the endings of secrets' ARNs."""
    if isinstance(value, dict):
        kept = [(key, one) for key, one in value.items() if not key.endswith("Date")]
        return {comparable(key): comparable(one) for key, one in kept}
    if isinstance(value, list):
        return [comparable(one) for one in value]
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, str) and not re.fullmatch(r"(\d)\1{7}-1111-4111-8111-111111111111", value):
        value = re.sub(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", "ID", value)
        value = re.sub(r"(:secret:\w+)-\w{6}$", r"\1-ID", value)
    return value


def outcome(call):
    """The answer as it came, and as it is compared."""
    try:
        answer = call()
    except ClientError as error:
        status = error.response["ResponseMetadata"]["HTTPStatusCode"]
        return {}, {"status": status, "code": error.response["Error"]["Code"]}
    status = answer["ResponseMetadata"]["HTTPStatusCode"]
    fields = {key: value for key, value in answer.items() if key != "ResponseMetadata"}
    return answer, {"status": status, "fields": comparable(fields)}


class Missing(dict):
    """An answer of which a later step may ask a field that is not there."""

    def __missing__(self, key):
        return f"arn:aws:sns:{REGION}:000000000000:missing/{key}"


def run(url):
    """All steps against one server: step to comparable answer."""
    results = {}

    def step(name, call):
        assert name not in results, name
        answer, results[name] = outcome(call)
        return Missing(answer)

    def client(service):
        # One attempt: a refusal is an answer here.
        config = Config(retries={"total_max_attempts": 1}, parameter_validation=False)
        return boto3.client(service, endpoint_url=url, region_name=REGION, aws_access_key_id="test",
                            aws_secret_access_key="test", config=config)

    sns_steps(client("sns"), step)
    secrets_steps(client("secretsmanager"), step)
    return results


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


@contextlib.contextmanager
def server(command, port, log, environment):
    """One server on loopback, until the block ends."""
    with open(log, "wb") as output:
        process = subprocess.Popen(command, stdout=output, stderr=output, cwd=log.parent, env=environment)
        try:
            deadline = time.monotonic() + 60
            while True:
                try:
                    socket.create_connection(("127.0.0.1", port), timeout=1).close()
                    break
                except OSError:
                    if process.poll() is not None or time.monotonic() > deadline:
                        sys.exit(f"{command[0]} did not start; see {log}")
                    time.sleep(0.1)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def ministack(folder):
    port = free_port()
    environment = dict(os.environ, BIND_HOST="127.0.0.1", GATEWAY_PORT=str(port),
                       AWS_ENDPOINT_URL=f"http://127.0.0.1:{port}",
                       # It would open an MQTT port on all addresses.
                       IOT_MTLS_ENABLED="0", AWS_EC2_METADATA_DISABLED="true")
    return server([sys.executable, "-m", "ministack"], port, folder / "ministack.log", environment)


def ours(binary, folder):
    port = free_port()
    return server([str(binary), str(port)], port, folder / "standins.log", dict(os.environ))


def short(answer):
    """An answer as the table has it."""
    return f"{answer['status']} {answer.get('code', '')}".strip()


def judge(mine, theirs):
    """Prints what differs and is not in the table, and what the table says and is not so."""
    wrong = 0
    for name in mine:
        same = mine[name] == theirs[name]
        answer, why = DEVIATIONS.get(name, (None, None))
        if same and answer is None:
            print(f"same     {name}: {short(mine[name])}")
        elif not same and short(theirs[name]) == answer:
            print(f"known    {name}: ours {short(mine[name])}, ministack {answer}: {why}")
        else:
            wrong += 1
            problem = "the same now: take it out of the table" if same else "different"
            print(f"WRONG    {name}: {problem}")
            print(f"         ours      {json.dumps(mine[name])}")
            print(f"         ministack {json.dumps(theirs[name])}")
    for name in DEVIATIONS.keys() - mine.keys():
        wrong += 1
        print(f"WRONG    {name}: in the table, but no such step")
    print(f"{len(mine)} steps, {len(DEVIATIONS)} known deviations of ministack, {wrong} wrong")
    return 1 if wrong else 0


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--ours", required=True, help="the program of our stand-ins, or its URL")
    parser.add_argument("--folder", required=True, type=pathlib.Path, help="for the servers' logs")
    arguments = parser.parse_args()
    folder = arguments.folder.resolve()
    with ministack(folder) as url:
        theirs = run(url)
    if arguments.ours.startswith("http://"):
        mine = run(arguments.ours)
    else:
        with ours(pathlib.Path(arguments.ours).resolve(), folder) as url:
            mine = run(url)
    return judge(mine, theirs)


if __name__ == "__main__":
    sys.exit(main())
