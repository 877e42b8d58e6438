"""Reads files of a mount as it is told and compares each byte with a plain copy of them.

Standard input: one JSON object a line, {"lanes": [[operation, ...], ...]}; lanes run at the same time. Standard output: one
JSON object for each, {"operations": n, "wrong": [...], "errors": {errno name: how often}}.
"""
import errno
import json
import mmap
import os
import sys
import threading

plain_root, *mounts = sys.argv[1:]


class Lane(threading.Thread):
    """One program: its operations in order, with its own open files."""

    def __init__(self, operations):
        super().__init__()
        self.operations, self.handles, self.wrong, self.errors, self.done = operations, {}, [], {}, 0

    def run(self):
        for operation in self.operations:
            try:
                self.carry_out(operation)
            except OSError as error:
                name = errno.errorcode.get(error.errno, str(error.errno))
                self.errors[name] = self.errors.get(name, 0) + 1
                self.close(operation["handle"])
            self.done += 1
        for handle in list(self.handles):
            self.close(handle)

    def carry_out(self, operation):
        kind, handle = operation["kind"], operation["handle"]
        path = operation["path"]
        if kind == "close":
            self.close(handle)
            return
        if handle not in self.handles:
            fd = os.open(mounts[operation["mount"] % len(mounts)] + path, os.O_RDONLY)
            self.handles[handle] = (fd, path)
        fd, path = self.handles[handle]
        with open(plain_root + path, "rb") as plain:
            size = os.fstat(plain.fileno()).st_size
            offset = int(operation["where"] * (size + 1))
            length = operation["length"]
            plain.seek(offset)
            right = plain.read(length)
        if operation["forget"]:
            # The kernel lets go of its pages, so that the file system is asked again.
            os.posix_fadvise(fd, 0, 0, os.POSIX_FADV_DONTNEED)
        if kind == "size":
            read, right = os.fstat(fd).st_size, size
        elif kind == "seek":
            os.lseek(fd, offset, os.SEEK_SET)
            read = b""
            while len(read) < length and (piece := os.read(fd, length - len(read))):
                read += piece
        elif kind == "mmap" and size > 0:
            with mmap.mmap(fd, 0, prot=mmap.PROT_READ) as mapped:
                read = mapped[offset : offset + length]
        else:
            read = os.pread(fd, length, offset)
        if read != right:
            self.wrong.append(f"{kind} of {length} bytes at {offset} of {path} ({size} bytes)")

    def close(self, handle):
        if handle in self.handles:
            os.close(self.handles.pop(handle)[0])


for line in sys.stdin:
    lanes = [Lane(operations) for operations in json.loads(line)["lanes"]]
    for lane in lanes:
        lane.start()
    for lane in lanes:
        lane.join()
    errors = {}
    for lane in lanes:
        for name, count in lane.errors.items():
            errors[name] = errors.get(name, 0) + count
    answer = {"operations": sum(lane.done for lane in lanes), "wrong": [text for lane in lanes for text in lane.wrong], "errors": errors}
    print(json.dumps(answer), flush=True)
