"""The licenses of Acme. What is not stated stays unclear."""

from pathlib import Path

LICENSES = {
    "LicenseRef-acme-models": {
        "name": "Acme Model Terms",
        "url": "https://acme.example/terms",
        "limits": ("noncommercial",),
        "license_text": Path(__file__).parent / "terms.txt",
    }
}
