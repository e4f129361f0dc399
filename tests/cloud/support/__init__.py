"""What the tests of the deployed stack stand on."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
