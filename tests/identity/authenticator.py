"""A passkey device in software: makes keys and answers challenges as WebAuthn has it, or wrongly."""

import hashlib
import json
import os

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url, encode_cbor

PRESENT, VERIFIED, ATTESTED = 0x01, 0x04, 0x40


class Authenticator:
    """One passkey; `counts` says whether the device counts its answers."""

    def __init__(self, origin: str, *, counts: bool = True) -> None:
        self.origin = origin
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.id = os.urandom(16)
        self.user = b""
        self.count = 0
        self.counts = counts

    def make(self, options: dict, *, origin: str = "", verified: bool = True) -> dict:
        """Answer to options of registration."""
        self.user = base64url_to_bytes(options["user"]["id"])
        point = self.key.public_key().public_numbers()
        public = {1: 2, 3: -7, -1: 1, -2: point.x.to_bytes(32), -3: point.y.to_bytes(32)}
        attested = bytes(16) + len(self.id).to_bytes(2) + self.id + encode_cbor(public)
        data = self._data(options["rp"]["id"], ATTESTED | self._flags(verified)) + attested
        statement = encode_cbor({"fmt": "none", "attStmt": {}, "authData": data})
        client = self._client("webauthn.create", options["challenge"], origin)
        return self._credential(attestationObject=statement, clientDataJSON=client) | {"transports": ["usb"]}

    def answer(self, options: dict, *, origin: str = "", rp_id: str = "", verified: bool = True) -> dict:
        """Answer to options of authentication."""
        self.count += self.counts
        data = self._data(rp_id or options["rpId"], self._flags(verified))
        client = self._client("webauthn.get", options["challenge"], origin)
        signature = self.key.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
        return self._credential(
            authenticatorData=data, clientDataJSON=client, signature=signature, userHandle=self.user
        )

    def _flags(self, verified: bool) -> int:
        return PRESENT | (VERIFIED if verified else 0)

    def _data(self, rp_id: str, flags: int) -> bytes:
        return hashlib.sha256(rp_id.encode()).digest() + bytes([flags]) + self.count.to_bytes(4)

    def _client(self, kind: str, challenge: str, origin: str) -> bytes:
        told = {"type": kind, "challenge": challenge, "origin": origin or self.origin, "crossOrigin": False}
        return json.dumps(told).encode()

    def _credential(self, **response: bytes) -> dict:
        known = bytes_to_base64url(self.id)
        encoded = {name: bytes_to_base64url(value) for name, value in response.items()}
        return {"id": known, "rawId": known, "type": "public-key", "response": encoded}
