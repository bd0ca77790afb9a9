"""A real time-stamping authority on this machine: `openssl ts` behind a small HTTP server."""

import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

_CONFIG = """
[tsa]
default_tsa = made
[made]
dir = {folder}
serial = $dir/serial
crypto_device = builtin
signer_cert = $dir/tsa.pem
certs = $dir/ca.pem
signer_key = $dir/tsa.key
signer_digest = {digest}
default_policy = 1.2.3.4.1
digests = sha256, sha384, sha512
accuracy = secs:1
ordering = yes
tsa_name = yes
ess_cert_id_chain = no
ess_cert_id_alg = {bound}
[req]
distinguished_name = name
prompt = no
[name]
CN = {name}
[ca]
basicConstraints = critical, CA:true
[stamping]
basicConstraints = critical, CA:false
extendedKeyUsage = critical, timeStamping
[other]
basicConstraints = critical, CA:false
extendedKeyUsage = clientAuth
"""


class Authority:
    """Its keys and certificates in a folder; ``answer`` stamps a request."""

    def __init__(
        self, folder: Path, key: str = "rsa:2048", digest: str = "sha256", bound: str = "sha256"
    ) -> None:
        self.folder = folder
        self.ca = folder / "ca.pem"
        folder.mkdir()
        text = _CONFIG.format(folder=folder, digest=digest, bound=bound, name="Test TSA")
        (folder / "tsa.cnf").write_text(text)
        (folder / "serial").write_text("01\n")
        self._issue(key)

    def answer(self, query: bytes) -> bytes:
        """What the authority says to a request."""
        (self.folder / "query.tsq").write_bytes(query)
        self._openssl("ts", "-reply", "-queryfile", "query.tsq", "-out", "answer.tsr")
        return (self.folder / "answer.tsr").read_bytes()

    def verifies(self, answer: bytes, sha256: str) -> bool:
        """Whether OpenSSL finds it right."""
        (self.folder / "check.tsr").write_bytes(answer)
        command = ["ts", "-verify", "-digest", sha256, "-in", "check.tsr", "-CAfile", "ca.pem"]
        return self._run(*command).returncode == 0

    def _issue(self, key: str) -> None:
        new = ["req", "-config", "tsa.cnf", "-nodes", "-newkey", *_key(key)]
        self._openssl(
            *new,
            "-x509",
            "-extensions",
            "ca",
            "-keyout",
            "ca.key",
            "-out",
            "ca.pem",
            "-days",
            "30",
            "-subj",
            "/CN=Test CA",
        )
        self._openssl(*new, "-keyout", "tsa.key", "-out", "tsa.csr")
        self.certify("stamping")

    def certify(self, extensions: str) -> None:
        """Give the authority a certificate with these extensions of the configuration."""
        self._openssl(
            "x509",
            "-req",
            "-in",
            "tsa.csr",
            "-CA",
            "ca.pem",
            "-CAkey",
            "ca.key",
            "-CAcreateserial",
            "-days",
            "20",
            "-extfile",
            "tsa.cnf",
            "-extensions",
            extensions,
            "-out",
            "tsa.pem",
        )

    def _openssl(self, *arguments: str) -> None:
        done = self._run(*arguments)
        assert done.returncode == 0, done.stderr

    def _run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        config = ["-config", "tsa.cnf"] if arguments[:2] == ("ts", "-reply") else []
        command = ["openssl", *arguments, *config]
        return subprocess.run(command, cwd=self.folder, capture_output=True, text=True, check=False)


def _key(kind: str) -> list[str]:
    return ["ec", "-pkeyopt", "ec_paramgen_curve:P-256"] if kind == "ec" else [kind]


class Served:
    """The authority over HTTP: how often it was asked, and whether it fails."""

    def __init__(self, authority: Authority) -> None:
        self.authority = authority
        self.asked = 0
        self.fails = False
        self.url = ""


@contextmanager
def served(authority: Authority) -> Iterator[Served]:
    """Serve it on a free port."""
    state, lock = Served(authority), threading.Lock()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            query = self.rfile.read(int(self.headers["Content-Length"]))
            assert self.headers["Content-Type"] == "application/timestamp-query"
            state.asked += 1
            if state.fails:
                self.send_error(503)
                return
            with lock:
                answer = state.authority.answer(query)
            self.send_response(200)
            self.send_header("Content-Type", "application/timestamp-reply")
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: object) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    state.url = f"http://127.0.0.1:{server.server_port}/"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield state
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
