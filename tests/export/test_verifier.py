"""The verifier in a case file: short, alone, and of the same mind as the library about every signature."""

import ast
import random
import sys
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from services.case.export import standalone_verifier as verifier

RFC_8032 = (  # section 7.1: public key, message, signature
    (
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24"
        "655141438e7a100b",
    ),
    (
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aee"
        "b00d291612bb0c00",
    ),
)


def test_it_is_short_and_needs_the_standard_library_alone() -> None:
    text = Path(verifier.__file__).read_text()
    imported = {
        name.partition(".")[0]
        for node in ast.walk(ast.parse(text))
        for name in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else []
        )
    }

    assert len(text.splitlines()) <= 300
    assert imported <= sys.stdlib_module_names


@pytest.mark.parametrize(("key", "message", "signature"), RFC_8032)
def test_signatures_of_the_standard_are_good(key: str, message: str, signature: str) -> None:
    text = bytes.fromhex(message)

    assert verifier.is_signed(text, key, signature)
    assert not verifier.is_signed(text + b"x", key, signature)


def test_any_bit_of_key_text_or_signature_matters() -> None:
    chance = random.Random(8032)
    for _ in range(40):
        private = Ed25519PrivateKey.from_private_bytes(chance.randbytes(32))
        text = chance.randbytes(chance.randrange(1, 200))
        parts = [text, private.public_key().public_bytes_raw(), private.sign(text)]
        assert verifier.is_signed(parts[0], parts[1].hex(), parts[2].hex())

        which = chance.randrange(3)
        bits = int.from_bytes(parts[which], "big") ^ (1 << chance.randrange(8 * len(parts[which])))
        parts[which] = bits.to_bytes(len(parts[which]), "big")

        assert not verifier.is_signed(parts[0], parts[1].hex(), parts[2].hex())


def test_a_signature_of_which_the_order_was_added_is_refused() -> None:
    key, message, signature = RFC_8032[1]
    s = int.from_bytes(bytes.fromhex(signature)[32:], "little") + verifier.ORDER
    other = signature[:64] + s.to_bytes(32, "little").hex()

    assert not verifier.is_signed(bytes.fromhex(message), key, other)
