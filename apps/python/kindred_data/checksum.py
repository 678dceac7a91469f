"""CRC-32C (Castagnoli), by the fastest implementation at hand."""

from __future__ import annotations

from typing import List


def _table() -> List[int]:
    table = []
    for byte in range(256):
        crc = byte
        for _ in range(8):
            crc = crc >> 1 ^ (0x82F63B78 if crc & 1 else 0)
        table.append(crc)
    return table


def _plain(data: bytes) -> int:
    """About 5 MB/s: enough for a look at a few samples."""
    crc = 0xFFFFFFFF
    for byte in data:
        crc = crc >> 8 ^ _TABLE[(crc ^ byte) & 0xFF]
    return crc ^ 0xFFFFFFFF


_TABLE = _table()

try:
    from crc32c import crc32c
except ImportError:
    try:
        from google_crc32c import value as crc32c
    except ImportError:
        try:
            from crcmod.predefined import mkPredefinedCrcFun

            crc32c = mkPredefinedCrcFun("crc-32c")
        except ImportError:
            crc32c = _plain
