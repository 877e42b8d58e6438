"""Writes below a directory without end, and says before and after each change what it is."""
import hashlib, json, os, random, sys

root, seed, known = sys.argv[1], int(sys.argv[2]), json.loads(sys.stdin.readline())
rand = random.Random(seed)
files = dict.fromkeys(known)
number = 0


def say(what, **details):
    sys.stdout.write(json.dumps({'what': what, **details}) + '\n')
    sys.stdout.flush()


def digest(path):
    with open(root + path, 'rb') as file:
        return hashlib.sha256(file.read()).hexdigest()


def write(path, flags, content, sync):
    fd = os.open(root + path, flags, 0o644)
    try:
        for at in range(0, len(content), 65536):
            os.write(fd, content[at:at + 65536])
        if sync:
            os.fsync(fd)
    finally:
        os.close(fd)


say('ready')
while True:
    number += 1
    kind = rand.random()
    some = rand.choice(list(files)) if files else None
    size = rand.choice([0, 10, 1000, 5000, 5000, 300_000])
    content = rand.randbytes(size)
    if some is None or kind < 0.5:
        path = f'/d{rand.randrange(5)}/f{seed}-{number}'
        say('begin', paths=[path])
        os.makedirs(os.path.dirname(root + path), exist_ok=True)
        write(path, os.O_WRONLY | os.O_CREAT, content, rand.random() < 0.2)
        say('ack', path=path, sha=hashlib.sha256(content).hexdigest())
        files[path] = None
    elif kind < 0.65:
        say('begin', paths=[some])
        write(some, os.O_WRONLY | os.O_TRUNC, content, False)
        say('ack', path=some, sha=hashlib.sha256(content).hexdigest())
    elif kind < 0.75:
        with open(root + some, 'rb') as file:
            before = file.read()
        say('begin', paths=[some])
        write(some, os.O_WRONLY | os.O_APPEND, content, False)
        say('ack', path=some, sha=hashlib.sha256(before + content).hexdigest())
    elif kind < 0.85:
        path = f'/d{rand.randrange(5)}/r{seed}-{number}'
        os.makedirs(os.path.dirname(root + path), exist_ok=True)
        sha = digest(some)
        say('begin', paths=[some, path])
        os.rename(root + some, root + path)
        say('ack', path=some, sha=None)
        say('ack', path=path, sha=sha)
        del files[some]
        files[path] = None
    elif kind < 0.93:
        temporary = some + '.tmp'
        say('begin', paths=[some, temporary])
        write(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, content, False)
        os.rename(root + temporary, root + some)
        say('ack', path=temporary, sha=None)
        say('ack', path=some, sha=hashlib.sha256(content).hexdigest())
    else:
        say('begin', paths=[some])
        os.unlink(root + some)
        say('ack', path=some, sha=None)
        del files[some]
