"""Names in bytes: `names_in_bytes.py DIRECTORY` tries every operation with names that are not UTF-8, and prints those that were not refused with EILSEQ."""
import ctypes, errno, os, sys

os.chdir(sys.argv[1])
bad = b'M\xfcller'
libc = ctypes.CDLL(None, use_errno=True)


def renameat2(source, target, flags):
    if libc.renameat2(-100, source, -100, target, flags) != 0:
        raise OSError(ctypes.get_errno(), 'renameat2')


attempts = {
    'stat': lambda: os.stat(bad), 'lstat': lambda: os.lstat(bad), 'open': lambda: os.open(bad, os.O_RDONLY), 'create': lambda: os.open(bad, os.O_CREAT | os.O_WRONLY), 'create anew': lambda: os.open(bad, os.O_CREAT | os.O_EXCL | os.O_WRONLY),
    'mkdir': lambda: os.mkdir(bad), 'mknod': lambda: os.mknod(bad), 'mkfifo': lambda: os.mkfifo(bad), 'unlink': lambda: os.unlink(bad), 'rmdir': lambda: os.rmdir(bad),
    'rename from': lambda: os.rename(bad, b'x'), 'rename to': lambda: os.rename(b'f', bad), 'replace': lambda: renameat2(b'f', bad, 1), 'link from': lambda: os.link(bad, b'x'), 'link to': lambda: os.link(b'f', bad),
    'symlink': lambda: os.symlink(b'f', bad), 'symlink to': lambda: os.symlink(bad, b'l'), 'readlink': lambda: os.readlink(bad), 'chmod': lambda: os.chmod(bad, 0o600), 'chown': lambda: os.chown(bad, 0, 0),
    'utime': lambda: os.utime(bad), 'truncate': lambda: os.truncate(bad, 0), 'access': lambda: os.access(bad, os.R_OK, effective_ids=True) or os.stat(bad), 'statvfs': lambda: os.statvfs(bad), 'list': lambda: os.listdir(bad), 'chdir': lambda: os.chdir(bad),
    'getxattr': lambda: os.getxattr(bad, b'user.x'), 'setxattr': lambda: os.setxattr(bad, b'user.x', b'1'), 'listxattr': lambda: os.listxattr(bad), 'removexattr': lambda: os.removexattr(bad, b'user.x'),
    'below': lambda: os.stat(bad + b'/f'), 'create below': lambda: os.open(b'd/' + bad, os.O_CREAT | os.O_WRONLY), 'cut off': lambda: os.stat(b'\xc3'), 'overlong': lambda: os.stat(b'\xc0\xaf'), 'surrogate': lambda: os.stat(b'\xed\xa0\x80'), 'above Unicode': lambda: os.stat(b'\xf5\x80\x80\x80'),
    'with a genuine one': lambda: os.stat('\ufffd'.encode() + b'\xff'),
}
for name, attempt in attempts.items():
    try:
        print(name, attempt())
    except OSError as error:
        if error.errno != errno.EILSEQ:
            print(name, errno.errorcode[error.errno])
