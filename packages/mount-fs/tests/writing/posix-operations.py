"""Each operation of the file system with what POSIX says it answers; prints what is different."""
import ctypes, errno, mmap, os, socket, stat, sys

os.chdir(sys.argv[1])
os.umask(0o022)
wrong = []


def expect(what, wanted, work):
    try:
        found = work()
    except OSError as error:
        found = errno.errorcode.get(error.errno, error.errno)
    if found != wanted:
        wrong.append(f'{what}: {found!r}, not {wanted!r}')


def touch(path, content=b''):
    with open(path, 'wb') as file:
        file.write(content)


def read(path):
    with open(path, 'rb') as file:
        return file.read()


def opened(path, flags, work=lambda fd: None, mode=0o644):
    fd = os.open(path, flags, mode)
    try:
        return work(fd)
    finally:
        os.close(fd)



def preallocate(fd):
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.fallocate(fd, 0, ctypes.c_long(0), ctypes.c_long(1000)) != 0:
        raise OSError(ctypes.get_errno(), 'fallocate')


# open
expect('O_CREAT|O_EXCL of a new name', None, lambda: opened('new', os.O_CREAT | os.O_EXCL | os.O_WRONLY))
expect('O_CREAT|O_EXCL of a name in use', 'EEXIST', lambda: opened('new', os.O_CREAT | os.O_EXCL | os.O_WRONLY))
expect('O_CREAT|O_EXCL of a committed name', 'EEXIST', lambda: opened('committed', os.O_CREAT | os.O_EXCL | os.O_WRONLY))
expect('open of a missing name', 'ENOENT', lambda: opened('missing', os.O_RDONLY))
expect('open in a missing directory', 'ENOENT', lambda: opened('missing/x', os.O_CREAT | os.O_WRONLY))
expect('open below a file', 'ENOTDIR', lambda: opened('new/x', os.O_CREAT | os.O_WRONLY))
expect('open of a directory for writing', 'EISDIR', lambda: opened('dir', os.O_WRONLY))
expect('O_DIRECTORY of a file', 'ENOTDIR', lambda: opened('new', os.O_RDONLY | os.O_DIRECTORY))
expect('O_NOFOLLOW of a link', 'ELOOP', lambda: (os.symlink('new', 'link'), opened('link', os.O_RDONLY | os.O_NOFOLLOW))[1])
expect('a name of 255 bytes', None, lambda: touch('n' * 255))
expect('a name of 256 bytes', 'ENAMETOOLONG', lambda: touch('n' * 256))
expect('O_TRUNC of a committed file', 0, lambda: (opened('truncated', os.O_WRONLY | os.O_TRUNC), os.stat('truncated').st_size)[1])
expect('O_APPEND from two descriptors', b'committedAB', lambda: (opened('appended', os.O_WRONLY | os.O_APPEND, lambda a: opened('appended', os.O_WRONLY | os.O_APPEND, lambda b: (os.write(a, b'A'), os.write(b, b'B')))), read('appended'))[1])
expect('mode of a new file', 0o600, lambda: (opened('private', os.O_CREAT | os.O_WRONLY, mode=0o600), stat.S_IMODE(os.stat('private').st_mode))[1])
expect('write to a descriptor for reading', 'EBADF', lambda: opened('new', os.O_RDONLY, lambda fd: os.write(fd, b'x')))
# read and write
expect('a hole reads as zeros', b'\0' * 10 + b'x', lambda: (opened('hole', os.O_CREAT | os.O_WRONLY, lambda fd: os.pwrite(fd, b'x', 10)), read('hole'))[1])
expect('seek to the end and write', b'committed!', lambda: (opened('seek', os.O_RDWR, lambda fd: (os.lseek(fd, 0, os.SEEK_END), os.write(fd, b'!'))), read('seek'))[1])
expect('write through a shared mapping', b'Mapped content here', lambda: (touch('mapped', b'mapped content here'), opened('mapped', os.O_RDWR, lambda fd: mmap.mmap(fd, 0).__setitem__(0, ord('M'))), read('mapped'))[2])
expect('two descriptors see each other', b'two', lambda: (touch('shared'), opened('shared', os.O_WRONLY, lambda a: opened('shared', os.O_RDONLY, lambda b: (os.write(a, b'two'), os.read(b, 10))[1])))[1])
# truncate
expect('truncate to less', b'com', lambda: (os.truncate('cut', 3), read('cut'))[1])
expect('truncate to more', b'com\0\0', lambda: (os.truncate('cut', 5), read('cut'))[1])
expect('truncate of a directory', 'EISDIR', lambda: os.truncate('dir', 0))
expect('truncate of a missing name', 'ENOENT', lambda: os.truncate('missing', 0))
expect('ftruncate', 2, lambda: (opened('cut', os.O_WRONLY, lambda fd: os.ftruncate(fd, 2)), os.stat('cut').st_size)[1])
# unlink and directories
expect('unlink of a directory', 'EISDIR', lambda: os.unlink('dir'))
expect('unlink of a missing name', 'ENOENT', lambda: os.unlink('missing'))
expect('rmdir of a file', 'ENOTDIR', lambda: os.rmdir('new'))
expect('rmdir of a directory in use', 'ENOTEMPTY', lambda: os.rmdir('dir'))
expect('mkdir', None, lambda: os.mkdir('made'))
expect('mkdir of a name in use', 'EEXIST', lambda: os.mkdir('new'))
expect('mkdir in a missing directory', 'ENOENT', lambda: os.mkdir('missing/made'))
expect('rmdir', None, lambda: os.rmdir('made'))
expect('a deleted file that is open is read and written', b'still here', lambda: (touch('open', b'still'), opened('open', os.O_RDWR, lambda fd: (os.unlink('open'), os.pwrite(fd, b' here', 5), os.pread(fd, 20, 0))[2]))[1])
expect('a deleted file that is open has no name', False, lambda: os.path.exists('open'))
# rename
expect('rename over a file', b'source', lambda: (touch('source', b'source'), touch('target', b'target'), os.rename('source', 'target'), read('target'))[3])
expect('the old name after a rename', False, lambda: os.path.exists('source'))
expect('rename of a committed file', b'committed', lambda: (os.rename('moving', 'moved'), read('moved'))[1])
expect('rename of a file over a directory', 'EISDIR', lambda: os.rename('target', 'dir'))
expect('rename of a directory over a file', 'ENOTDIR', lambda: os.rename('dir', 'target'))
expect('rename of a directory over one in use', 'ENOTEMPTY', lambda: (os.mkdir('other'), os.rename('other', 'dir'))[1])
expect('rename of a directory over an empty one', None, lambda: (os.mkdir('empty'), os.rename('tree', 'empty'))[1])
expect('what is in it afterwards', ['below', 'leaf'], lambda: sorted(os.listdir('empty')))
expect('rename of a directory into itself', 'EINVAL', lambda: os.rename('dir', 'dir/below'))
expect('rename of a missing name', 'ENOENT', lambda: os.rename('missing', 'x'))
expect('rename to the same name', None, lambda: os.rename('target', 'target'))
expect('rename of an open file', b'through', lambda: (touch('a1'), opened('a1', os.O_WRONLY, lambda fd: (os.rename('a1', 'a2'), os.write(fd, b'through'))), read('a2'))[2])
# links
expect('readlink', 'new', lambda: os.readlink('link'))
expect('readlink of a file', 'EINVAL', lambda: os.readlink('new'))
expect('a link to nothing is opened', 'ENOENT', lambda: (os.symlink('nowhere', 'dangling'), read('dangling'))[1])
expect('a link that leads to itself', 'ELOOP', lambda: (os.symlink('loop', 'loop'), read('loop'))[1])
expect('a hard link of a changed file', 'EPERM', lambda: (touch('target', b'target2'), os.link('target', 'hard'))[1])
expect('a hard link to a name that is taken', 'EEXIST', lambda: os.link('target', 'new'))
expect('a hard link of a directory', 'EPERM', lambda: os.link('dir', 'hard2'))
# attributes
expect('chmod', 0o640, lambda: (os.chmod('new', 0o640), stat.S_IMODE(os.stat('new').st_mode))[1])
expect('chmod of a directory', 0o700, lambda: (os.chmod('dir', 0o700), stat.S_IMODE(os.stat('dir').st_mode))[1])
expect('utime', 1_000_000_000, lambda: (os.utime('new', (1_000_000_000, 1_000_000_000)), int(os.stat('new').st_mtime))[1])
expect('a write sets the time', True, lambda: (touch('new', b'x'), os.stat('new').st_mtime > 1_000_000_001)[1])
expect('fsync', None, lambda: opened('new', os.O_WRONLY, os.fsync))
expect('fsync of a directory', None, lambda: opened('dir', os.O_RDONLY | os.O_DIRECTORY, os.fsync))
expect('access for execution of a file without', False, lambda: os.access('committed', os.X_OK))
# what pachd cannot hold
expect('a fifo', 'EPERM', lambda: os.mkfifo('fifo'))
expect('a device', 'EPERM', lambda: os.mknod('device', stat.S_IFCHR | 0o600, os.makedev(1, 3)))
expect('a socket', 'EPERM', lambda: socket.socket(socket.AF_UNIX).bind('socket'))
expect('an extended attribute', 'ENOTSUP', lambda: os.setxattr('new', 'user.x', b'y'))
expect('reading an extended attribute', 'ENODATA', lambda: os.getxattr('new', 'user.x'))
expect('preallocation', 'ENOTSUP', lambda: opened('new', os.O_WRONLY, preallocate))
print('\n'.join(wrong))
