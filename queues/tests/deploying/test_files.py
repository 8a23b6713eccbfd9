"""deploy/ and the code agree: every command, variable, path, port and name in those files is one
that the other side knows."""

from __future__ import annotations

import json
import re
import sys
from ipaddress import ip_address, ip_network
from pathlib import PurePosixPath
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.core.management import CommandError, get_commands, load_command_class

from nextpatient.checkup import Checkup
from nextpatient.serve import options_of
from queues.tests.deploying.files import (
    OURS,
    ROOT,
    commands_in,
    compose,
    dockerfile,
    explained_settings,
    known_settings,
    text_of,
    unit,
)

VARIABLE = re.compile(r"\$\{(\w+)(?::[?-][^}]*)?\}")
PLACEHOLDER = re.compile(r"\{\$(\w+)(?::[^}]*)?\}")
UNITS = ("nextpatient.service", "nextpatient-duties.service")
NOT_OF_SETTINGS = {"HOST"}  # ./dev reads it
OF_DEPLOYMENT = {"DATABASE_PASSWORD", "TLS", "HTTP_PORT", "HTTPS_PORT", "UPSTREAM"}


def runs(words: list[str]) -> None:
    """It is a program of ours, with options that it takes; argparse exits if not."""
    program, *rest = words
    assert PurePosixPath(program).name == "python", words
    if rest[:2] == ["-m", "nextpatient.serve"]:
        options_of(rest[2:])
        return
    assert rest[0] == "manage.py", words
    name, *options = rest[1:]
    command = load_command_class(get_commands()[name], name)
    command.create_parser("manage.py", name).parse_args(options)


def test_what_settings_read_is_explained_and_nothing_else() -> None:
    explained = explained_settings()
    assert explained - NOT_OF_SETTINGS - OF_DEPLOYMENT == known_settings()
    assert explained >= NOT_OF_SETTINGS | OF_DEPLOYMENT


# The image


def test_the_image_copies_what_is_there_and_runs_what_we_have() -> None:
    for instruction, said in dockerfile():
        if instruction == "COPY" and not said.startswith("--from"):
            for source in said.split()[:-1]:
                assert (ROOT / source).exists(), source
        if instruction == "CMD" and "urllib" not in said:
            runs(json.loads(said))
        if instruction == "RUN" and "manage.py" in said:
            ours = [words for words in commands_in(said) if words[0] == "python"]
            assert len(ours) == 3
            for words in ours:
                runs(words)


def test_the_image_holds_all_of_the_source_and_nothing_of_this_machine() -> None:
    copied = {said.split()[0] for word, said in dockerfile() if word == "COPY"}
    wanted = {
        line[1:] for line in text_of("Dockerfile.dockerignore").splitlines() if line[:1] == "!"
    }
    assert wanted == copied - {"--from=build"} | {"requirements.txt"}
    assert {"nextpatient", "queues", "templates", "static", "manage.py"} <= wanted
    assert not wanted & {"var", ".env", ".git", "."}


def test_the_image_is_not_run_by_root_and_is_asked_how_it_is() -> None:
    said = dict(dockerfile())
    assert int(said["USER"]) > 1000
    assert f"useradd --system --uid {said['USER']}" in text_of("Dockerfile")
    assert said["VOLUME"] == str(PurePosixPath("/app") / settings.VAR.relative_to(ROOT))
    probed = re.search(r"http://127\.0\.0\.1:(\d+)(/\w+)", text_of("Dockerfile"))
    assert probed
    assert probed[1] == said["EXPOSE"] == str(options_of(served_with()).port)
    assert probed[2] in Checkup(None).answers


def served_with() -> list[str]:
    [command] = [json.loads(said) for word, said in dockerfile() if "nextpatient.serve" in said]
    return list(command[3:])


def test_the_image_has_the_python_that_the_tests_have() -> None:
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    bases = [said.split()[0] for word, said in dockerfile() if word == "FROM"]
    assert set(bases) == {f"python:{version}-slim-bookworm"}


def test_variables_of_the_image_are_known() -> None:
    [said] = [said for word, said in dockerfile() if word == "ENV"]
    names = {pair.split("=")[0] for pair in said.split()}
    assert names - {"PATH", "PYTHONUNBUFFERED", "PYTHONDONTWRITEBYTECODE"} <= known_settings()


# Compose


@pytest.mark.parametrize("service", OURS)
def test_ours_know_every_variable_that_they_are_given(service: str) -> None:
    environment = compose()["services"][service]["environment"]
    assert set(environment) <= known_settings()
    assert {"PUBLIC_URL", "SECRET_KEY", "LINK_KEY", "DATABASE_URL", "REDIS_URL"} <= set(environment)


def test_what_compose_asks_for_is_explained() -> None:
    asked = set(VARIABLE.findall(text_of("compose.yaml")))
    assert "DATABASE_PASSWORD" in asked
    assert asked <= explained_settings()


@pytest.mark.parametrize("service", ["prepare", "duties"])
def test_compose_runs_what_we_have(service: str) -> None:
    command = compose()["services"][service]["command"]
    for words in commands_in(command[2]) if command[0] == "sh" else [command]:
        runs(words)


def test_compose_builds_our_image() -> None:
    for service in OURS:
        build = compose()["services"][service]["build"]
        context = (ROOT / "deploy" / build["context"]).resolve()
        assert context == ROOT
        assert (context / build["dockerfile"]).is_file()


def test_services_find_one_another() -> None:
    services = compose()["services"]
    environment = services["web"]["environment"]
    database = urlsplit(VARIABLE.sub("x", environment["DATABASE_URL"]))
    assert database.hostname in services
    itself = services[database.hostname]["environment"]
    assert (database.username, database.path) == (
        itself["MARIADB_USER"],
        f"/{itself['MARIADB_DATABASE']}",
    )
    assert urlsplit(environment["REDIS_URL"]).hostname in services
    name, port = services["caddy"]["environment"]["UPSTREAM"].split(":")
    assert (name, int(port)) == ("web", options_of(served_with()).port)
    for service in services.values():
        assert set(service.get("depends_on", ())) <= set(services)


def test_only_the_proxy_is_believed_and_only_the_proxy_is_seen() -> None:
    services = compose()["services"]
    address = services["caddy"]["networks"]["inside"]["ipv4_address"]
    assert services["web"]["environment"]["TRUSTED_PROXIES"] == address
    [subnet] = compose()["networks"]["inside"]["ipam"]["config"]
    assert ip_address(address) in ip_network(subnet["subnet"])
    assert [name for name, service in services.items() if "ports" in service] == ["caddy"]


def test_what_is_kept_has_a_place_that_is_declared() -> None:
    declared = set(compose()["volumes"])
    for name, service in compose()["services"].items():
        for volume in service.get("volumes", ()):
            source = volume.split(":")[0]
            assert source in declared or (ROOT / "deploy" / source).is_file(), (name, volume)
    state = str(PurePosixPath("/app") / settings.VAR.relative_to(ROOT))
    assert f"state:{state}" in compose()["services"]["duties"]["volumes"]
    assert f"{state}/duties.json" in compose()["services"]["duties"]["healthcheck"]["test"][1]


# Caddy, and systemd


def test_what_caddy_reads_is_explained_and_given() -> None:
    read = set(PLACEHOLDER.findall(text_of("Caddyfile")))
    assert read == (OF_DEPLOYMENT - {"DATABASE_PASSWORD"}) | {"PUBLIC_URL"}
    assert set(compose()["services"]["caddy"]["environment"]) <= read


def test_what_units_are_for_is_there() -> None:
    for name in UNITS:
        settings_of = dict(unit(name))
        home = PurePosixPath(settings_of["WorkingDirectory"])
        documented = PurePosixPath(urlsplit(settings_of["Documentation"]).path)
        assert (ROOT / documented.relative_to(home)).is_file()
        written = PurePosixPath(settings_of["ReadWritePaths"])
        assert ROOT / written.relative_to(home) == settings.VAR
        commands = [value for key, value in unit(name) if key.startswith("Exec")]
        for command in commands:
            [words] = commands_in(command)
            assert words[0] == str(home / ".venv/bin/python")
            runs(words)
    assert options_of(served_by_unit()).port == 8000, "where the Caddyfile looks for it"


def served_by_unit() -> list[str]:
    [command] = [value for key, value in unit(UNITS[0]) if key == "ExecStart"]
    return command.split()[3:]


def test_a_wrong_name_would_be_seen() -> None:
    with pytest.raises(CommandError):
        runs(["python", "manage.py", "duties", "--twice"])
    with pytest.raises(KeyError):
        runs(["python", "manage.py", "chores"])
    with pytest.raises(SystemExit):
        runs(["python", "-m", "nextpatient.serve", "--port", "http"])
