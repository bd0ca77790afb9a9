"""What every table shares: its base, its ids, its references."""

from datetime import date, datetime
from typing import Any, ClassVar
from uuid import uuid4

from sqlalchemy import (
    Date,
    ForeignKey,
    MetaData,
    String,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from server.storage.types import Instant, Json


def new_id() -> str:
    """Return a fresh id: 32 hex characters."""
    return uuid4().hex


class Base(DeclarativeBase):
    """All tables; constraints have names so that migrations can name them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar = {
        datetime: Instant,
        date: Date,
        dict[str, Any]: Json,
        list[Any]: Json,
    }


def id_column() -> Mapped[str]:
    """Return the primary key of most tables."""
    return mapped_column(String(32), primary_key=True, default=new_id)


def reference(target: str, *, index: bool = True) -> Mapped[str]:
    """Return a column that names a row of ``target`` (``table.column``)."""
    return mapped_column(String(32), ForeignKey(target), index=index)
