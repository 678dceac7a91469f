#!/usr/bin/env python3
"""Packs the text tables beside this script into tables.bin, which the library embeds: python3 pack_tables.py

Little-endian. Header: "KQMCTAB1", u32 number of entries, u32 zero. Then one entry of 64 bytes a table:
char name[40]; u32 kind, rows, columns, digits, offset, bytes (offset from the start of the file, a multiple of 8). Kinds:
  1 joe_kuo      rows = dimensions 2, 3, ...; u32 count[19]: rows of degree 0 .. 18 (the degree never falls); then the rows, each padded
                 to a byte: bit 0 upwards a (s - 1 bits), then (m_k - 1)/2 (k - 1 bits) for k = 2 .. s; m_1 is 1.
  2 lattice      rows = components, columns = log2 of the number of points; u32 z[rows].
  3 digital_net  rows = dimensions, columns = log2 of the number of points, digits = matrix rows; u32 column[rows][columns], matrix row 1 in
                 bit digits - 1.
  4 kronecker    rows = components; u64 a[rows] in units of 2^-64.
"""
import pathlib
import struct
from fractions import Fraction

FOLDER = pathlib.Path(__file__).parent


def numbers(path):
    """The lines of a table as lists of words, comments removed."""
    lines = (line.split("#")[0].split() for line in path.read_text().splitlines())
    return [line for line in lines if line]


def joe_kuo(path):
    rows = [[int(word) for word in line] for line in numbers(path)]
    counts = [0] * 19
    packed = bytearray()
    last = 1
    for dimension, (d, s, a, *m) in enumerate(rows, start=2):
        assert d == dimension and last <= s <= 18 and len(m) == s and m[0] == 1 and a < 1 << (s - 1)
        last = s
        counts[s] += 1
        bits, used = a, s - 1
        for k, value in enumerate(m[1:], start=2):
            assert value % 2 == 1 and value < 1 << k
            bits |= (value >> 1) << used
            used += k - 1
        packed += bits.to_bytes((used + 7) // 8, "little")
    packed += bytes(8)  # so that a reader may load eight bytes anywhere
    return 1, len(rows), 0, 0, struct.pack("<19I", *counts) + packed


def lattice(path):
    (d,), (n,), *z = [[int(word) for word in line] for line in numbers(path)]
    assert len(z) == d and n & (n - 1) == 0
    return 2, d, n.bit_length() - 1, 0, struct.pack(f"<{d}I", *[value for (value,) in z])


def digital_net(path):
    (base,), (d,), (n,), (digits,), *matrices = [[int(word) for word in line] for line in numbers(path)]
    columns = n.bit_length() - 1
    assert base == 2 and n == 1 << columns and len(matrices) == d and all(len(m) == columns and max(m) < 1 << digits for m in matrices)
    return 3, d, columns, digits, b"".join(struct.pack(f"<{columns}I", *m) for m in matrices)


def kronecker(path):
    (d,), *a = numbers(path)
    words = [int(Fraction(float(value)) * 2**64) for (value,) in a]  # exact: doubles above 2^-11 are multiples of 2^-64
    assert len(words) == int(d)
    return 4, len(words), 0, 0, struct.pack(f"<{len(words)}Q", *words)


def main():
    tables = [("joe_kuo", joe_kuo(FOLDER / "sobol_joe_kuo_6_21201.txt")), ("kronecker_cbc", kronecker(FOLDER / "kronecker_cbc_d13.txt"))]
    for path in sorted(FOLDER.glob("lattice_*.txt")):
        tables.append((path.stem.removeprefix("lattice_").rsplit("_d", 1)[0] + "_" + path.stem.rsplit("_", 1)[1], lattice(path)))
    for path in sorted((FOLDER / "niederreiter_xing").glob("*.txt")):
        tables.append((path.stem, digital_net(path)))
    assert len({name for name, _ in tables}) == len(tables)

    offset = 16 + 64 * len(tables)
    directory, body = bytearray(), bytearray()
    for name, (kind, rows, columns, digits, data) in tables:
        directory += struct.pack("<40s6I", name.encode(), kind, rows, columns, digits, offset, len(data))
        data += bytes(-len(data) % 8)
        body += data
        offset += len(data)
    (FOLDER / "tables.bin").write_bytes(b"KQMCTAB1" + struct.pack("<2I", len(tables), 0) + directory + body)


if __name__ == "__main__":
    main()
