#!/usr/bin/env python3
"""A mount-server for fault cases: what it answers stands in a JSON file that the test writes.

{"GET /repos": {"status": 500, "body": "text", "delay_seconds": 1, "exit": 3}}; anything else is echoed.
"""

import argparse
import json
import os
import socketserver
import sys
import time
from http.server import BaseHTTPRequestHandler
from pathlib import Path

parser = argparse.ArgumentParser()
parser.add_argument("--sock-path")
parser.add_argument("--mount-dir")
parser.add_argument("--log-file")
parser.add_argument("--no-fuse", action="store_true")
parser.add_argument("--allow-other")
parser.add_argument("--token-file")
options = parser.parse_args()
script = Path(os.environ["FAKE_MOUNT_SERVER_SCRIPT"])


class Handler(BaseHTTPRequestHandler):
    def answer(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length).decode()
        planned = json.loads(script.read_text()) if script.exists() else {}
        plan = planned.get(f"{self.command} {self.path.partition('?')[0]}")
        if plan is None:
            plan = {"body": json.dumps({"method": self.command, "path": self.path, "body": body, "argv": sys.argv[1:]})}
        if "exit" in plan:
            print(plan.get("last_words", ""), flush=True)
            os._exit(plan["exit"])
        time.sleep(plan.get("delay_seconds", 0))
        payload = plan.get("body", "").encode()
        self.send_response(plan.get("status", 200))
        self.send_header("Content-Type", plan.get("content_type", "text/plain"))
        self.send_header("Content-Length", str(len(payload)))
        self.end_headers()
        self.wfile.write(payload)

    do_GET = do_PUT = do_POST = answer

    def address_string(self) -> str:
        return "socket"

    def log_message(self, *_args: object) -> None:
        pass


class Server(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    daemon_threads = True


Path(options.sock_path).unlink(missing_ok=True)
print(f"mount dir {options.mount_dir}", flush=True)
Server(options.sock_path, Handler).serve_forever()
