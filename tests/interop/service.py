"""Starts and ends the real service as a person would: `cargo local`, and Ctrl-C."""

import json
import os
import pathlib
import signal
import subprocess
import time

import requests

ROOT = pathlib.Path(__file__).resolve().parents[2]
# run.sh has built it before, so this is the time of a start alone, on a busy machine.
START_SECONDS = 60
STOP_SECONDS = 5


def command():
    binary = os.environ.get("COUNTERSIGN_LOCAL")
    return [binary] if binary else ["cargo", "run", "--quiet", "--package", "countersign-local", "--"]


def poll(what, ready, seconds=START_SECONDS):
    """The first true value of `ready()`; fails after so many seconds."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        found = ready()
        if found:
            return found
        time.sleep(0.05)
    raise AssertionError(f"{what} within {seconds} s")


class Service:
    """One run of the service over a data folder."""

    def __init__(self, data, *arguments, log):
        self.data, self.log = pathlib.Path(data), pathlib.Path(log)
        environment = {name: value for name, value in os.environ.items() if name != "AWS_ENDPOINT_URL"}
        with self.log.open("w") as output:
            self.process = subprocess.Popen(
                [*command(), "--data", str(self.data), *arguments],
                cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT)

    def demo(self):
        """demo.json, as soon as the service that it names answers."""
        return poll("the service does not answer", self._answers)

    def _answers(self):
        self._must_run()
        try:
            # Written when the port is known; a former run's file may still name another one.
            demo = json.loads((self.data / "demo.json").read_text())
            return demo if requests.get(demo["jwksUrl"], timeout=5).ok else None
        except (OSError, ValueError):
            return None

    def says(self, pattern):
        """The first match of a compiled pattern in what the service prints."""
        def found():
            self._must_run()
            return pattern.search(self.log.read_text())

        return poll(f"the service does not print {pattern.pattern}", found)

    def _must_run(self):
        if self.process.poll() is not None:
            raise AssertionError(f"the service ended with {self.process.returncode}:\n{self.log.read_text()}")

    def stop(self, by=signal.SIGINT):
        """The exit code; fails unless the service ends in time."""
        self._must_run()
        self.process.send_signal(by)
        try:
            return self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            raise AssertionError(f"{by.name} does not end the service within {STOP_SECONDS} s") from None

    def kill(self):
        """For the end of the checks only: whatever failed, nothing is left running."""
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
