import subprocess
import sys

from tests.support.commands import ROOT


def test_the_table_of_fields_is_current_and_every_gap_has_a_reason():
    script = ROOT / "scripts" / "write_fields.py"
    result = subprocess.run([sys.executable, str(script), "--check"], capture_output=True, encoding="utf-8")
    assert result.returncode == 0, result.stderr
