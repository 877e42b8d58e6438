"""Executes a notebook with nbclient, then prints what a cell of it reads: path -> SHA-256 of the bytes, as JSON."""

import json
import sys

import nbformat
from nbclient import NotebookClient

DIGESTS = """
import hashlib, json, os, pathlib
root = pathlib.Path(os.environ["PFS_MOUNT_DIR"])
print(json.dumps({{path: hashlib.sha256((root / path).read_bytes()).hexdigest() for path in {paths!r}}}))
"""


def main(notebook_path: str, *paths: str) -> None:
    notebook = nbformat.read(notebook_path, as_version=4)
    notebook.cells.append(nbformat.v4.new_code_cell(DIGESTS.format(paths=list(paths))))
    NotebookClient(notebook, timeout=60, kernel_name="python3").execute()
    print(json.dumps(json.loads(notebook.cells[-1].outputs[0].text)))


main(*sys.argv[1:])
