"""Which values has nobody any good reason to send? Texts, sources, paths, filters and page tokens, by their names."""

from __future__ import annotations

import base64
from typing import Any

LONG = "x" * 2**20
CLAUSES = " AND ".join(f"name != 'm{number}'" for number in range(10_000))

TEXTS: dict[str, str] = {
    "empty": "",
    "blank": " \t ",
    "a million letters": LONG,
    "NUL": "fra\0ud",
    "lines": "a\r\nX-Injected: 1\r\n\r\n<h1>",
    "control": "\x1b[31mred\x07",
    "right to left": "fraud\u202egnp.exe",
    "markup": "<script>alert(1)</script>",
    "quotes": "'\"`\\'; DROP TABLE models; --",
    "format": "%s%n{0}{self.__class__}${jndi:ldap://x}",
    "dots": "../../etc/passwd",
    "percent": "..%2f..%252fetc%2fpasswd",
    "a NUL in percent": "a%00b",
    "beyond the plane": "\U0010ffff\U0001f4a9",
    "combining": "e\u0301" * 300,
    "grows": "\ufdfa" * 1_000,
    "minus": "-1",
    "zero": "0",
    "huge": "9" * 400,
    "beyond 64 bits": str(2**63),
    "just 64 bits": str(2**63 - 1),
    "beyond 32 bits": str(2**31),
    "arabic digits": "\u0661",
    "superscript": "²",
    "not a number": "NaN",
    "endless": "Infinity",
    "exponent": "1e999",
    "yes": "true",
    "nothing": "null",
    "an object": "{}",
}

VALUES: dict[str, Any] = {
    "true": True,
    "one": 1,
    "minus one": -1,
    "beyond 32 bits": 2**31,
    "beyond 64 bits": 2**63,
    "below 64 bits": -(2**63) - 1,
    "enormous": 10**300,
    "half": 0.5,
    "large float": 1e308,
    "list": [],
    "object": {},
    "list of null": [None],
    "list of lists": [[[[]]]],
    "list of numbers": [1, 2**70],
    "list of texts": ["a", "b\0"],
    "list of empty objects": [{}],
    "pair": [{"key": "k", "value": "v"}],
    "pairs that are not": [{"key": {}, "value": []}],
    "same pair twice": [{"key": "k", "value": "v"}, {"key": "k", "value": "w"}],
    "pair of numbers": [{"key": 1, "value": 2}],
    "pair of nulls": [{"key": None, "value": None}],
    "large pair": [{"key": "x" * 300, "value": LONG}],
    "ten thousand": ["x"] * 10_000,
    "ten thousand pairs": [{"key": f"k{number}", "value": "v"} for number in range(10_000)],
}

BODIES: dict[str, bytes] = {
    "nothing": b"",
    "blanks": b" \n ",
    "cut": b'{"name": "x", "na',
    "a list": b"[]",
    "a word": b"null",
    "a text": b'"x"',
    "a number": b"1",
    "NaN": b'{"name": NaN, "value": Infinity}',
    "twice": b'{"name": "a", "name": "b", "name": 1}',
    "not UTF-8": b'{"name": "\xff"}',
    "too long for a letter": b'{"name": "\xc0\xae"}',
    "half a letter": b'{"name": "\\ud800"}',
    "half a letter, plain": b'{"name": "\xed\xa0\x80"}',
    "NUL": b'{"name": "a\\u0000b"}',
    "NUL, plain": b'{"name": "a\0b"}',
    "NUL in a key": b'{"tags": [{"key": "a\\u0000", "value": "v"}]}',
    "endless digits": b'{"version": ' + b"1" * 5_000 + b"}",
    "endless exponent": b'{"timestamp": 1e999999}',
    "deep": b'{"name":' * 100_000,
    "deep lists": b'{"tags": ' + b"[" * 100_000,
    "closed and deep": b'{"tags": ' + b"[" * 3_000 + b"]" * 3_000 + b"}",
    "something behind": b'{"name": "x"} {}',
    "a mark before": b'\xef\xbb\xbf{"name": "x"}',
    "wide": '{"name": "x"}'.encode("utf-16"),
    "many fields": b"{" + b",".join(b'"f%d": 1' % number for number in range(50_000)) + b"}",
    "two million bytes": b'{"name": "' + b"x" * 2**21 + b'"}',
    "packed": b"\x1f\x8b\x08\x00\x00\x00\x00\x00",
}

QUERIES: dict[str, str] = {
    "not UTF-8": "name=%ff",
    "half an escape": "name=%",
    "NUL": "name=a%00b",
    "half a letter": "name=%ed%a0%80",
    "a hundred fields": "&".join(f"f{number}=1" for number in range(200)),
    "twice": "name=a&name=b&run_id=a&run_id=b&path=a&path=b",
    "unknown": "nobody=knows&name=x",
    "brackets": "name[]=x&name[a]=y",
    "plus": "+=+&&&==&",
    "markup": "name=<script>",
}


def sources(secret: str) -> list[str]:
    """Return the ways in which servers were pointed at others' files; ``secret`` is such a file."""
    bare = secret.lstrip("/")
    return [
        secret, f"file://{secret}", f"file:{secret}", f"FILE://{secret}", f"file://localhost{secret}",
        f"file://127.0.0.1{secret}", f"//{bare}", f"///{bare}", f"\\\\{bare}", f"\\\\?\\C:\\{bare}",
        "C:\\Windows\\win.ini", "c:/windows/win.ini", "../../../../etc/passwd", "./x", "x", "", " ", "~/.ssh/id_rsa",
        "$HOME/x", "//proc/self/root", f"//proc/self/root{secret}", f"/proc/self/root{secret}", "/dev/zero",
        f"file:///%2e%2e/%2e%2e{secret}", f"file:///..%2f..{secret}", f"file:///%252e%252e{secret}",
        f"http://host/#/../..{secret}", f"#/..{secret}", f"models:/../..{secret}", f"models:/fraud/../..{secret}",
        f"models:/fraud/1/../..{secret}", "models:/", "models:///", "models:/fraud", "models:/fraud/0",
        "models:/fraud/-1", "models:/fraud/99999999999999999999", "models:/fraud/latest", "models:/fraud@",
        "models:/fraud@nobody", "models:/m-", "models:/m-" + "0" * 32, f"models://host/fraud/1#{secret}",
        f"runs:/../..{secret}", "runs:/", f"runs:/x/..%2f..{secret}", f"runs:/x/../..{secret}", "runs://host/x/y",
        "runs:/x\\..", f"mlflow-artifacts:/../..{secret}", f"mlflow-artifacts:/..%2f..{secret}",
        f"mlflow-artifacts:/%252e%252e{secret}", f"mlflow-artifacts://host/../..{secret}",
        f"mlflow-artifacts:/versions/fraud/1/../../..{secret}", f"mlflow-artifacts:/0/x/artifacts/..\\..{secret}",
        "mlflow-artifacts:", f"mlflow-artifacts:/;{secret}",
        f"http://127.0.0.1:7878/api/2.0/mlflow-artifacts/artifacts/../../..{secret}",
        "http://169.254.169.254/latest/meta-data/", "http://[::ffff:127.0.0.1]/x", "http://0x7f000001/",
        "http://[::1", "http://", "https://user:password@host/x", f"s3://bucket/../..{secret}", "s3://",
        "s3://bucket", "s3:///x", "s3://b@d/x?y=z#q", "gs://bucket/%2e%2e/x", f"s3://bucket/a\\..{secret}",
        "dbfs:/x/../y", "jar:file:/x!/y", "data:text/plain,x", "javascript:alert(1)", "sqlite:////etc/x",
        "ftp://host/x", "a\nb", "s3://b/a\0b", "s3://b/\x1b", "s3://b/\u202e", "s3://bucket/" + "a/" * 40_000, ":",
        ":/", "://", "?", "#", ";", "%", "%00", "%2e%2e", "\uff0e\uff0e/x", "..;/x", ".../x", f"unc:{secret}",
        f"local:{secret}", f"smb://host{secret}", "nfs://h/x", "s3://b/con", "s3://b/" + "é" * 900,
    ]  # fmt: skip


def artifact_paths(secret: str) -> list[str]:
    """Return paths below an address of artifacts, as they stand in a request: percent-encoded or not."""
    bare = secret.lstrip("/")
    up = "../" * 12
    return [
        "..", ".", "", "/", "//", f"{up}{bare}", f"{'%2e%2e/' * 12}{bare}", f"{'..%2f' * 12}{bare}",
        f"{'%2e%2e%2f' * 12}{bare}", f"{'..%252f' * 12}{bare}", f"{'%252e%252e%252f' * 12}{bare}",
        f"{'..%5c' * 12}{bare}", f"{'..%255c' * 12}{bare}", f"%2f{bare}", f"%2F%2F{bare}", f"/{bare}", f"%5c{bare}",
        "C:/x", "C%3a%5cx", "c%3a/x", f"a/%2e%2e/{up}{bare}", "a/./b", "a//b", f"0/x/artifacts/{up}{bare}",
        f"0/x/artifacts/..%2f{bare}", f"0/models/m-{'0' * 32}/artifacts/{up}{bare}", "0/x/artifacts/",
        f"versions/fraud/1/{up}{bare}", f"versions/fraud/1/{'..%2f' * 9}{bare}", "versions/fraud/1/../2/model.bin",
        "versions/../x", "versions/fraud/0/x", "versions/fraud/-1/x", "versions/fraud/" + "9" * 30 + "/x",
        "versions/nobody/1/x", "versions//1/x", "versions/fraud%2f1/1/x", "%76ersions/fraud/1/model.bin%00.txt",
        "a%00b", "%00", "%", "%zz", "%ff", "%c0%ae%c0%ae/x", "%ed%a0%80", "a;b", "a#b", "a?b=c", "a%23b", "a%3fb",
        "a%0d%0aX: y", "%e2%80%ae", "con", "nul.txt", "a ", "a.", "x" * 5_000, "a/" * 2_000 + "b", "blobs/sha256/x",
        "..%c0%af", "%uff0e%uff0e/x", "\uff0e\uff0e/x", "..;/x", "....//x", "proc/self/environ",
    ]  # fmt: skip


FILTERS = [
    "name", "name =", "= 'x'", "name = 'x", "name = x'", "name = \"x", "name = `x`", "name ? 'x'",
    "name = 'x' OR name = 'y'", "name = 'x' name = 'y'", "AND", "AND AND", "(name = 'x')", "NOT name = 'x'",
    "name IS NULL", "name IN", "name IN ()", "name IN ('a'", "name IN ('a',)", "name IN (1)", "name IN 'a'",
    "name LIKE", "name LIKE 1", "version_number = 'x'", "version_number = 1e999", "version_number > " + "9" * 400,
    "version_number = -1", "version_number = 0x1", "1 = 1", "'a' = 'a'", "name = 'x'; DROP TABLE models",
    "name = 'x' --", "name = 'x' /*", "name = '' UNION SELECT * FROM tokens", "name = ''''", "name = '\\'",
    "name = '\\' OR 1=1 --'", "tags.a", "tags. = 'x'", "tags.`a = 'x'", "tags.`` = 'x'", "tags.'a' = 'x'",
    "tags.a.b.c = 'x'", "tag.\"x\" = 'y'", "tags.a > 'x'", "tags.a IN ('x')", "metrics.a = 'x'", "metrics.a > 1e400",
    "metrics.a = nan", "metrics.`a` > inf", "params.a > 1", "attribute.nobody = 'x'", "attributes.name",
    "nobody = 'x'", "name = 'x' AND", "name.x = 'y'", "name = '" + "%" * 2_000 + "'",
    "name LIKE '" + "%_" * 5_000 + "x'", "name LIKE '" + "a%" * 500 + "'", "(" * 50_000, "'" * 50_001, "a" * 500_000,
    "name = 'é\u202e'", "name = 'a\0b'", "name\0 = 'a'", "\ufeffname = 'x'", "name = 'x' ANDname = 'y'", CLAUSES,
    "name IN (" + ", ".join(f"'m{number}'" for number in range(10_000)) + ")", "created < 99999999999999999999999",
    "run_id = '' = ''", "tags.`" + "k" * 10_000 + "` = 'x'", "datasets.name = 'x", "dataset.digest IN (1, 'x')",
    "start_time > 'x'", "status = 1",
]  # fmt: skip

ORDERS = [
    "", "name name", "name ASC DESC", "nobody", "nobody DESC", "name; DROP TABLE models", "metrics.", "metrics.`a", "`",
    "'name'", "tags.x", "params.x desc nulls first", "name ASC,name DESC", "1", "(select 1)", "x" * 100_000, "name\0",
    "random()",
]  # fmt: skip

TOKENS = [
    "", "x", "!!!", "0", "-1", "9" * 400, "null", "e30=", base64.b64encode(b'{"offset": -1}').decode(), "%00",
    base64.b64encode(b'{"offset": 99999999999999999999}').decode(), base64.b64encode(b"\xff\xfe").decode(),
    "A" * 100_000, base64.b64encode(b"[" * 5_000).decode(),
    base64.urlsafe_b64encode(b'["a", {"b": 1}, null]').decode(), "eyJvZmZzZXQiOiB0cnVlfQ",
    base64.b64encode(b'{"k": [1e999, "\\u0000"]}').decode(), "....", "a.b.c", "\u202e",
]  # fmt: skip
