"""Tries what another user of the machine must not do: arguments uid, mount directory, socket, port; prints one JSON object of outcomes."""
import encodings.idna, http.client, json, os, socket, sys  # all of it now: another user may not be able to read the library of this Python

uid, mount, socket_path, port = int(sys.argv[1]), sys.argv[2], sys.argv[3], int(sys.argv[4])
os.setgroups([])
os.setgid(uid)
os.setuid(uid)


def write(path, mode='w'):
    with open(mount + path, mode) as file:
        file.write('evil')


def read(path):
    with open(mount + path) as file:
        return file.read()


class UnixConnection(http.client.HTTPConnection):
    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.connect(socket_path)


def call(connection, method, path, body=None):
    connection.request(method, path, None if body is None else json.dumps(body), {'Content-Type': 'application/json'})
    answer = connection.getresponse()
    answer.read()
    if answer.status in (401, 403):
        raise PermissionError(answer.status, 'refused')
    return answer.status


def port_call(method, path, body=None):
    return call(http.client.HTTPConnection('127.0.0.1', port, timeout=20), method, path, body)


def socket_call(method, path, body=None):
    return call(UnixConnection('localhost', timeout=20), method, path, body)


mine = {'mounts': [{'name': 'evil', 'repo': 'secrets', 'mode': 'rw'}]}
attempts = {
    'read 0600': lambda: read('/secret'), 'read in 0700': lambda: read('/private/key'), 'list 0700': lambda: os.listdir(mount + '/private'),
    'create': lambda: write('/new'), 'create in a directory': lambda: write('/open/new'), 'overwrite 0600': lambda: write('/secret'), 'overwrite 0644': lambda: write('/public', 'r+'),
    'append': lambda: write('/public', 'a'), 'truncate': lambda: os.truncate(mount + '/public', 0), 'mkdir': lambda: os.mkdir(mount + '/evil'), 'symlink': lambda: os.symlink('/etc/shadow', mount + '/link'),
    'utime': lambda: os.utime(mount + '/public', (1, 1)), 'chmod': lambda: os.chmod(mount + '/secret', 0o777), 'chown': lambda: os.chown(mount + '/secret', os.getuid(), os.getgid()),
    'rename': lambda: os.rename(mount + '/private', mount + '/stolen'), 'rename onto': lambda: os.rename(mount + '/public', mount + '/secret'),
    'rmdir': lambda: os.rmdir(mount + '/empty'), 'delete': lambda: os.unlink(mount + '/public'), 'delete in a directory': lambda: os.unlink(mount + '/open/file'),
    'GET /config on the port': lambda: port_call('GET', '/config'), 'GET /mounts on the port': lambda: port_call('GET', '/mounts'), 'GET /files on the port': lambda: port_call('GET', '/files/'),
    'PUT /_mount on the port': lambda: port_call('PUT', '/_mount', mine), 'PUT /_unmount_all on the port': lambda: port_call('PUT', '/_unmount_all'),
    'GET /mounts on the socket': lambda: socket_call('GET', '/mounts'), 'PUT /_mount on the socket': lambda: socket_call('PUT', '/_mount', mine),
}
outcomes = {}
for name, attempt in attempts.items():
    try:
        attempt()
        outcomes[name] = 'done'
    except OSError as error:
        outcomes[name] = type(error).__name__
print(json.dumps(outcomes))
