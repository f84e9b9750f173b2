"""The group of all commands, and the one spot that turns errors into exit codes."""

from __future__ import annotations

import difflib
import importlib
import pkgutil
import sys
import traceback
from typing import Any

import click

from nnfs_cli.cli import commands, options, signals, terminal
from nnfs_cli.errors import NnfsError, lacks_memory


class Group(options.Helpful, click.Group):
    """Finds its commands among the modules of `commands`: lr_find.py is `nnfs lr-find`."""

    def list_commands(self, context: click.Context) -> list[str]:
        return [module.name.replace("_", "-") for module in pkgutil.iter_modules(commands.__path__)]

    def get_command(self, context: click.Context, name: str) -> click.Command | None:
        if name not in self.list_commands(context):
            return None
        return importlib.import_module(f"{commands.__name__}.{name.replace('-', '_')}").command

    def resolve_command(self, context: click.Context, arguments: list[str]) -> Any:
        close = difflib.get_close_matches(arguments[0], self.list_commands(context), 1)
        if close and close[0] != arguments[0]:
            context.fail(f"no command is called '{arguments[0]}'. Did you mean '{close[0]}'?")
        return super().resolve_command(context, arguments)

    def invoke(self, context: click.Context) -> Any:
        try:
            return super().invoke(context)
        except KeyboardInterrupt:
            raise click.Abort from None  # click would say it with an empty line
        except EOFError as error:
            raise RuntimeError("a file ended early") from error  # click would take it for Ctrl-C


def _show_version(context: click.Context, option: click.Parameter, asked: bool) -> None:
    if asked and not context.resilient_parsing:
        from importlib.metadata import version

        terminal.answer(f"nnfs {version('nnfs')}")
        context.exit()


@click.command(cls=Group, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_show_version,
    help="Show the version and exit.",
)
def cli() -> None:
    """Train neural networks, written from scratch in NumPy, from a YAML file.

    \b
    Example, from a first look to an answer:
      nnfs check configs/mnist_dense.yaml
      run=$(nnfs train configs/mnist_dense.yaml)
      nnfs evaluate "$run"
      nnfs predict "$run" digit.png

    Exit codes: 0 done, 1 a bug, 2 usage or configuration, 3 data, 4 checkpoint, 5 the training diverged,
    6 the environment (disk, permissions, memory), 129 a closed terminal (SIGHUP), 130 Ctrl-C,
    143 SIGTERM.
    """


def main() -> None:
    """The program `nnfs`."""
    signals.end_tidily()
    terminal.prepare_streams()
    code = run(sys.argv[1:])
    terminal.flush()
    sys.exit(code)


def run(arguments: list[str]) -> int:
    """Carry out a command line and return the exit code."""
    try:
        return cli.main(arguments, prog_name="nnfs", standalone_mode=False) or 0
    except NnfsError as error:
        terminal.error(*error.lines)
        return error.exit_code
    except click.ClickException as error:
        _show_usage(error)
        return error.exit_code
    except (KeyboardInterrupt, click.Abort):
        terminal.interject("interrupted")
        return 130
    except BaseException as error:
        return _code_of(error)


def _code_of(error: BaseException) -> int:
    """Say what no part of the program foresaw: the system refuses, or there is a bug."""
    if lacks_memory(error):
        said = str(error).strip().partition("\n")[0]
        terminal.error(f"out of memory: {said}" if said else "out of memory")
        return 6
    if isinstance(error, OSError):
        terminal.error(f"{error.filename or 'system'}: {error.strerror or error}.")
        return 6
    if not isinstance(error, Exception):
        raise error
    terminal.say("".join(traceback.format_exception(error)))
    return 1


def _show_usage(error: click.ClickException) -> None:
    """A mistake on the command line, in one line; or the help that `nnfs` alone asks for."""
    message, context = error.format_message(), getattr(error, "ctx", None)
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        terminal.say(message)
    else:
        command = context.command_path if context else "nnfs"
        terminal.error(f"{command}: {message} (see {command} --help)")
