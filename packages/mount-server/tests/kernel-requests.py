"""Random file operations below a writable mount, with sizes, offsets and names at their limits; prints what was done and what did not fit."""

import ctypes
import errno
import mmap
import os
import random
import resource
import signal
import sys

folder, seed, rounds = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
choice = random.Random(seed)
resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 42, 1 << 42))
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
libc = ctypes.CDLL(None, use_errno=True)
SIZES = [0, 1, 2, 511, 4095, 4096, 4097, 65535, 65536, 131071, 131072, 131073, 1 << 20, (1 << 20) + 1]
OFFSETS = [0, 1, 4095, 4096, 4097, 131071, 131072, 131073, 1 << 20, 3 << 20]
FAR = [(1 << 31) - 1, 1 << 31, (1 << 32) + 5, 1 << 40, 1 << 62]
NAMES = [b"a", b"b", b"c", b" ", b"\x01", b"\x7f", b"-", b"..a", b"\xc3\xa9", b"\xff", b"\xed\xa0\x80", b"x" * 255, b"y" * 256, b"\xc3\xa9" * 127, b"a\nb", b"\x1b[31m"]
whole: dict[bytes, bytearray] = {}
problems: list[str] = []
done = 0


def path(name: bytes) -> bytes:
    return os.fsencode(folder) + b"/" + name


def written(name: bytes) -> None:
    size, offset = choice.choice(SIZES), choice.choice(OFFSETS)
    data = choice.randbytes(size)
    descriptor = os.open(path(name), os.O_CREAT | os.O_RDWR, 0o644)
    try:
        count = os.pwrite(descriptor, data, offset)
    finally:
        os.close(descriptor)
    content = whole.setdefault(name, bytearray())
    if count and len(content) < offset:
        content.extend(bytes(offset - len(content)))
    content[offset : offset + count] = data[:count]


def compared(name: bytes) -> None:
    size, offset = choice.choice(SIZES), choice.choice(OFFSETS + FAR)
    descriptor = os.open(path(name), os.O_RDONLY)
    try:
        got = os.pread(descriptor, size, offset)
        if choice.random() < 0.3 and os.fstat(descriptor).st_size:
            with mmap.mmap(descriptor, 0, prot=mmap.PROT_READ) as mapped:
                if mapped[:] != bytes(whole[name]):
                    problems.append(f"{name!r} mapped differs")
    finally:
        os.close(descriptor)
    if got != bytes(whole[name][offset : offset + size]):
        problems.append(f"{name!r} at {offset}+{size} differs")


def truncated(name: bytes) -> None:
    size = choice.choice(OFFSETS)
    os.truncate(path(name), size)
    content = whole[name]
    del content[size:]
    content.extend(bytes(size - len(content)))


def odd(name: bytes) -> None:
    """What may fail, and must do no harm."""
    target = path(name)
    choice.choice(
        [
            lambda: os.listxattr(target),
            lambda: os.getxattr(target, b"user." + b"x" * choice.choice([1, 200, 250])),
            lambda: os.setxattr(target, b"user.a", choice.randbytes(choice.choice([0, 1, 4096, 65536]))),
            lambda: os.readlink(target),
            lambda: os.statvfs(target),
            lambda: os.utime(target, ns=(choice.choice([0, 1, -(1 << 40), 1 << 60]), choice.choice([0, 1 << 60]))),
            lambda: os.listdir(target),
            lambda: os.stat(target + b"/" + b"z" * choice.choice([1, 255, 256, 4000])),
            lambda: os.mkfifo(target + b"-fifo"),
            lambda: libc.fallocate(os.open(target, os.O_RDWR), choice.choice([0, 1, 3]), *(ctypes.c_longlong(choice.choice(OFFSETS + FAR)) for _ in range(2))) and 0,
            lambda: os.pread(os.open(target, os.O_RDONLY), 10, choice.choice(FAR)),
        ]
    )()


for _ in range(rounds):
    name = choice.choice(NAMES)
    action = choice.choice([written, written, compared, compared, truncated, odd])
    if action in (compared, truncated) and name not in whole:
        continue
    try:
        action(name)
    except OSError as error:
        if action is compared or (action is truncated and error.errno != errno.EFBIG):
            problems.append(f"{action.__name__} {name!r}: {error}")
        if action is written and name in whole:
            problems.append(f"written {name!r}: {error}")
    done += 1
    if done % 50 == 0:
        os.closerange(3, 200)
print(f"{done} operations on {len(whole)} files")
for problem in problems[:20]:
    print(problem)
