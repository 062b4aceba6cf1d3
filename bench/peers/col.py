"""`.col` files (docs/formats.md) for the peers."""

import json

import numpy as np

NAMES = {"u8": np.uint8, "u32": np.uint32, "f32": np.float32, "f64": np.float64}


def write(path, columns, meta):
    names, listed, at = {np.dtype(t).name: n for n, t in NAMES.items()}, [], 0
    for name in sorted(columns):
        values = columns[name]
        listed.append({"name": name, "type": names[values.dtype.name], "length": len(values), "offset": at})
        at = -(-(at + values.nbytes) // 64) * 64
    text = json.dumps({"columns": listed, "meta": meta}).encode()
    size = -(-(16 + len(text)) // 64) * 64
    with open(path, "wb") as file:
        file.write((b"DCCOL1\n\0" + (size - 16).to_bytes(4, "little") + b"\0" * 4 + text).ljust(size))
        for name in sorted(columns):
            data = np.ascontiguousarray(columns[name]).tobytes()
            file.write(data.ljust(-(-len(data) // 64) * 64, b"\0"))


def read(path):
    with open(path, "rb") as file:
        data = file.read()
    start = 16 + int.from_bytes(data[8:12], "little")
    header = json.loads(data[16:start])
    columns = {c["name"]: np.frombuffer(data, NAMES[c["type"]], c["length"], start + c["offset"]).copy()
               for c in header["columns"]}
    return columns, header["meta"]
