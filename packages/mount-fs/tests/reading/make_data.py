"""Writes a data set as data scientists have them into a directory: tables, pictures, a database, sources."""
import random
import sqlite3
import sys
from pathlib import Path

import numpy
import pandas
from PIL import Image

root = Path(sys.argv[1])
rnd, rng = random.Random(1), numpy.random.default_rng(1)
frame = pandas.DataFrame({"id": range(60_000), "value": rng.normal(size=60_000), "label": rng.choice(["cat", "dog", "bird"], 60_000)})
for name in ("tables", "pictures/train", "source/deep/er"):
    (root / name).mkdir(parents=True)
frame.to_csv(root / "tables/values.csv", index=False)
frame.to_parquet(root / "tables/values.parquet", row_group_size=5000)
for index in range(40):
    Image.fromarray(rng.integers(0, 255, (64, 64, 3), dtype=numpy.uint8)).save(root / f"pictures/train/{index:03d}.png")
for index in range(120):
    text = "\n".join(" ".join(rnd.choice(["alpha", "beta", "gamma", "needle"]) for _ in range(8)) for _ in range(rnd.randrange(40)))
    (root / ("source" if index % 3 else "source/deep/er") / f"module {index}.py").write_text(text)
with sqlite3.connect(root / "tables/rows.sqlite") as database:
    database.execute("create table rows (id integer primary key, text text)")
    database.executemany("insert into rows values (?, ?)", ((index, f"row {index} {rnd.random()}") for index in range(20_000)))
    database.execute("create index by_text on rows (text)")
database.close()
