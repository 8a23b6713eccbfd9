"""The cache in Redis, over connections that last.

Django makes a cache object for each context, and in the pool each request has a context of its own
(nextpatient/pool.py): each would open a connection to Redis, for one number. Here all contexts of a
process share the client, which is safe between threads. What it gains is in docs/bench.md.
"""

from __future__ import annotations

from functools import cache, cached_property
from typing import Any

from django.core.cache.backends.redis import RedisCache, RedisCacheClient
from redis import Redis

ADDED = """
if redis.call('EXISTS', KEYS[1]) == 1 then
  return redis.call('INCRBY', KEYS[1], ARGV[1])
end
"""


class Client(RedisCacheClient):
    """It looks for every key at one server: what is counted is in one place."""

    def get_client(self, key: Any = None, *, write: bool = False) -> Redis:
        return self._only

    @cached_property
    def _only(self) -> Redis:
        """Kept too: to make one takes as long as to ask it something."""
        client: Redis = super().get_client(write=True)
        return client

    def incr(self, key: Any, delta: int) -> int:
        """In one question to Redis, where Django asks whether the key is there, and then adds."""
        added: Any = self._only.eval(ADDED, 1, key, delta)
        if added is None:
            raise ValueError(f"Key '{key}' not found.")
        return int(added)


class LastingRedisCache(RedisCache):
    def __init__(self, server: str, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        self._cache = _client(server)


@cache
def _client(server: str) -> Client:
    return Client([server])
