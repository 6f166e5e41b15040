"""What a page of a customer's site pays for the snippet, packed as a server would send it."""

import gzip
from pathlib import Path
from typing import Any

from tests.running import ROOT

REACH = 3 * 1024


def measure(folder: Path) -> list[dict[str, Any]]:
    """Bytes, gzip -9. No floor: less is better."""
    script = (ROOT / "service" / "assets" / "shopbell.js").read_bytes()
    packed = len(gzip.compress(script, 9, mtime=0))
    return [
        {
            "what": "snippet, gzip",
            "floor": "",
            "ours": f"{packed:,} bytes ({len(script):,} unpacked)",
            "ratio": "",
            "reach": f"{REACH:,} bytes",
            "met": "yes" if packed <= REACH else "no",
            "rounds": "",
        }
    ]
