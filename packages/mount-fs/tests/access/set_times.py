"""Sets times in all ways: `set_times.py DIRECTORY NAME...`, and prints what was not as it should be."""
import ctypes, os, sys, time

NOW, OMIT = 'now', None
EARLY, LATE = -86400000000001, 1234567890123456789


class Time(ctypes.Structure):
    _fields_ = [('seconds', ctypes.c_long), ('nanoseconds', ctypes.c_long)]


def timespec(at):
    return Time(0, (1 << 30) - 2) if at is OMIT else Time(0, (1 << 30) - 1) if at is NOW else Time(*divmod(at, 10**9))


def set_times(name, accessed, modified):
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.utimensat(-100, name.encode(), (Time * 2)(timespec(accessed), timespec(modified)), 0x100) != 0:
        raise OSError(ctypes.get_errno(), 'utimensat', name)


def is_right(seen, wanted):
    return abs(seen - time.time_ns()) < 60 * 10**9 if wanted is NOW else seen == wanted


os.chdir(sys.argv[1])
for name in sys.argv[2:]:
    before = os.stat(name, follow_symlinks=False)
    expected = [before.st_atime_ns, before.st_mtime_ns]
    # 1073 ms are what fuse-native makes of "now" and of "leave it".
    for times in [(OMIT, LATE), (EARLY, OMIT), (OMIT, OMIT), (EARLY, LATE), (OMIT, 7000000001), (8000000002, OMIT), (1073000000, 1073000000), (NOW, 9), (OMIT, NOW), (1, NOW), (NOW, OMIT), (NOW, NOW), (-1, -1000000000), (0, 0), (LATE, EARLY)]:
        set_times(name, *times)
        expected = [old if new is OMIT else new for old, new in zip(expected, times)]
        after = os.stat(name, follow_symlinks=False)
        if not all(map(is_right, (after.st_atime_ns, after.st_mtime_ns), expected)):
            print(name, times, after.st_atime_ns, after.st_mtime_ns, 'instead of', expected)
