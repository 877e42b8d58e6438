"""Does file operations on a mount and on a plain directory, and says where the two are not the same."""
import hashlib, json, mmap, os, shutil, stat, sys

mount, plain = sys.argv[1:3]
held = [None, None, None]


def data(seed, size):
    block = hashlib.sha256(str(seed).encode()).digest()
    return (block * (size // 32 + 1))[:size]


def regular(path):
    return stat.S_ISREG(os.lstat(path).st_mode)


def spill(path, flags, work):
    fd = os.open(path, flags, 0o644)
    try:
        return work(fd)
    finally:
        os.close(fd)


def map_write(path, at, content):
    fd = os.open(path, os.O_RDWR)
    try:
        if os.fstat(fd).st_size < at + len(content):
            return 'short'
        with mmap.mmap(fd, 0) as mapped:
            mapped[at:at + len(content)] = content
            mapped.flush()
    finally:
        os.close(fd)


def copy(source, target):
    with open(source, 'rb') as a, open(target, 'wb') as b:
        shutil.copyfileobj(a, b)


def link(source, target, is_mount):
    if not regular(source):
        return 'not regular'
    if is_mount:
        try:
            os.link(source, target)
            return
        except PermissionError:
            pass  # then it is copied, as git does
    mode = os.lstat(source).st_mode & 0o777
    os.lstat(os.path.dirname(target) + '/.')
    spill(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY, lambda fd: None)
    copy(source, target)
    os.chmod(target, mode)


def save(path, content):
    spill(path + '~', os.O_CREAT | os.O_TRUNC | os.O_WRONLY, lambda fd: (os.write(fd, content), os.fsync(fd)))
    try:
        os.rename(path + '~', path)
    except OSError:
        os.unlink(path + '~')
        raise


def set_times(path, seconds):
    os.utime(path, (seconds, seconds), follow_symlinks=True)
    return os.stat(path).st_mtime


def forget_pages(path):
    return spill(path, os.O_RDONLY, lambda fd: os.posix_fadvise(fd, 0, 0, os.POSIX_FADV_DONTNEED))


def append_many(path, seed):
    fds = [os.open(path, os.O_CREAT | os.O_APPEND | os.O_WRONLY, 0o644) for _ in range(3)]
    try:
        for number, fd in enumerate(fds * 2):
            os.write(fd, data(seed + number, 50))
    finally:
        for fd in fds:
            os.close(fd)


operations = {
    'write': lambda p, o: spill(p, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, lambda fd: os.write(fd, data(o['seed'], o['size']))),
    'create': lambda p, o: spill(p, os.O_CREAT | os.O_EXCL | os.O_WRONLY, lambda fd: os.write(fd, data(o['seed'], o['size']))),
    'overwrite': lambda p, o: spill(p, os.O_WRONLY, lambda fd: os.pwrite(fd, data(o['seed'], o['size']), o['at'])),
    'readwrite': lambda p, o: spill(p, os.O_RDWR, lambda fd: (os.pwrite(fd, data(o['seed'], 100), o['at']), os.pread(fd, 300, max(0, o['at'] - 100)).hex())),
    'append': lambda p, o: spill(p, os.O_CREAT | os.O_APPEND | os.O_WRONLY, lambda fd: os.write(fd, data(o['seed'], o['size']))),
    'appendmany': lambda p, o: append_many(p, o['seed']),
    'touch': lambda p, o: spill(p, os.O_CREAT | os.O_WRONLY, lambda fd: None),
    'truncate': lambda p, o: os.truncate(p, o['at']),
    'empty': lambda p, o: os.truncate(p, 0),
    'fsync': lambda p, o: spill(p, os.O_WRONLY, lambda fd: os.fsync(fd)),
    'map': lambda p, o: map_write(p, o['at'], data(o['seed'], 64)),
    'chmod': lambda p, o: os.chmod(p, 0o600 | o['seed'] % 64),
    'utime': lambda p, o: set_times(p, 1_000_000_000 + o['seed']),
    'forget': lambda p, o: forget_pages(p),
    'unlink': lambda p, o: os.unlink(p),
    'mkdir': lambda p, o: os.mkdir(p, 0o755),
    'rmdir': lambda p, o: os.rmdir(p),
    'rmtree': lambda p, o: shutil.rmtree(p) if os.path.isdir(p) and not os.path.islink(p) else os.unlink(p),
    'symlink': lambda p, o: os.symlink(o['to'], p),
    'readlink': lambda p, o: os.readlink(p),
    'save': lambda p, o: save(p, data(o['seed'], o['size'])),
    'stat': lambda p, o: [os.stat(p).st_mode, os.stat(p).st_size if os.path.isfile(p) else 0],
    'list': lambda p, o: sorted(os.listdir(p)),
    'access': lambda p, o: os.access(p, os.R_OK),
}
on_two = {
    'rename': lambda p, q, is_mount: os.rename(p, q),
    'copy': lambda p, q, is_mount: copy(p, q) if not os.path.exists(q) or not os.path.samefile(p, q) else 'same',
    'link': link,
}


def use_held(kind, slot, o):
    fd = held[slot]['fds']
    results = []
    for one in fd:
        if kind == 'heldwrite':
            results.append(attempt(lambda: os.pwrite(one, data(o['seed'], o['size']), o['at'])))
        elif kind == 'heldread':
            results.append(attempt(lambda: hashlib.sha256(os.pread(one, 400_000, 0)).hexdigest()))
        elif kind == 'heldtruncate':
            results.append(attempt(lambda: os.ftruncate(one, o['at'])))
        elif kind == 'heldsync':
            results.append(attempt(lambda: os.fsync(one)))
        elif kind == 'heldstat':
            results.append(attempt(lambda: os.fstat(one).st_size))
    return results


def attempt(work):
    try:
        result = work()
        return list(result) if isinstance(result, tuple) else result
    except OSError as error:
        return os.strerror(error.errno)


def let_go(slot):
    if held[slot]:
        for fd in held[slot]['fds']:
            os.close(fd)
        held[slot] = None


# These do not follow a link at the end of a path.
on_links = ('symlink', 'readlink', 'unlink', 'rmtree', 'rename')


def leads_out(o):
    """Whether links take an operation out of its directory, where the twins stand in different surroundings."""
    inside = os.path.realpath(plain)
    for path in [o['path'], o['other']] if o['kind'] in on_two else [o['path']]:
        start = plain + (os.path.dirname(path) if o['kind'] in on_links else path)
        real = os.path.realpath(start)
        if real != inside and not real.startswith(inside + '/'):
            return True
    return False


def do(o):
    kind = o['kind']
    if leads_out(o):
        return None, None
    if kind in ('rmdir', 'rmtree', 'rename'):
        # Of open files that are deleted, FUSE of this age keeps a hidden name in the directory.
        for slot in range(3):
            let_go(slot)
    if kind == 'hold':
        slot = o['seed'] % 3
        let_go(slot)
        flags = os.O_RDWR if o['seed'] % 2 else os.O_RDWR | os.O_CREAT
        fds = [attempt(lambda: os.open(root + o['path'], flags, 0o644)) for root in (mount, plain)]
        if all(isinstance(fd, int) for fd in fds):
            held[slot] = {'fds': fds}
            return None, None
        for fd in fds:
            if isinstance(fd, int):
                os.close(fd)
        return ['open' if isinstance(fd, int) else fd for fd in fds]
    if kind == 'letgo':
        let_go(o['seed'] % 3)
        return None, None
    if kind.startswith('held'):
        return use_held(kind, o['seed'] % 3, o) if held[o['seed'] % 3] else (None, None)
    if kind in on_two:
        return [attempt(lambda: on_two[kind](root + o['path'], root + o['other'], root == mount)) for root in (mount, plain)]
    return [attempt(lambda: operations[kind](root + o['path'], o)) for root in (mount, plain)]


def tree(root):
    found = {}
    todo = ['']
    while todo:
        at = todo.pop()
        with os.scandir(root + at) as entries:
            for entry in entries:
                path = at + '/' + entry.name
                info = entry.stat(follow_symlinks=False)
                if stat.S_ISDIR(info.st_mode):
                    found[path] = ('d', info.st_mode & 0o777)
                    todo.append(path)
                elif stat.S_ISLNK(info.st_mode):
                    found[path] = ('l', os.readlink(root + path))
                else:
                    with open(root + path, 'rb') as file:
                        content = file.read()
                    found[path] = ('f', info.st_mode & 0o777, info.st_size, hashlib.sha256(content).hexdigest())
    return found


def difference():
    one, other = tree(mount), tree(plain)
    return {path: [one.get(path), other.get(path)] for path in one.keys() | other.keys() if one.get(path) != other.get(path)}


def committed():
    """What a commit of the plain directory holds: files, and copies of the files that links in it lead to."""
    found = {}
    for path, what in tree(plain).items():
        target = plain + path
        if what[0] == 'l':
            hops = 0
            while os.path.islink(target) and hops < 40:
                to = os.readlink(target)
                target = os.path.normpath(os.path.join(os.path.dirname(target), to))
                hops += 1
            inside = target.startswith(plain + '/')
            steps = [os.path.join(plain, *target[len(plain) + 1:].split('/')[:n]) for n in range(1, target.count('/') - plain.count('/'))] if inside else []
            if not inside or any(os.path.islink(step) for step in steps) or not os.path.isfile(target) or os.path.islink(target):
                continue
        elif what[0] == 'd':
            continue
        with open(target, 'rb') as file:
            found[path] = file.read().hex()
    return found


def reset(files, path):
    """Brings back what a commit holds, at a path and below."""
    at = plain + path
    if path == '':
        for name in os.listdir(plain):
            victim = plain + '/' + name
            shutil.rmtree(victim) if os.path.isdir(victim) and not os.path.islink(victim) else os.unlink(victim)
    elif os.path.lexists(at):
        shutil.rmtree(at) if os.path.isdir(at) and not os.path.islink(at) else os.unlink(at)
    for name, content in files.items():
        if name == path or name.startswith(path + '/'):
            os.makedirs(os.path.dirname(plain + name), 0o755, exist_ok=True)
            with open(plain + name, 'wb') as file:
                file.write(bytes.fromhex(content))


def blocked(path):
    """Whether something that is no directory stands above a path."""
    parts = path.split('/')[1:-1]
    return any(os.path.lexists(p) and (os.path.islink(p) or not os.path.isdir(p)) for p in (plain + '/' + '/'.join(parts[:n]) for n in range(1, len(parts) + 1)))


os.umask(0o022)
for line in sys.stdin:
    request = json.loads(line)
    answer = {}
    if 'operations' in request:
        for number, operation in enumerate(request['operations']):
            one, other = do(operation)
            wrong = {'mount': one, 'plain': other} if one != other else difference()
            if wrong:
                answer = {'wrong': wrong, 'number': number, 'operation': operation}
                break
    elif 'letGo' in request:
        for slot in range(3):
            let_go(slot)
    elif 'committed' in request:
        answer = committed()
    elif 'blocked' in request:
        answer = {'blocked': blocked(request['blocked'])}
    elif 'reset' in request:
        reset(request['files'], request['reset'])
        answer = {'wrong': difference()} if request['compare'] and difference() else {}
    elif 'compare' in request:
        answer = {'wrong': difference()} if difference() else {}
    print(json.dumps(answer), flush=True)
