#!/usr/bin/env python3
"""A client of farhand.v1 in one file, written from shared/README.md alone, with nothing but Python's standard library.

    farhand_client.py < token        enrolls, sends two sealed batches, and prints what the collector acknowledged

It keeps nothing on disk, so it is an example of the conversation, not of an agent.
"""

import base64
import hashlib
import http.client
import json
import os
import socket
import ssl
import struct
import sys
from datetime import datetime, timezone
from urllib.parse import urlsplit

# Ed25519 as RFC 8032, section 5.1, describes it. Not in constant time: good for an example, not for a key worth stealing.
P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P
BASE_Y = 4 * pow(5, -1, P) % P


def recovered_x(y):
    """The even x of a point of the curve."""
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * pow(2, (P - 1) // 4, P) % P
    return P - x if x & 1 else x


BASE = (recovered_x(BASE_Y), BASE_Y, 1, recovered_x(BASE_Y) * BASE_Y % P)


def added(one, other):
    """Points as (X, Y, Z, T) with x = X/Z, y = Y/Z, xy = T/Z."""
    a = (one[1] - one[0]) * (other[1] - other[0]) % P
    b = (one[1] + one[0]) * (other[1] + other[0]) % P
    c = 2 * one[3] * other[3] * D % P
    d = 2 * one[2] * other[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


def times(scalar, point):
    result = (0, 1, 1, 0)
    while scalar:
        if scalar & 1:
            result = added(result, point)
        point = added(point, point)
        scalar >>= 1
    return result


def encoded(point):
    inverse = pow(point[2], -1, P)
    x, y = point[0] * inverse % P, point[1] * inverse % P
    return (y | (x & 1) << 255).to_bytes(32, "little")


def number(data):
    return int.from_bytes(data, "little")


class Key:
    def __init__(self, seed):
        digest = hashlib.sha512(seed).digest()
        self.scalar = number(digest[:32]) & (2**254 - 8) | 2**254
        self.prefix = digest[32:]
        self.public = encoded(times(self.scalar, BASE))

    def sign(self, message):
        r = number(hashlib.sha512(self.prefix + message).digest()) % ORDER
        point = encoded(times(r, BASE))
        k = number(hashlib.sha512(point + self.public + message).digest()) % ORDER
        return point + ((r + k * self.scalar) % ORDER).to_bytes(32, "little")


# The notation of the protocol.


def b64(data):
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def unb64(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def now():
    return datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"


def compact(value):
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


# The connection.


def spki_of(certificate):
    """The SubjectPublicKeyInfo of a DER certificate: the seventh field of its first part (RFC 5280, 4.1), or the sixth without a version."""

    def field(at):
        length, start = certificate[at + 1], at + 2
        if length & 0x80:
            size = length & 0x7F
            length, start = int.from_bytes(certificate[start : start + size], "big"), start + size
        return start, start + length

    at = field(field(0)[0])[0]
    if certificate[at] == 0xA0:
        at = field(at)[1]
    for _ in range(5):
        at = field(at)[1]
    return certificate[at : field(at)[1]]


def dialed(url, pin):
    """A socket on which nothing was said yet, to a collector that is the one of the token."""
    parts = urlsplit(url)
    secure = parts.scheme == "https"
    if not secure and (pin or parts.hostname not in ("127.0.0.1", "localhost", "::1")):
        raise SystemExit("plain http is for loopback")
    plain = socket.create_connection((parts.hostname, parts.port or (443 if secure else 80)), timeout=30)
    if not secure:
        return plain
    context = ssl.create_default_context()
    if pin:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    wrapped = context.wrap_socket(plain, server_hostname=parts.hostname)
    if pin and b64(hashlib.sha256(spki_of(wrapped.getpeercert(binary_form=True))).digest()) != pin:
        raise SystemExit("the pin does not fit: this is not the collector of the token")
    return wrapped


def enrolled(token, key):
    """Gives the endpoint's id and the organization's key."""
    url = token["url"].rstrip("/")
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname, parts.port)
    connection.sock = dialed(url, token.get("pin"))
    body = {"secret": token["secret"], "publicKey": b64(key.public), "hostname": "python-example", "agent": "python"}
    connection.request("POST", parts.path + "/enroll", compact(body), {"Content-Type": "application/json"})
    response = connection.getresponse()
    answer = json.loads(response.read())
    connection.close()
    if response.status != 201:
        raise SystemExit(f"enrollment refused: {answer['code']}")
    return answer["endpoint"], answer["organizationKey"]


class WebSocket:
    """As much of RFC 6455 as the protocol needs: text frames, ping and pong, close."""

    def __init__(self, url, pin):
        parts = urlsplit(url.rstrip("/"))
        self.socket = dialed(url, pin)
        self.input = self.socket.makefile("rb")
        nonce = base64.b64encode(os.urandom(16)).decode()
        self.socket.sendall(
            f"GET {parts.path}/agent HTTP/1.1\r\nHost: {parts.netloc}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Key: {nonce}\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: farhand.v1\r\n\r\n".encode()
        )
        status = self.input.readline().decode().split(" ")[1]
        headers = http.client.parse_headers(self.input)
        accept = hashlib.sha1((nonce + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").encode()).digest()
        if status != "101" or headers["Sec-WebSocket-Accept"] != base64.b64encode(accept).decode():
            raise SystemExit(f"the upgrade was refused with {status}")

    def send(self, text, opcode=1):
        data = text.encode() if isinstance(text, str) else text
        size = len(data)
        length = (
            bytes([0x80 | size])
            if size < 126
            else struct.pack(">BH", 0x80 | 126, size)
            if size < 65536
            else struct.pack(">BQ", 0x80 | 127, size)
        )
        mask = os.urandom(4)
        masked = bytes(byte ^ mask[index % 4] for index, byte in enumerate(data))
        self.socket.sendall(bytes([0x80 | opcode]) + length + mask + masked)

    def receive(self):
        """The next frame of the protocol; pings are answered on the way."""
        while True:
            first, second = self.input.read(2)
            size = second & 0x7F
            if size == 126:
                (size,) = struct.unpack(">H", self.input.read(2))
            elif size == 127:
                (size,) = struct.unpack(">Q", self.input.read(8))
            data = self.input.read(size)
            opcode = first & 0x0F
            if opcode == 1:
                frame = json.loads(data)
                if frame["type"] == "bye":
                    raise SystemExit(f"the collector says bye: {frame['code']}")
                return frame
            if opcode == 9:
                self.send(data, 10)
            if opcode == 8:
                raise SystemExit("the collector closed the connection")

    def expect(self, kind):
        frame = self.receive()
        while frame["type"] == "policy":
            frame = self.receive()
        if frame["type"] != kind:
            raise SystemExit(f"expected {kind}, got {frame['type']}")
        return frame

    def close(self):
        self.send(struct.pack(">H", 1000), 8)
        self.socket.close()


# The conversation.


class Chain:
    """Seals batches of one epoch, one after the other."""

    def __init__(self, endpoint, epoch, key):
        self.epoch, self.key, self.next = epoch, key, 1
        self.head = hashlib.sha256(f"farhand.v1 epoch\n{endpoint}\n{epoch}".encode()).digest()

    def sealed(self, changes):
        first = self.next
        observations = [
            {"seq": first + index, "at": now(), "mono": 1000 * (first + index), "change": change, "fact": fact}
            for index, (change, fact) in enumerate(changes)
        ]
        self.next += len(observations)
        payload = compact({"sealedAt": now(), "observations": observations})
        previous, self.head = self.head, hashlib.sha256(self.head + payload.encode()).digest()
        header = {
            "type": "batch",
            "epoch": self.epoch,
            "first": first,
            "last": self.next - 1,
            "prev": b64(previous),
            "hash": b64(self.head),
            "signature": b64(self.key.sign(self.head)),
        }
        return compact(header) + "\n" + payload


def hello(nonce, key, said):
    order = ("endpoint", "epoch", "oldest", "next", "boot", "agent", "time")
    text = "\n".join(["farhand.v1 hello", nonce, *(str(said[name]) for name in order)])
    return compact({"type": "hello", **said, "signature": b64(key.sign(text.encode()))})


ANYDESK = {"kind": "tool", "tool": "anydesk", "state": "running"}
BEGAN = {**ANYDESK, "category": "remote-access", "signs": [{"by": "process", "name": "anydesk"}]}
ACTIVITY = {"kind": "activity", "hour": "2026-03-02T13:00:00.000Z", "local": 2, "remote": 44, "locked": 0}


def main():
    token = json.loads(unb64(sys.stdin.read().strip().removeprefix("fh1.")))
    key = Key(os.urandom(32))
    endpoint, _organization_key = enrolled(token, key)
    epoch = os.urandom(16).hex()
    chain = Chain(endpoint, epoch, key)
    # A real client has them on disk by now.
    batches = [chain.sealed([("began", BEGAN), ("noted", ACTIVITY)]), chain.sealed([("ended", ANYDESK)])]

    link = WebSocket(token["url"], token.get("pin"))
    nonce = link.expect("challenge")["nonce"]
    said = {"endpoint": endpoint, "epoch": epoch, "oldest": 1, "next": chain.next, "boot": "boot-1", "agent": "python", "time": now()}
    link.send(hello(nonce, key, said))
    welcome = link.expect("welcome")
    through, credits = welcome["acked"], welcome["credits"]
    for batch in batches:
        # One at a time stays within any window but a closed one.
        while credits == 0:
            credits = link.expect("ack")["credits"]
        link.send(batch)
        ack = link.expect("ack")
        through, credits = ack["through"], ack["credits"]
    link.close()
    print(compact({"endpoint": endpoint, "epoch": epoch, "acked": through}))


if __name__ == "__main__":
    main()
