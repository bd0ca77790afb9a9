"""An S3 server of our own on loopback (moto), and a client that does to it what the tests want."""

import contextlib
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import boto3

from server.archive.store import StoreSettings
from tests.support.ports import free_port
from tests.support.processes import running, wait_until_listening

KEYS = {"access_key": "testing", "secret_key": "testing"}


@dataclass(frozen=True)
class ObjectStore:
    """The server at ``endpoint``."""

    endpoint: str

    @property
    def client(self) -> Any:
        return boto3.client(
            "s3",
            endpoint_url=self.endpoint,
            region_name="us-east-1",
            aws_access_key_id=KEYS["access_key"],
            aws_secret_access_key=KEYS["secret_key"],
        )

    def bucket(self, name: str, *, locked: bool = False) -> StoreSettings:
        """A new bucket; ``locked``: objects in it can be locked, and all versions are kept."""
        self.client.create_bucket(Bucket=name, ObjectLockEnabledForBucket=locked)
        return StoreSettings(f"s3://{name}/yuntiao", self.endpoint, "us-east-1", **KEYS)

    def objects(self, name: str) -> dict[str, bytes]:
        """Everything in a bucket, by its key without the prefix."""
        found = self.client.list_objects_v2(Bucket=name).get("Contents", [])
        return {
            one["Key"].removeprefix("yuntiao/"): self.client.get_object(
                Bucket=name, Key=one["Key"]
            )["Body"].read()
            for one in found
        }

    def lock(self, name: str, key: str) -> None:
        """Lock an object for a day, as a bucket's default retention does.

        (The server takes no object into a bucket with one unless it is sent a header that real
        stores do not ask for.)
        """
        until = datetime.now(UTC) + timedelta(days=1)
        self.client.put_object_retention(
            Bucket=name,
            Key=f"yuntiao/{key}",
            Retention={"Mode": "COMPLIANCE", "RetainUntilDate": until},
        )

    def put(self, name: str, key: str, content: bytes) -> None:
        """Change an object behind the service's back."""
        self.client.put_object(Bucket=name, Key=f"yuntiao/{key}", Body=content)


@contextlib.contextmanager
def object_store(folder: Path) -> Iterator[ObjectStore]:
    """A store that forgets everything at the end."""
    port = free_port()
    command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    with running(command, folder / "store.log") as server:
        wait_until_listening(server, port)
        yield ObjectStore(f"http://127.0.0.1:{port}")
