"""Write a sample of every word that has none yet. What is there is never written again: a frozen word is read for ever (law 13).

python tests/golden/wire/freeze.py
"""

import sys
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent.parent.parent))

from schemas import codec  # noqa: E402
from tests.golden.wire.samples import EVENTS, WORDS  # noqa: E402

if __name__ == "__main__":
    samples = {f"{codec.name_of(word)}.json": codec.encode(word) for word in WORDS} | {
        f"{kind}.event.json": raw for kind, raw in EVENTS.items()
    }
    for name, raw in samples.items():
        path = HERE / name
        if not path.exists():
            path.write_bytes(raw + b"\n")
            print("frozen:", name)
