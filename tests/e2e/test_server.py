# SPDX-License-Identifier: Apache-2.0
"""`joulecast serve` as its clients see it: the API, uploads, clients that are hostile or slow."""

import base64
import json
import os
import pathlib
import signal
import threading
import time
import unittest

import onnx_file
from harness import IS_SLOW_BUILD, TestCase, run
from onnx_file import field, node, value_info, varint
from server_process import Server, big_model, receive_all, request, require_server

TINY_GPT2 = json.dumps({"model_type": "gpt2", "n_embd": 64, "n_layer": 2, "n_head": 2,
                        "n_positions": 128, "vocab_size": 100})


class ServerCase(TestCase):
    """Tests that share a server, which has to live through all of them in little memory."""

    options = ()

    @classmethod
    def setUpClass(cls):
        require_server()
        cls.server = Server(*cls.options)
        cls.memory_at_start = cls.server.memory_bytes()

    @classmethod
    def tearDownClass(cls):
        grown = cls.server.memory_bytes() - cls.memory_at_start
        code, errors = cls.server.stop()
        if code != 0 or errors:
            raise AssertionError(f"the server ended with {code}: {errors}")
        if grown > 200e6 and not IS_SLOW_BUILD:
            raise AssertionError(f"the server grew by {grown / 1e6:.0f} MB")

    def json_of(self, method, target, body=None, headers=None, status=200):
        code, _, data = self.server.ask(method, target, body, headers)
        self.assertEqual(status, code, data[:2000])
        return json.loads(data)

    def assert_error(self, answer, status, kind, *said):
        """An answer, raw or as (status, headers, body), is a clear JSON error."""
        if isinstance(answer, bytes):
            self.assertRegex(answer[:100], rb"^HTTP/1\.1 \d{3} ", "no answer")
            answer = (int(answer[9:12]), None, answer.partition(b"\r\n\r\n")[2])
        code, _, body = answer
        self.assertEqual(status, code, body[:2000])
        error = json.loads(body)["error"]
        self.assertEqual(kind, error["kind"])
        for text in said:
            self.assertIn(text, error["message"])
        self.assertLess(len(error["message"]), 1000)
        self.assertTrue(error["message"].isprintable())
        self.assert_alive()

    def assert_alive(self):
        self.assertEqual((200, b'{"status": "ok"}\n'), self.server.ask("GET", "/healthz")[::2])


class Api(ServerCase):
    def test_answers_are_what_the_commands_print(self):
        for target, arguments in (
                ("estimate?model=resnet50&batch=8", ("estimate", "resnet50", "--batch", "8")),
                ("estimate?model=alexnet&dtype=f16&region=FR&pue=1.2",
                 ("estimate", "alexnet", "--dtype", "f16", "--region", "FR", "--pue", "1.2")),
                ("estimate?model=alexnet&shape=input%3D1x3x256x256",
                 ("estimate", "alexnet", "--shape", "input=1x3x256x256")),
                ("layers?model=vgg11&batch=2", ("layers", "vgg11", "--batch", "2")),
                ("zoo", ("zoo",)), ("devices", ("devices",))):
            with self.subTest(target):
                printed = run(*arguments, "--format", "json")
                self.assert_done(printed)
                for _ in range(2):  # computed, then remembered
                    status, headers, body = self.server.ask("GET", "/api/v1/" + target)
                    self.assertEqual((200, printed.stdout), (status, body.decode()))
                    self.assertEqual("application/json", headers["Content-Type"])

    def test_an_upload_is_estimated_as_the_file_is(self):
        path = self.write("net.onnx", onnx_file.conv_net("batch"))
        added = self.json_of("POST", "/api/v1/models", path.read_bytes(),
                             {"X-Model-Name": "net.onnx"}, status=201)
        self.assertRegex(added["model"], "^upload:[0-9a-f]{32}$")
        self.assertEqual(("net.onnx", "onnx"), (added["name"], added["format"]))
        for command in ("estimate", "layers"):
            printed = run(command, path, "--batch", "4", "--format", "json")
            answer = self.json_of("GET", f"/api/v1/{command}?batch=4&model={added['model']}")
            self.assertEqual(json.loads(printed.stdout), answer)

    def test_a_configuration_is_estimated_as_the_file_is(self):
        path = self.write("tiny.json", TINY_GPT2)
        printed = run("estimate", path, "--prompt", "16", "--generate", "4", "--format", "json")
        self.assert_done(printed)
        answer = self.json_of("POST", "/api/v1/estimate?prompt=16&generate=4", TINY_GPT2,
                              {"X-Model-Name": "tiny.json"})
        self.assertEqual(json.loads(printed.stdout), answer)

    def test_every_answer_says_how_to_treat_it(self):
        for target in ("/", "/healthz", "/nowhere"):
            _, headers, _ = self.server.ask("GET", target)
            self.assertIn("default-src 'none'", headers["Content-Security-Policy"])
            self.assertEqual("nosniff", headers["X-Content-Type-Options"])
            self.assertEqual("no-referrer", headers["Referrer-Policy"])
            self.assertIsNone(headers["Access-Control-Allow-Origin"])

    def test_counters(self):
        self.server.ask("GET", "/nowhere")
        _, headers, body = self.server.ask("GET", "/metrics")
        self.assertTrue(headers["Content-Type"].startswith("text/plain"))
        text = body.decode()
        self.assertRegex(text, r'joulecast_requests_total\{route="other",status="404"\} [1-9]')
        self.assertRegex(text, r"(?m)^process_resident_memory_bytes [1-9]")
        for line in text.splitlines():
            self.assertRegex(line, r'^(# (HELP|TYPE) \w+ .+|\w+(\{\w+="[^"]*"(,\w+="[^"]*")*\})? '
                                   r'[0-9.e+-]+)$')

    def test_what_is_wrong_is_said(self):
        ask = self.server.ask
        self.assert_error(ask("GET", "/api/v1/estimate?model=resnet5"), 400, "usage",
                          "did you mean 'resnet50'?")
        self.assert_error(ask("GET", "/api/v1/estimate?model=resnet50&device=abacus"), 404,
                          "device", "abacus")
        self.assert_error(ask("GET", "/api/v1/estimate?model=upload:12"), 404, "not_found",
                          "upload it again")
        self.assert_error(ask("POST", "/api/v1/models", b"PK\3\4" + bytes(1000)), 422, "input",
                          "zip archive")
        self.assert_error(ask("GET", "/api/v1/nothing"), 404, "not_found", "openapi.json")


class Hostile(ServerCase):
    """Whatever comes: the right status, a JSON error, a server that lives on in bounded memory."""

    def test_ten_gigabytes_are_not_waited_for(self):
        head = request("POST /api/v1/models", "Content-Length: 10000000000")
        self.assert_error(self.server.raw(head, bytes(100_000)), 413, "too_large")

    def test_chunks_without_end(self):
        chunk = b"10000\r\n" + bytes(65536) + b"\r\n"
        head = request("POST /api/v1/models", "Transfer-Encoding: chunked")
        # Zeros are no model: refused at the first.
        self.assert_error(self.server.raw(head, *[chunk] * 50), 422, "input")
        # A model that goes on and on, in names.
        names = field(7, b"")[:1] + varint(1 << 40) + field(1, field(3, "n" * 65000)) * 400
        chunks = b"%x\r\n" % len(names) + names + b"\r\n"
        self.assert_error(self.server.raw(head, chunks), 422, "input", "no weights")

    def test_files_that_are_no_models(self):
        for kind, data in (("zip", b"PK\3\4" + os.urandom(5000)),
                           ("PNG", b"\x89PNG\r\n\x1a\n" + os.urandom(5000)),
                           ("HTML", b"<!DOCTYPE html><script>alert(1)</script>"),
                           ("gzip", b"\x1f\x8b" + os.urandom(500)),
                           ("empty", b""), ("text", b"hello"), ("not JSON", b"{nothing"),
                           ("JSON", b'{"model_type": "mystery"}'), ("bits", b"\x08\xff" * 3000),
                           ("deep JSON", b'{"a":' * 100_000), ("list", b'{"a":' + b"[" * 500_000),
                           ("large JSON", b"{" + b" " * 3_000_000)):
            with self.subTest(kind):
                self.assert_error(self.server.ask("POST", "/api/v1/models", data), 422, "input")

    def test_random_damage(self):
        model = bytearray(onnx_file.conv_net())
        for position in range(0, len(model), 7):
            for value in (0, 0x7F, 0xFF):
                damaged = bytes(model[:position]) + bytes([value]) + bytes(model[position + 1:])
                status, _, body = self.server.ask("POST", "/api/v1/estimate", damaged)
                self.assertIn(status, (200, 422), body)
                json.loads(body)
        self.assert_alive()

    def test_no_file_of_the_server_is_reached(self):
        secret = self.write("secret.onnx", onnx_file.conv_net())
        profile = self.write("secret.json", "{}")
        for model in (secret, "../" * 20 + str(secret), f"file://{secret}", "/etc/passwd",
                      "/proc/self/environ", "%2e%2e%2fpasswd"):
            for route in ("estimate", "layers"):
                self.assert_error(self.server.ask("GET", f"/api/v1/{route}?model={model}"), 400,
                                  "usage", "no built-in model of that name")
        self.assert_error(self.server.ask("GET", f"/api/v1/estimate?model=vgg11&device={profile}"),
                          404, "device")
        for path in ("/../../../../etc/passwd", "/%2e%2e/%2e%2e/etc/passwd", "//etc/passwd",
                     "/..%5c..%5cetc/passwd", "/api/v1/../../etc/passwd", "/etc/passwd"):
            self.assert_error(self.server.raw(request("GET " + path)), 404, "not_found")

    def test_an_upload_reads_no_other_file(self):
        (self.folder / "weights.bin").write_bytes((5).to_bytes(8, "little"))
        weight = onnx_file.external_tensor("w", [1], str(self.folder / "weights.bin"), 0, 8,
                                           onnx_file.INT64)
        model = onnx_file.model([node("Reshape", ["x", "w"], ["y"])], [value_info("x", [5])],
                                [value_info("y", [5])], [weight])
        status, _, body = self.server.ask("POST", "/api/v1/estimate", model)
        self.assertIn(status, (200, 422), body)

    def test_bad_escapes_and_bad_utf8(self):
        for query in ("model=%", "model=%zz", "model=%ff", "model=%00", "model=%0d%0aX: y", "%",
                      "model=%ed%a0%80"):
            self.assert_error(self.server.raw(request("GET /api/v1/estimate?" +
                                                      query.replace(" ", "+"))), 400, "usage")
        head = request("POST /api/v1/models", "Content-Length: 1", "X-Model-Name: %ff")
        self.assert_error(self.server.raw(head, b"x"), 400, "usage", "X-Model-Name")
        self.assert_error(self.server.raw(b"GET /\xff\xfe HTTP/1.1\r\nHost: localhost\r\n"
                                          b"Connection: close\r\n\r\n"), 404, "not_found")

    def test_wrong_methods(self):
        for method in ("PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "CONNECT", "BREW"):
            answer = self.server.raw(request(method + " /api/v1/estimate"))
            self.assert_error(answer, 405, "usage")
            self.assertIn(b"\r\nAllow: GET, POST\r\n", answer)
        self.assert_error(self.server.ask("POST", "/healthz", b"x" * 100_000), 405, "usage")

    def test_heads_that_are_too_large_or_none(self):
        self.assert_error(self.server.raw(request("GET /" + "a" * 20_000)), 431, "too_large")
        self.assert_error(self.server.raw(request("GET /healthz", "X: " + "a" * 20_000)), 431,
                          "too_large")
        many = [f"X-{i}: y" for i in range(200_000)]
        self.assert_error(self.server.raw(request("GET /healthz", *many)), 431, "too_large")
        for data in (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\r\n\r\n", b"GET\r\n\r\n",
                     b"GET / HTTP/3.0\r\n\r\n", b"\0" * 100 + b"\r\n\r\n", os.urandom(1000),
                     b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n"
                     b"Transfer-Encoding: chunked\r\n\r\n",
                     b"GET / HTTP/1.1\r\nHost: a\r\n folded\r\n\r\n"):
            answer = self.server.raw(data + b"\r\n\r\n")
            self.assertRegex(answer[:20], rb"^HTTP/1\.1 4\d\d ", data[:40])
        self.assert_alive()

    def test_pipelined_requests(self):
        head = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"
        answer = self.server.raw(head * 99 + request("GET /healthz"))
        self.assertEqual(100, answer.count(b'{"status": "ok"}'))
        # The body of a request that takes none is not taken for the next request.
        smuggled = self.server.raw(
            b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nContent-Length: 60\r\n\r\n" +
            request("GET /metrics"))
        self.assertEqual(1, smuggled.count(b"HTTP/1.1 "))

    def test_names_are_only_text(self):
        name = "<script>alert(1)</script><img src=x onerror=alert(2)>\u202e\n"
        model = onnx_file.model([node("Relu", ["x"], ["y"], name)], [value_info("x", [5])],
                                [value_info("y", [5])])
        status, headers, body = self.server.ask("POST", "/api/v1/estimate", model)
        self.assertEqual(200, status)
        self.assertEqual("application/json", headers["Content-Type"])
        self.assertEqual(name, json.loads(body)["layers"][0]["name"])
        self.assert_error(self.server.ask("GET", "/api/v1/estimate?model=" + "%3Cscript%3E"), 400,
                          "usage", "<script>")

    def test_other_sites_and_hosts(self):
        for host in ("evil.example", "localhost.evil.example", ""):
            self.assert_error(self.server.raw(request("GET /healthz", host=host)), 403,
                              "permission")
        self.assert_error(self.server.ask("GET", "/healthz", headers={
            "Origin": "http://evil.example"}), 403, "permission")
        self.assert_error(self.server.raw(b"GET /healthz HTTP/1.0\r\n\r\n"), 400, "usage")

    def test_huge_networks_end(self):
        """More nodes than any export has, in a few bytes each."""
        nodes = field(1, field(1, "x") + field(2, "x") + field(4, "Relu")) * 300_000
        model = field(7, nodes)
        self.assert_error(self.server.ask("POST", "/api/v1/models", model), 422, "input", "nodes")

    def test_sizes_that_overflow(self):
        for shape in ("input%3D1x3x9999999999x9999999999", "input%3D-1x3x2x2", "input%3D0x0",
                      "batch%3D9223372036854775807"):
            status, _, body = self.server.ask("GET", f"/api/v1/estimate?model=vgg11&shape={shape}")
            self.assertIn(status, (400, 422), body)
        self.assert_alive()


class SlowClients(ServerCase):
    def test_many_of_them_delay_nobody(self):
        """64 that drip a head, say nothing, or send half a body; others are answered."""
        clients = [self.server.connect() for _ in range(64)]
        self.addCleanup(lambda: [client.close() for client in clients])
        for number, client in enumerate(clients):
            kind = number % 3
            if kind == 1:
                client.sendall(b"GET /healthz HTTP/1.1\r\nHost: loc")
            if kind == 2:
                client.sendall(request("POST /api/v1/models", "Content-Length: 100000") + b"\x08")
        for _ in range(20):
            self.assertEqual(200, self.server.ask("GET", "/api/v1/estimate?model=alexnet")[0])
        # Those that were slow are still served.
        clients[1].sendall(b"alhost\r\nConnection: close\r\n\r\n")
        self.assertIn(b"200 OK", receive_all(clients[1]))

    def test_more_connections_than_there_is_room_for(self):
        clients = []
        self.addCleanup(lambda: [client.close() for client in clients])
        for _ in range(700):
            clients.append(self.server.connect())
            clients[-1].sendall(b"GET ")
        self.assert_alive()


class Uploads(ServerCase):
    @unittest.skipIf(IS_SLOW_BUILD, "built with sanitizers: memory means nothing")
    def test_weights_are_not_kept(self):
        head, size, tail = big_model(100)
        before = self.server.memory_bytes()
        with self.server.connect() as client:
            client.sendall(request("POST /api/v1/estimate", "X-Model-Name: big.onnx",
                                   f"Content-Length: {len(head) + size + len(tail)}"))
            client.sendall(head)
            piece = bytes(1 << 20)
            for _ in range(size // len(piece)):
                client.sendall(piece)
            client.sendall(tail)
            answer = receive_all(client)
        self.assertIn(b"200 OK", answer[:20])
        estimate = json.loads(answer.partition(b"\r\n\r\n")[2])
        self.assertEqual(25 * 1024 * 1024, estimate["params"])  # of 4 bytes: 100 MB
        self.assertLess(self.server.memory_bytes() - before, 30e6)

    def test_many_are_remembered_and_more_forgotten(self):
        """100 models of 1 MB of names: the last are there, the first are not."""
        def big_names(number):
            nodes = [node("Relu", ["x"], [f"y{i}"], f"{number}." + "n" * 1000) for i in range(1000)]
            return onnx_file.model(nodes, [value_info("x", [5])], [value_info("y0", [5])])

        added = [self.json_of("POST", "/api/v1/models", big_names(number), status=201)["model"]
                 for number in range(100)]
        self.assert_error(self.server.ask("GET", f"/api/v1/layers?model={added[0]}"), 404,
                          "not_found")
        self.json_of("GET", f"/api/v1/layers?model={added[-1]}")

    def test_clients_that_go_away_leave_nothing(self):
        for _ in range(50):
            with self.server.connect() as client:
                client.sendall(request("POST /api/v1/models", "Content-Length: 10000000") +
                               field(1, 8) + varint(7 << 3 | 2) + varint(9_000_000) +
                               field(1, field(3, "n" * 1_000_000)))
        self.json_of("POST", "/api/v1/models", onnx_file.conv_net(), status=201)


class Token(ServerCase):
    TOKEN = "correct-horse-battery-staple"

    @classmethod
    def setUpClass(cls):
        path = f"/tmp/joulecast-token-{os.getpid()}"
        with open(os.open(path, os.O_CREAT | os.O_WRONLY, 0o600), "w", encoding="ascii") as file:
            file.write(cls.TOKEN + "\n")
        cls.addClassCleanup(os.unlink, path)
        cls.options = ("--listen", "0.0.0.0", "--token-file", path)
        super().setUpClass()

    def test_the_api_asks_for_it(self):
        answer = self.server.ask("GET", "/api/v1/zoo")
        self.assert_error(answer, 401, "permission")
        self.assertIn("Bearer", answer[1]["WWW-Authenticate"])
        for token in ("Bearer wrong", "Bearer " + self.TOKEN + "x", "Basic " + self.TOKEN):
            self.assert_error(self.server.ask("POST", "/api/v1/models", b"x",
                                              {"Authorization": token}), 401, "permission")
        password = base64.b64encode(f"anyone:{self.TOKEN}".encode()).decode()
        for given in ("Bearer " + self.TOKEN, "Basic " + password):
            self.json_of("GET", "/api/v1/zoo", headers={"Authorization": given})

    def test_browsers_ask_for_it(self):
        status, headers, _ = self.server.ask("GET", "/")
        self.assertEqual(401, status)
        self.assertIn("Basic", headers["WWW-Authenticate"])

    def test_any_name_of_the_machine_will_do(self):
        self.assertIn(b"200 OK", self.server.raw(request("GET /healthz", host="energy.example")))


class Running(TestCase):
    """Starting and ending."""

    @classmethod
    def setUpClass(cls):
        require_server()

    def test_signals_end_it_well(self):
        for number in (signal.SIGTERM, signal.SIGINT):
            self.assertEqual((0, ""), Server().stop(number))

    def test_what_is_at_work_is_answered_first(self):
        server = Server()
        with server.connect() as client:
            client.sendall(request("GET /api/v1/estimate?model=maxvit_t"))
            time.sleep(0.002)  # whether it ends at work or before: an answer or a clean end
            self.assertEqual((0, ""), server.stop())
            answer = receive_all(client)
        if answer:
            self.assertIn(b"200 OK", answer[:20])
            json.loads(answer.partition(b"\r\n\r\n")[2])

    def test_slow_clients_do_not_hold_it(self):
        server = Server()
        with server.connect() as idle, server.connect() as dripping:
            dripping.sendall(b"GET /healthz HT")
            started = time.monotonic()
            self.assertEqual((0, ""), server.stop())
            self.assertLess(time.monotonic() - started, 5)
            self.assertEqual(b"", receive_all(idle))

    def test_a_port_in_use(self):
        server = Server()
        self.addCleanup(server.stop)
        self.assert_refused(run("serve", "--port", str(server.port)), {4}, "in use",
                            "another --port")

    def test_a_port_of_root(self):
        first = int(pathlib.Path("/proc/sys/net/ipv4/ip_unprivileged_port_start").read_text())
        if os.geteuid() == 0 or first <= 1:
            self.skipTest("this user may have any port")
        self.assert_refused(run("serve", "--port", "1"), {4}, "Permission denied")

    def test_bad_options(self):
        short = self.write("short", "too-short")
        blank = self.write("blank", "two words of a token")
        for options, codes, said in (
                (("--listen", "0.0.0.0"), {2}, "--token-file"),
                (("--listen", "example.com"), {2}, "IP address"),
                (("--listen", "192.0.2.1", "--token-file", short), {3}, "at least 16"),
                (("--token-file", blank), {3}, "one word"),
                (("--token-file", "missing"), {3}, "missing"),
                (("--port", "70000"), {2}, "port"), (("--port", "x"), {2}, "port")):
            with self.subTest(options):
                self.assert_refused(run("serve", *options), codes, said)

    def test_the_log_is_asked_for(self):
        server = Server("--access-log")
        server.ask("GET", "/api/v1/zoo?x=%0a")
        code, errors = server.stop()
        self.assertEqual(0, code)
        self.assertRegex(errors, r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ 127\.0\.0\.1 GET "
                                 r"/api/v1/zoo\?x=%0a 400 \d+ bytes [0-9.]+ ms\n$")

    def test_devices_of_the_users_own(self):
        self.write("broken.json", "{}")
        server = Server(env={"JOULECAST_PROFILES": str(self.folder)})
        self.assertEqual(200, server.ask("GET", "/api/v1/devices")[0])
        code, errors = server.stop()
        self.assertEqual(0, code)
        self.assertIn("broken.json", errors)

    def test_requests_at_once(self):
        """What 16 clients ask at once is answered as what one asks."""
        server = Server()
        self.addCleanup(server.stop)
        answers = []

        def ask(number):
            answers.append(server.ask("GET", f"/api/v1/estimate?model=alexnet&batch={number % 4 + 1}"))

        threads = [threading.Thread(target=ask, args=(number,)) for number in range(16)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual([200] * 16, [status for status, _, _ in answers])
        self.assertEqual(4, len({body for _, _, body in answers}))
