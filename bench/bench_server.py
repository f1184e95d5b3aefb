#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""How many estimates `joulecast serve` answers, and what slow clients and large uploads cost it.

    /usr/bin/python3 bench/bench_server.py [--seconds 4] [--format text|json]

Needs Debian's wrk, and $JOULECAST_BIN or build/release/joulecast with joulecast-serve beside it.
Server and client share this machine's processors, over loopback. Four questions:
one estimate asked again and again (32 connections) beside Python's own http.server answering the
same bytes, in turns; estimates of every network of the zoo in turn; how much 64 slow clients (a
third says nothing, a third drips a head, a third sends half a body) delay a 65th; time and memory
of an ONNX file of 100 MB. Exit code 1 if a limit is exceeded.
"""

import argparse
import json
import os
import pathlib
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parents[1]
sys.dont_write_bytecode = True
sys.path.insert(0, str(ROOT / "tests/e2e"))
from server_process import Server, big_model, receive_all, request  # noqa: E402: the tests' own

ESTIMATE = "/api/v1/estimate?model=resnet50&batch=8"
PEER = """
import http.server, sys
body = open(sys.argv[1], "rb").read()
class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
    def log_message(self, *_):
        pass
server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
print(server.server_address[1], flush=True)
server.serve_forever()
"""
ALL_NETWORKS = """
local paths = {%s}
local next = 0
request = function()
  next = next + 1
  return wrk.format("GET", paths[next %% #paths + 1])
end
"""
LIMITS = {  # of our side
    "one network": {"requests_per_s": (">=", 5000), "p99_ms": ("<", 20)},
    "slow clients": {"added_ms": ("<", 50)},
    "upload of 100 MB": {"seconds": ("<", 2), "grown_mb": ("<", 30)},
}
MILLISECONDS = {"us": 1e-3, "ms": 1, "s": 1e3}


def wrk(port, path, seconds, script=None):
    """What wrk says of 32 connections."""
    command = ["wrk", "-t1", "-c32", f"-d{seconds}s", "--latency"]
    command += ["-s", script] if script else []
    said = subprocess.run([*command, f"http://127.0.0.1:{port}{path}"], check=True,
                          capture_output=True, text=True).stdout
    if "Non-2xx" in said or "Socket errors" in said:
        sys.exit(f"wrk met errors:\n{said}")
    p99 = re.search(r"99%\s+([0-9.]+)(us|ms|s)", said)
    return {"requests_per_s": float(re.search(r"Requests/sec:\s+([0-9.]+)", said)[1]),
            "p99_ms": float(p99[1]) * MILLISECONDS[p99[2]]}


def bench_one(server, folder, seconds):
    """Both servers in turns; of each the median turn."""
    body = server.ask("GET", ESTIMATE)[2]
    path = pathlib.Path(folder, "body.json")
    path.write_bytes(body)
    with subprocess.Popen([sys.executable, "-c", PEER, path], stdout=subprocess.PIPE,
                          text=True) as peer:
        try:
            peer_port = int(peer.stdout.readline())
            turns = [(wrk(server.port, ESTIMATE, seconds), wrk(peer_port, "/", seconds))
                     for _ in range(3)]
        finally:
            peer.terminate()
    ours, theirs = ({key: statistics.median(turn[side][key] for turn in turns)
                     for key in ("requests_per_s", "p99_ms")} for side in (0, 1))
    return ours | {"answer_bytes": len(body), "peer": theirs,
                   "times_faster": ours["requests_per_s"] / theirs["requests_per_s"]}


def bench_all(server, folder, seconds):
    names = [model["name"] for model in json.loads(server.ask("GET", "/api/v1/zoo")[2])["models"]]
    paths = [f"/api/v1/estimate?model={name}" for name in names]
    started = time.perf_counter()
    sizes = [len(server.ask("GET", path)[2]) for path in paths]
    first_s = (time.perf_counter() - started) / len(paths)
    script = pathlib.Path(folder, "all.lua")
    script.write_text(ALL_NETWORKS % ", ".join(f'"{path}"' for path in paths), encoding="utf-8")
    return wrk(server.port, "/", seconds, script) | {
        "networks": len(names), "answer_bytes": statistics.mean(sizes), "first_ms": 1e3 * first_s}


def latencies(server, count=100):
    times = []
    for _ in range(count):
        started = time.perf_counter()
        server.ask("GET", ESTIMATE)
        times.append(1e3 * (time.perf_counter() - started))
    return times


def bench_slow(server):
    """The 65th client's slowest of 100 requests, alone and beside the others."""
    alone = latencies(server)
    clients = [server.connect() for _ in range(64)]
    is_over = threading.Event()

    def drip():
        while not is_over.wait(0.05):
            for client in clients[1::3]:
                client.send(b"x")
            for client in clients[2::3]:
                client.send(b"\x08\x01")

    for client in clients[1::3]:
        client.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nX-Slow: ")
    for client in clients[2::3]:
        client.sendall(request("POST /api/v1/models", "Content-Length: 1000000"))
    dripping = threading.Thread(target=drip)
    dripping.start()
    beside = latencies(server)
    is_over.set()
    dripping.join()
    for client in clients:
        client.close()
    return {"alone_ms": max(alone), "beside_ms": max(beside), "added_ms": max(beside) - max(alone),
            "median_alone_ms": statistics.median(alone),
            "median_beside_ms": statistics.median(beside)}


def bench_upload(server):
    """Until the estimate is there; memory at its peak over what it was."""
    head, size, tail = big_model(100)
    before = server.memory_bytes()
    server.reset_peak()
    started = time.perf_counter()
    with server.connect() as client:
        client.sendall(request("POST /api/v1/estimate",
                               f"Content-Length: {len(head) + size + len(tail)}") + head)
        piece = bytes(1 << 20)
        for _ in range(size // len(piece)):
            client.sendall(piece)
        client.sendall(tail)
        answer = receive_all(client)
    seconds = time.perf_counter() - started
    if b"200 OK" not in answer[:20]:
        sys.exit(f"the upload was answered {answer[:500]}")
    return {"seconds": seconds, "grown_mb": (server.peak_bytes() - before) / 1e6}


def exceeded(report):
    return [f"{part}: {name} is {report[part][name]:.4g}, should be {sign} {limit}"
            for part, limits in LIMITS.items() for name, (sign, limit) in limits.items()
            if (report[part][name] < limit) == (sign == ">=")]


def text(report):
    one, every, slow = report["one network"], report["all networks"], report["slow clients"]
    upload, peer = report["upload of 100 MB"], report["one network"]["peer"]
    lines = [
        f"resnet50, batch 8      {one['requests_per_s']:9.0f} estimates/s of "
        f"{one['answer_bytes'] / 1e3:.0f} kB, p99 {one['p99_ms']:.2f} ms",
        f"Python's http.server   {peer['requests_per_s']:9.0f} of the same bytes/s, "
        f"p99 {peer['p99_ms']:.2f} ms: {one['times_faster']:.1f} times fewer",
        f"all {every['networks']} networks        {every['requests_per_s']:9.0f} estimates/s of "
        f"{every['answer_bytes'] / 1e3:.0f} kB, p99 {every['p99_ms']:.2f} ms; "
        f"the first of each {every['first_ms']:.1f} ms",
        f"beside 64 slow clients {slow['beside_ms']:9.2f} ms at most, alone "
        f"{slow['alone_ms']:.2f} (medians {slow['median_beside_ms']:.2f} and "
        f"{slow['median_alone_ms']:.2f})",
        f"an ONNX file of 100 MB {upload['seconds']:9.2f} s to its estimate, "
        f"{upload['grown_mb']:.1f} MB of memory"]
    return "\n".join(lines + [f"LIMIT EXCEEDED  {each}" for each in report["exceeded"]])


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=int, default=4, help="of each run of wrk")
    parser.add_argument("--format", choices=["text", "json"], default="text")
    options = parser.parse_args()
    if shutil.which("wrk") is None:
        sys.exit("needs wrk: install Debian's package `wrk`")
    with tempfile.TemporaryDirectory(prefix="joulecast-bench-") as folder:
        server = Server()
        try:
            report = {"cpus": os.cpu_count(), "load_1min": os.getloadavg()[0],
                      "upload of 100 MB": bench_upload(server),
                      "slow clients": bench_slow(server),
                      "one network": bench_one(server, folder, options.seconds),
                      "all networks": bench_all(server, folder, options.seconds)}
        finally:
            server.stop()
    report["exceeded"] = exceeded(report)
    print(json.dumps(report, indent=1) if options.format == "json" else text(report))
    sys.exit(1 if report["exceeded"] else 0)


if __name__ == "__main__":
    main()
