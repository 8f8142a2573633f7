"""The HTTP API under load, beside a bare Starlette endpoint: `python -m benchmarks.serve_load --seconds 1800`.

Needs the load tool wrk. First each kind of request alone, with the bare endpoint before and after it, so that what else
runs on the machine is seen in both; then a mix of everything for so many seconds, with the memory of the server. It
ends with 1 where an answer is wrong, or where memory grows after the first third.
"""

from __future__ import annotations

import argparse
import contextlib
import http.client
import json
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlencode

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from exportrules.files.load import default_ruleset

QUESTIONS = 250
#: So much more memory at the end than after the first third, in MB, is growth.
GROWTH = 64
_LEDGER = b"chip,date,to\nA100,2022-09-15,CN\nH800,2023-06-01,CN\nRTX 4090,2024-06-03,SG\n" * 20


#: A request: method, path, body, content type.
Sent = tuple[str, str, bytes, str]


class Load(NamedTuple):
    """What wrk measured: requests a second, latencies in milliseconds, answers that were not 2xx or 3xx."""

    rate: float
    half: float
    most: float
    refused: int

    def __str__(self) -> str:
        return (
            f"{self.rate:9,.0f} a second   p50 {self.half:8.2f} ms   p99 {self.most:8.2f} ms   {self.refused} refused"
        )


def bare() -> Starlette:
    """One endpoint that says one thing."""

    async def said(_: Request) -> Response:
        return Response(b'{"outcome":"no_license_requirement"}', media_type="application/json")

    return Starlette(routes=[Route("/check", said)])


def questions(count: int, seed: int = 17) -> list[dict[str, str]]:
    """Questions that can all be asked, as a query has them."""
    law, rng = default_ruleset(), random.Random(seed)
    found = []
    for _ in range(count):
        given = {"chip": rng.choice(list(law.variants)), "on": str(date(2020, 1, 1) + timedelta(rng.randrange(2400))),
                 "to": rng.choice(["CN", "HK", "MO", "SG", "AE", "VN", "JP", "IL", "RU", "DE"])}  # fmt: skip
        found.append(given | ({"exporter": "other"} if rng.random() < 0.5 else {}))
    return found


def script(directory: Path, name: str, requests: list[Sent]) -> Path:
    """A script for wrk that sends these requests (method, path, body, content type) in turn."""

    def text(value: str | bytes) -> str:
        return '"' + "".join(f"\\{byte:03d}" for byte in (value.encode() if isinstance(value, str) else value)) + '"'

    lines = [f"{{{text(method)},{text(path)},{text(body)},{text(kind)}}}," for method, path, body, kind in requests]
    made = directory / f"{name}.lua"
    made.write_text(
        "local all = {\n" + "\n".join(lines) + "\n}\nlocal n = math.random(#all)\n"
        "request = function()\n  n = n % #all + 1\n  local r = all[n]\n"
        '  return wrk.format(r[1], r[2], {["Content-Type"] = r[4]}, r[1] == "POST" and r[3] or nil)\nend\n'
    )
    return made


def load(url: str, seconds: float, lua: Path | None = None, connections: int = 8) -> Load:
    """What wrk measures of a server."""
    command = ["wrk", "-t1", f"-c{connections}", f"-d{max(1, round(seconds))}s", "--timeout", "30s", "--latency"]
    done = subprocess.run(
        [*command, *(["-s", str(lua)] if lua else []), url], capture_output=True, text=True, check=True
    )

    def of(pattern: str) -> str:
        match = re.search(pattern, done.stdout)
        return match[1] if match else "0"

    def milliseconds(percent: str) -> float:
        written = of(rf"(?m)^ +{percent}% +(\S+)")
        factor = {"us": 0.001, "ms": 1.0, "s": 1000.0, "m": 60_000.0}[written.lstrip("0123456789.") or "ms"]
        return float(written.rstrip("ums")) * factor

    refused = int(of(r"Non-2xx or 3xx responses: (\d+)"))
    return Load(float(of(r"Requests/sec:\s+(\S+)")), milliseconds("50"), milliseconds("99"), refused)


@contextlib.contextmanager
def running(command: list[str], said: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A server and its address, which it says on standard error."""
    with subprocess.Popen([sys.executable, "-m", *command], stderr=subprocess.PIPE, text=True) as process:
        try:
            assert process.stderr is not None
            for line in process.stderr:
                if match := re.search(said, line):
                    yield process, match[1]
                    break
            else:
                raise SystemExit("a server did not start")
        finally:
            process.terminate()
            process.wait(20)


def once(url: str) -> float:
    """Every question asked once in each of its ways: of the first way, requests a second."""
    rates = []
    host = url.removeprefix("http://")
    for asked in ways(questions(QUESTIONS)).values():
        asked = asked if len(asked) == QUESTIONS else asked[-20:]  # of new days, each deal on one of them
        connection = http.client.HTTPConnection(host, timeout=60)
        started = time.perf_counter()
        for method, path, body, kind in asked:
            connection.request(method, path, body or None, {"Content-Type": kind} if kind else {})
            with connection.getresponse() as response:
                response.read()
        rates.append(len(asked) / (time.perf_counter() - started))
    return rates[0]


def memory(process: subprocess.Popen[str]) -> float:
    """The resident memory of a process, in MB."""
    match = re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{process.pid}/status").read_text())
    assert match
    return int(match[1]) / 1024


def ways(asked: list[dict[str, str]]) -> dict[str, list[Sent]]:
    """The ways to ask questions, each with its requests."""

    def gets(asked: list[dict[str, str]], **more: str) -> list[Sent]:
        return [("GET", f"/check?{urlencode({**given, **more})}", b"", "") for given in asked]

    posts = [("POST", "/check", json.dumps(given).encode(), "application/json") for given in asked]
    deals = [{**given, "fields": "requirements"} for given in asked[:20]]
    days = [str(date(2020, 1, 1) + timedelta(number)) for number in range(2400)]
    new_days = [("GET", f"/check?{urlencode({**deal, 'on': day})}", b"", "") for day in days for deal in deals]
    return {
        "check, asked before": gets(asked),
        "check, asked before, POST": posts,
        "check, parts, asked before": gets(asked, fields="requirements"),
        "check, parts, on new days": new_days,
    }


def mix(directory: Path) -> Path:
    """A script with requests of every kind, some new and some that are refused."""
    rng = random.Random(18)
    made: list[Sent] = []
    for number, given in enumerate(questions(4 * QUESTIONS, seed=19)):
        buyer = {"end_user": f"Bakery {rng.randrange(10**6)} {rng.choice(['GmbH', 'Inspur', 'Pte Ltd'])}"}
        without_day = {name: value for name, value in given.items() if name != "on"}
        made.append(("GET", f"/check?{urlencode({**given, 'fields': 'requirements'})}", b"", ""))
        if number % 4 == 0:
            made.append(("POST", "/check", json.dumps({**given, **buyer, "fields": ["cases"]}).encode(),
                         "application/json"))  # fmt: skip
        if number % 8 == 0:
            names = {"names": list(buyer.values()), "on": given["on"]}
            made += [
                ("GET", f"/timeline?{urlencode(without_day)}", b"", ""),
                ("POST", "/screen", json.dumps(names).encode(), "application/json"),
                ("GET", "/provisions/88fr73458%233A090.a", b"", ""),
                ("GET", f"/chips?{urlencode({'name': given['chip']})}", b"", ""),
                ("GET", f"/check?{urlencode(given)}&destination=CN", b"", ""),
            ]
        if number % 200 == 0:
            made.append(("POST", "/audit?exporter=maker", _LEDGER, "text/csv"))
    rng.shuffle(made)
    return script(directory, "mix", made)


def held(server: tuple[subprocess.Popen[str], str], lua: Path, seconds: float) -> tuple[list[float], float]:
    """A mix of requests for so long, in ten rounds: the memory after each, and requests a second."""
    process, url = server
    sizes, rates = [], []
    for _ in range(10):
        rates.append(load(url, seconds / 10, lua).rate)
        sizes.append(memory(process))
        print(f"  {time.strftime('%H:%M:%S')} {rates[-1]:8,.0f} a second, {sizes[-1]:6.0f} MB", flush=True)
    return sizes, sum(rates) / len(rates)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--seconds", type=float, default=1800, help="of mixed load")
    parser.add_argument("--each", type=float, default=10, help="seconds for each kind of request alone")
    parser.add_argument("--workers", default="1", help="processes of the server")
    given = parser.parse_args()
    if not shutil.which("wrk"):
        raise SystemExit("this needs wrk. Install it, e.g. with: apt-get install wrk")
    ours = ["exportrules", "serve", "--port", "0", "--quiet", "--remember", "256", "--workers", given.workers]
    theirs = ["uvicorn", "benchmarks.serve_load:bare", "--factory", "--port", "0", "--no-access-log"]
    wrong = 0
    with (
        tempfile.TemporaryDirectory() as name,
        running(theirs, r"running on (http://\S+)") as (_, bare_url),
        running(ours, r"on (http://\S+)") as (process, url),
    ):
        directory = Path(name)
        print(f"{'check, never asked before':<28} {once(url):9,.0f} a second, one after the other")
        for number, (kind, asked) in enumerate(ways(questions(QUESTIONS)).items()):
            lua = script(directory, f"way{number}", asked)
            before = load(f"{bare_url}/check", given.each)
            found = load(url, given.each, lua)
            after = load(f"{bare_url}/check", given.each)
            beside = (before.rate + after.rate) / 2
            wrong += found.refused
            print(f"{kind:<28} {found}\n{'  a bare endpoint':<28} {before}\n{'':<28} {after}")
            print(f"{'  the ratio':<28} {found.rate / beside:9.2f}", flush=True)
        sizes, rate = held((process, url), mix(directory), given.seconds)
    grown = max(sizes[-3:]) - max(sizes[:4])
    print(f"{'a mix of everything':<28} {rate:9,.0f} a second; memory {sizes[0]:.0f} MB at first, {sizes[-1]:.0f} MB")
    if wrong or grown > GROWTH:
        raise SystemExit(f"{wrong} answers were refused, memory grew by {grown:.0f} MB (at most {GROWTH})")


if __name__ == "__main__":
    main()
