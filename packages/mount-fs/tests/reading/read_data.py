"""Reads the tables and pictures of a directory as notebooks do, and prints what was in them."""
import hashlib
import sys
from pathlib import Path

import pandas
import pyarrow.parquet
from PIL import Image

root = Path(sys.argv[1])
print(pandas.util.hash_pandas_object(pandas.read_csv(root / "tables/values.csv")).sum())
print(pandas.util.hash_pandas_object(pandas.read_parquet(root / "tables/values.parquet", columns=["value"])).sum())
table = pyarrow.parquet.ParquetFile(root / "tables/values.parquet", memory_map=True)
print(table.metadata.num_row_groups, table.read_row_group(7)["id"][0])
for path in sorted(root.glob("pictures/**/*.png")):
    with Image.open(path) as picture:
        print(path.name, picture.size, hashlib.sha256(picture.tobytes()).hexdigest())
