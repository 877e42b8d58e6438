"""Writes, cuts, maps and reads one file at random, as fsx does, and compares each read with what should be there."""
import mmap, os, random, sys

path, seed, count, most = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), 260_000
rand = random.Random(seed)
with open(path, 'rb') as file:
    model = bytearray(file.read())
fd = os.open(path, os.O_RDWR)
for number in range(count):
    kind = rand.randrange(8)
    at, length = rand.randrange(most), rand.choice([1, 100, 4096, 5000, 70_000])
    what = f'operation {number} of seed {seed}'
    if kind <= 1:
        content = rand.randbytes(length)
        assert os.pwrite(fd, content, at) == length, what
        if at > len(model):
            model.extend(bytes(at - len(model)))
        model[at:at + length] = content
    elif kind == 2:
        os.ftruncate(fd, at)
        model = model[:at] + bytes(max(0, at - len(model)))
    elif kind == 3 and at + length < len(model):
        content = rand.randbytes(length)
        with mmap.mmap(fd, 0) as mapped:
            mapped[at:at + length] = content
            mapped.flush()
        model[at:at + length] = content
    elif kind == 4 and model:
        with mmap.mmap(fd, 0, prot=mmap.PROT_READ) as mapped:
            assert mapped[at:at + length] == bytes(model[at:at + length]), what
    elif kind == 5:
        os.fsync(fd)
        os.posix_fadvise(fd, 0, 0, os.POSIX_FADV_DONTNEED)
    elif kind == 6:
        os.close(fd)
        fd = os.open(path, os.O_RDWR)
    assert os.pread(fd, length, at) == bytes(model[at:at + length]), what
    assert os.fstat(fd).st_size == len(model), what
os.close(fd)
with open(path, 'rb') as file:
    assert file.read() == bytes(model), 'at the end'
sys.stdout.buffer.write(bytes(model))
