# SPDX-License-Identifier: Apache-2.0
"""A `joulecast serve` of one's own, and what is said to it: for tests and benchmarks."""

import contextlib
import http.client
import os
import re
import signal
import socket
import subprocess
import unittest

from harness import PROGRAM
from onnx_file import field, node, value_info, varint


def require_server():
    if not (PROGRAM.parent / "joulecast-serve").exists():
        raise unittest.SkipTest("no joulecast-serve beside the program: built without Boost")


class Server:
    """A server of its own on a free port."""

    def __init__(self, *options, env=None):
        self.process = subprocess.Popen(
            [str(PROGRAM), "serve", "--port", "0", *options], stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, text=True, env=os.environ | (env or {}))
        line = self.process.stdout.readline()
        found = re.search(r"http://(.+):(\d+)/", line)
        if not found:
            raise AssertionError(f"no line that says where: {line}{self.process.stderr.read()}")
        self.port = int(found[2])

    def stop(self, signal_number=signal.SIGTERM):
        """Exit code and stderr."""
        self.process.send_signal(signal_number)
        _, errors = self.process.communicate(timeout=30)
        return self.process.returncode, errors

    def ask(self, method, target, body=None, headers=None):
        """Status, headers and body of one request."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        with contextlib.closing(connection):
            connection.request(method, target, body=body, headers=headers or {})
            answer = connection.getresponse()
            return answer.status, answer.headers, answer.read()

    def connect(self):
        return socket.create_connection(("127.0.0.1", self.port), timeout=30)

    def raw(self, *pieces):
        """What the server says to bytes that may be no HTTP, until it closes. The last piece may
        be sent in vain."""
        with self.connect() as client:
            with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                for piece in pieces:
                    client.sendall(piece)
            return receive_all(client)

    def memory_bytes(self, what="VmRSS"):
        """Resident memory."""
        with open(f"/proc/{self.process.pid}/status", encoding="ascii") as status:
            return int(re.search(rf"{what}:\s+(\d+) kB", status.read())[1]) * 1024

    def peak_bytes(self):
        """Its most since `reset_peak`."""
        return self.memory_bytes("VmHWM")

    def reset_peak(self):
        with open(f"/proc/{self.process.pid}/clear_refs", "w", encoding="ascii") as file:
            file.write("5")


def receive_all(client):
    data = b""
    with contextlib.suppress(ConnectionResetError):
        while piece := client.recv(65536):
            data += piece
    return data


def request(line, *headers, host="localhost"):
    """A request's head, after whose answer the server closes."""
    lines = [line + " HTTP/1.1", f"Host: {host}", "Connection: close", *headers, "", ""]
    return "\r\n".join(lines).encode()


def big_model(megabytes):
    """The head and the tail of a model around one weight of so many MB, and the weight's size."""
    rows = megabytes * 1024 // 4
    weight = field(1, rows) + field(1, 1024) + field(2, 1) + field(8, "w")
    size = rows * 1024 * 4
    tensor_size = len(weight) + 1 + len(varint(size)) + size
    rest = (field(1, node("Gemm", ["x", "w"], ["y"], "fc", transB=1)) +
            field(11, value_info("x", [1, 1024])) + field(12, value_info("y", [1, rows])))
    graph_size = 1 + len(varint(tensor_size)) + tensor_size + len(rest)
    head = (field(1, 8) + field(8, field(1, "") + field(2, 17)) + varint(7 << 3 | 2) +
            varint(graph_size) + varint(5 << 3 | 2) + varint(tensor_size) + weight +
            varint(9 << 3 | 2) + varint(size))
    return head, size, rest
