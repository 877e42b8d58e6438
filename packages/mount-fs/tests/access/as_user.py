"""Tries operations below a directory as another user: `as_user.py DIRECTORY UID GID CODE`, where CODE is a list of Python functions by name. Prints what each came to as JSON."""
import errno, json, os, stat, sys

at, uid, gid, code = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4]
os.umask(0o022)
# Before the change of users: the directories that lead there may be closed to others.
os.chdir(at)
os.setgroups([])
os.setgid(gid)
os.setuid(uid)


def write(path, mode='w'):
    with open(path, mode) as file:
        file.write('evil')


def read(path):
    with open(path) as file:
        return file.read()


def opens(path, flags):
    try:
        os.close(os.open(path, flags))
        return True
    except PermissionError:
        return False


def outcome(attempt):
    try:
        value = attempt()
        return 'ok' if value is None else value
    except OSError as error:
        return errno.errorcode[error.errno]


print(json.dumps({name: outcome(attempt) for name, attempt in eval(code).items()}))
