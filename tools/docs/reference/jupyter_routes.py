"""Prints what the server extension answers by itself, as JSON."""

import json
import re

from jupyter_server.base.handlers import path_regex
from jupyterlab_pachyderm.proxy import ForwardHandler
from jupyterlab_pachyderm.routes import PREFIX, routes

METHODS = ("get", "head", "post", "put", "patch", "delete")

own = []
for pattern, handler, _ in routes(None, None, None, None):
    if issubclass(handler, ForwardHandler):
        continue
    path = pattern.removeprefix(PREFIX).replace(path_regex, "/PATH").replace("(files/.+)", "files/MOUNT/PATH").replace("(.+)", "PATH")
    methods = [name.upper() for name in METHODS if name in vars(handler)]
    own.append({"path": re.sub(r"\(\?:(.*?)\)", r"\1", path), "methods": methods, "text": (handler.__doc__ or "").split("\n\n")[0]})
print(json.dumps(own))
