"""PostgreSQL and Valkey as on a host of their own: the embedded ones, which listen on an address too."""

from pathlib import Path
from urllib.parse import quote

import redis
from django.db import connections

from benchmarks.network.namespaces import NETWORK, Host
from config import embedded
from config.embedded import Postgres, kept_secret


class NetworkPostgres(Postgres):
    def __init__(self, data_dir: Path, sockets: Path, host: Host) -> None:
        super().__init__(data_dir, sockets, fsync=True)
        self.host = host

    @property
    def network_url(self) -> str:
        return self.url_at(self.host.address)

    def url_at(self, address: str) -> str:
        return f"postgresql://workbin:{quote(kept_secret(self.password_file))}@{address}/workbin"

    def prepare(self) -> None:
        super().prepare()
        with (self.data / "pg_hba.conf").open("a") as rules:
            rules.write(f"host all all {NETWORK}.0/24 scram-sha-256\n")

    def settings(self) -> list[str]:
        return [*super().settings(), "-c", f"listen_addresses={self.host.address}"]


class Databases(embedded.Servers):
    """`start` them from inside the host. We ourselves reach them by their sockets, from wherever we are."""

    def __init__(self, data_dir: Path, host: Host) -> None:
        super().__init__(data_dir)
        self.host = host
        self.network = NetworkPostgres(self.data_dir, self.sockets, host)
        self.cache = embedded.Valkey(self.data_dir, self.sockets)
        self.all = [self.cache, self.network]

    @property
    def network_redis_url(self) -> str:
        return f"redis://{self.host.address}:6379/0"

    def start(self) -> None:
        super().start()
        with redis.Redis.from_url(self.cache.url) as client:
            client.config_set("bind", self.host.address)
            client.config_set("protected-mode", "no")
            client.config_set("port", 6379)
        connections["default"].close()
        connections["default"].settings_dict.update(
            HOST=str(self.sockets), PASSWORD=kept_secret(self.network.password_file)
        )
