"""The fixtures' own servers answer, and every test gets a database of its own."""

from redis import asyncio as aioredis
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine


async def test_each_test_gets_an_empty_database(database_url: str) -> None:
    engine = create_async_engine(database_url)
    async with engine.begin() as connection:
        await connection.execute(text("CREATE TABLE only_here (n integer)"))
        assert (await connection.execute(text("SELECT count(*) FROM only_here"))).scalar() == 0
    await engine.dispose()


async def test_redis_answers(redis_url: str) -> None:
    async with aioredis.from_url(redis_url) as redis:
        await redis.set("support", "there")
        assert await redis.get("support") == b"there"
