"""Putting the synthetic archive into a database, in bulk: the service itself adds row by row."""

import asyncio
import itertools
import os
import random
import sqlite3
import time
from collections.abc import Iterable, Iterator
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import asyncpg
from sqlalchemy.ext.asyncio import AsyncConnection

from server.review.index_schema import POSTGRESQL_INDEX
from server.storage.engine import Database
from server.storage.migrate import upgrade
from server.storage.schema import Account, Matter, Station
from signaling.rights import Role
from tests.bench.search.archive import FIRST, LAWYERS, MATTERS, MEDIATOR, SEED, STATIONS, Archive, Row
