"""Chromium, driven by its DevTools protocol: what the commands that look at screens need of it."""

import base64
import json
import subprocess
import tempfile
import time
from itertools import count
from pathlib import Path

import websocket

OPTIONS = "--headless=new --no-sandbox --disable-gpu --disable-dev-shm-usage --hide-scrollbars --mute-audio".split()


class Failed(Exception):
    """What the page, or Chromium, answered."""


class Browser:
    """One page of a browser of its own; ``errors`` holds what its console said was wrong."""

    def __init__(self, executable, timeout=300):
        self.timeout, self.numbers, self.errors = timeout, count(1), []
        self.profile = tempfile.TemporaryDirectory(prefix="pictures-", ignore_cleanup_errors=True)
        command = [executable, *OPTIONS, "--lang=fr-FR", "--remote-debugging-port=0", "--remote-allow-origins=*"]
        self.process = subprocess.Popen(
            [*command, f"--user-data-dir={self.profile.name}", "about:blank"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def __enter__(self):
        port_file = Path(self.profile.name) / "DevToolsActivePort"
        wait(lambda: port_file.exists() and port_file.read_text().count("\n"), 60, "Chromium did not start")
        port, path = port_file.read_text().splitlines()[:2]
        whole = websocket.create_connection(f"ws://127.0.0.1:{port}{path}", timeout=30)
        whole.send(json.dumps({"id": 1, "method": "Target.getTargets"}))
        targets = json.loads(whole.recv())["result"]["targetInfos"]
        target = next(found["targetId"] for found in targets if found["type"] == "page")
        whole.close()
        self.socket = websocket.create_connection(f"ws://127.0.0.1:{port}/devtools/page/{target}", timeout=self.timeout)
        for domain in ("Page", "Runtime", "Network", "Log"):
            self.ask(f"{domain}.enable")
        self.ask("Emulation.setTimezoneOverride", timezoneId="Europe/Paris")  # as those who use it
        return self

    def __exit__(self, *_exception):
        self.socket.close()
        self.process.terminate()
        self.process.wait(20)
        self.profile.cleanup()

    def ask(self, method, **parameters):
        number = next(self.numbers)
        self.socket.send(json.dumps({"id": number, "method": method, "params": parameters}))
        while True:
            answer = json.loads(self.socket.recv())
            if answer.get("id") == number:
                if "error" in answer:
                    raise Failed(f"{method}: {answer['error'].get('message')}")
                return answer["result"]
            self._listen(answer)

    def _listen(self, event):
        given = event.get("params", {})
        if event.get("method") == "Runtime.exceptionThrown":
            details = given["exceptionDetails"]
            self.errors.append(details.get("exception", {}).get("description") or details["text"])
        elif event.get("method") == "Runtime.consoleAPICalled" and given["type"] == "error":
            self.errors.append(" ".join(str(arg.get("value") or arg.get("description")) for arg in given["args"]))
        elif event.get("method") == "Log.entryAdded" and given["entry"]["level"] == "error":
            self.errors.append(f"{given['entry']['text']} {given['entry'].get('url', '')}")

    def run(self, code):
        """The value of an expression, awaited."""
        answer = self.ask("Runtime.evaluate", expression=code, awaitPromise=True, returnByValue=True)
        if "exceptionDetails" in answer:
            details = answer["exceptionDetails"]
            raise Failed(details.get("exception", {}).get("description") or details["text"])
        return answer["result"].get("value")

    def until(self, code, seconds=60):
        wait(lambda: self.run(code), seconds, f"still waiting for {code}")

    def open(self, url):
        self.ask("Page.navigate", url=url)
        self.until("document.readyState === 'complete'", self.timeout)

    def size(self, width, height, phone=False):
        self.ask("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=phone)

    def cookie(self, url, name, value):
        self.ask("Network.setCookie", url=url, name=name, value=value)

    def picture(self, file, whole=False, of=None):
        """A PNG of what the page shows, of the page from its head to its foot, or `of` what a selector finds."""
        taken = self.ask("Page.captureScreenshot", format="png", captureBeyondViewport=whole, **self._clip(whole, of))
        Path(file).write_bytes(base64.b64decode(taken["data"]))

    def _clip(self, whole, of):
        if of:
            box = self.run(f"document.querySelector({json.dumps(of)}).getBoundingClientRect().toJSON()")
            return {"clip": {**{name: box[name] for name in ("x", "y", "width", "height")}, "scale": 1}}
        if not whole:
            return {}
        size = self.ask("Page.getLayoutMetrics")["cssContentSize"]
        return {"clip": {"x": 0, "y": 0, "width": size["width"], "height": size["height"], "scale": 1}}


def wait(found, seconds, words):
    end = time.monotonic() + seconds
    while not found():
        if time.monotonic() > end:
            raise Failed(words)
        time.sleep(0.1)
