"""Which commands are there?

Each line is a command: its words, the function that does it, and the sentence that `holotype --help` shows (the
function's docstring begins with the same one; a test compares them). A module is imported when its command is called.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence

from cyclopts import App, Group, Parameter

from holotype import __version__

_HELP = "Holotype, a model registry: which models exist, where each came from, and which one is in production."

COMMANDS: dict[str, dict[str, tuple[str, str]]] = {
    "Push and pull": {
        "push": ("transfers:push", "Register a file or a directory as a version of a model."),
        "pull": ("transfers:pull", "Write the files of a version into a directory, verified."),
        "verify": ("transfers:verify", "Check the bytes of a version, or of a directory that was pulled."),
    },
    "Bring over": {
        "import mlflow": (
            "imports:mlflow",
            "Bring the models of an MLflow server over: every version with its number, labels, context and bytes.",
        ),
    },
    "Find and compare": {
        "ls": ("find:ls", "List models, or the versions of one."),
        "show": ("show:show", "Show a model or a version."),
        "compare": ("compare:compare", "Show how versions differ."),
        "lineage": ("lineage:lineage", "Show what a version was made from, and what was made from it."),
        "history": ("history:history", "Show what happened to a model or a version, the newest first."),
        "evidence ls": ("evidence:ls", "List the evidence about a version, the newest first."),
        "evidence show": (
            "evidence:show",
            "Show one piece of evidence, and what the policy makes of its signature now.",
        ),
        "bom": ("evidence:bom", "Print the bill of materials of a version: CycloneDX 1.6, JSON."),
        "card": ("evidence:card", "Print the model card of a version, with the facts that the registry knows."),
        "resolve": ("stages:resolve", "Print the version that a reference names, now or at a moment."),
    },
    "Move and change": {
        "promote": ("stages:promote", "Move a version to a stage, or ask for it where people have to approve."),
        "approve": ("promotions:approve", "Approve a promotion; when nobody else is needed, it is applied."),
        "reject": ("promotions:reject", "Reject a promotion that waits; that ends it."),
        "withdraw": ("promotions:withdraw", "Take back a promotion that you asked for."),
        "promotion ls": ("promotions:ls", "List promotions, the newest first."),
        "promotion show": (
            "promotions:show",
            "Show a promotion: what each gate says, who decided what, and what is still needed.",
        ),
        "promotion review": (
            "promotions:review",
            "Show what a promotion still needs and from whom, and what you may do about it.",
        ),
        "promotion comment": (
            "promotions:comment",
            "Write a comment to a promotion, as Markdown; it is never changed.",
        ),
        "promotion comments": ("promotions:comments", "List what people wrote to a promotion, the newest first."),
        "override open": ("overrides:open_", "Take gates out of the way of a version's move, for some hours."),
        "override close": ("overrides:close", "Close an override: its gates stand in the way again."),
        "override ls": ("overrides:ls", "List overrides that nobody closed yet, the newest first."),
        "rollback": ("stages:rollback", "Give a stage back to the version that held it before."),
        "quarantine": (
            "recall:quarantine",
            "Recall a version, a data set or a parent, with everything that was built on it.",
        ),
        "release": ("recall:release", "End a quarantine."),
        "quarantines": ("recall:ls", "List quarantines, or show what one of them holds."),
        "impact": (
            "recall:impact",
            "Show what a recall would reach, where it is in use, and who pulled it; nothing is changed.",
        ),
        "intakes": (
            "intakes:ls",
            "List versions whose bytes are still copied in from an import source, or failed to come, the newest first.",
        ),
        "retry": (
            "intakes:retry",
            "Have a version tried again whose bytes failed to come from an import source.",
        ),
        "attest": ("evidence:attest", "Attach evidence to a version: what was learnt about it later."),
        "alias set": ("aliases:set_", "Make an alias name a version."),
        "alias rm": ("aliases:rm", "Remove an alias; the version that it named stays."),
        "alias ls": ("aliases:ls", "List the aliases of a model."),
        "edit": ("change:edit", "Change the description, the card or the tags of a model or a version."),
        "rename": ("change:rename", "Give a model another name; everything that belongs to it goes with it."),
        "delete": ("change:delete", "Delete a model or a version that nothing holds; it can be restored for a while."),
        "restore": ("change:restore", "Bring a deleted model or version back."),
        "model create": ("models:create", "Create a model that has no version yet."),
        "namespace create": ("namespaces:create", "Create a namespace."),
        "namespace ls": ("namespaces:ls", "List the namespaces."),
    },
    "Rules": {
        "policy init": ("policies:init", "Write a built-in policy into a file, to start from; no server is asked."),
        "policy show": ("policies:show", "Print the policy of a namespace, as TOML."),
        "policy apply": ("policies:apply", "Put a policy in force in a namespace: the whole file, or nothing of it."),
        "policy test": (
            "policies:try_",
            "Show which versions would pass or fail which move under a policy; nothing is changed.",
        ),
        "policy ls": ("policies:ls", "List the policies that were in force in a namespace, the newest first."),
    },
    "Access and audit": {
        "login": ("sign_in:login", "Sign in, and keep the token for this OS user until it ends."),
        "logout": ("sign_in:logout", "End the token that a login left, at the registry and here."),
        "open": ("sign_in:open_", "Open the pages in a browser, signed in by a link that works once."),
        "whoami": ("tokens:whoami", "Show who the registry takes you for, and what you may do."),
        "token create": ("tokens:create", "Create a token; its secret is printed this once."),
        "token ls": ("tokens:ls", "List your tokens, without their secrets."),
        "token revoke": ("tokens:revoke", "Make a token useless, at once and for good."),
        "user create": ("accounts:create_user", "Create a user, who may nothing until a grant or a team says so."),
        "user show": ("accounts:show_user", "Show a user, with their teams and service accounts."),
        "user ls": ("accounts:list_users", "List the users."),
        "user disable": (
            "accounts:disable_user",
            "Keep a user out, with their service accounts, at once on every server.",
        ),
        "user enable": ("accounts:enable_user", "Let a disabled user in again."),
        "service create": ("accounts:create_service", "Create a service account, for a machine."),
        "service show": ("accounts:show_service", "Show a service account."),
        "service ls": ("accounts:list_services", "List the service accounts: all, or yours."),
        "service disable": ("accounts:disable_service", "Stop a service account, at once on every server."),
        "service enable": ("accounts:enable_service", "Start a disabled service account again."),
        "service change": ("accounts:change_service", "Give a service account to another owner."),
        "user password": (
            "sign_in:change_password",
            "Choose your own password; who else is signed in as you is signed out.",
        ),
        "user setup": ("sign_in:setup", "Make a secret with which a user sets a password, once and within two days."),
        "user link": ("trusts:link", "Say whom the OpenID provider knows a user as."),
        "user unlink": (
            "trusts:unlink",
            "Remove what the OpenID provider knows a user as, and sign them out everywhere.",
        ),
        "user identities": ("trusts:identities", "List whom OpenID providers know a user as."),
        "trust create": (
            "trusts:create",
            "Exchange the tokens that an issuer makes for jobs for short-lived ones of a service account.",
        ),
        "trust ls": ("trusts:ls", "List the rules by which CI jobs and clusters get tokens."),
        "trust revoke": ("trusts:revoke", "End a trust, and every token that was given by it."),
        "team create": ("accounts:create_team", "Create a team of users and service accounts."),
        "team add": ("accounts:add_members", "Take users and service accounts into a team."),
        "team remove": ("accounts:remove_members", "Take users and service accounts out of a team."),
        "team show": ("accounts:show_team", "Show who is in a team."),
        "team ls": ("accounts:list_teams", "List the teams: all, or yours."),
        "team delete": ("accounts:delete_team", "Delete a team with its grants."),
        "grant create": ("grants:create", "Give somebody a role on a part of the registry."),
        "grant ls": ("grants:ls", "List grants: all that you may see, at least your own."),
        "grant revoke": ("grants:revoke", "Take a grant back, at once on every server."),
        "grant explain": ("grants:explain", "Say which grant lets somebody do something, or why none does."),
        "audit log": ("history:log", "Show the ledger of the whole registry, the newest entry first."),
        "audit show": (
            "audit:show",
            "Show an entry of the ledger, and verify here that the registry's latest checkpoint covers it.",
        ),
        "audit export": ("audit:export", "Write the ledger into a file that anybody can verify without the server."),
        "audit verify": ("audit:verify", "Verify an export of the ledger; no server and no network is needed."),
        "audit checkpoint": ("audit:checkpoint", "Print the latest checkpoint, as it was signed."),
        "audit keys": ("audit:keys", "Print the public keys that sign checkpoints, one a line, the oldest first."),
    },
    "Run a registry": {
        "serve": ("serve:serve", "Start a server."),
        "admin migrate": ("admin:migrate", "Bring the database to the schema of this release."),
        "admin doctor": (
            "admin:doctor",
            "Examine schema, ledger, rows and bytes, and say what is wrong; nothing is changed.",
        ),
        "admin examine": (
            "admin:examine",
            "Have a version, or every one, inspected and scanned again by the servers, soon.",
        ),
        "admin sweep": ("admin:sweep", "Free the bytes that nothing refers to and whose grace period is over."),
        "admin token": ("admin:token", "Print a new token for the owner, who may everything."),
        "admin rotate-key": ("admin_keys:rotate", "Make a new key for checkpoints and retire the one in force."),
        "admin sources": (
            "admin_sources:ls",
            "List the import sources and ask each whether it can be read; no secret is shown.",
        ),
        "admin backup": ("admin:backup", "Copy the whole registry into a directory, while servers go on."),
        "admin restore": (
            "admin:restore",
            "Fill an empty database and an empty store from a backup, and look at the result as the doctor does.",
        ),
        "version": ("version:version", "Print the version of this program."),
    },
}

NOUNS: dict[str, str] = {
    "import": "Bring models of another registry over.",
    "policy": "Write, try, apply and read the policy of a namespace.",
    "evidence": "Read what was learnt about a version.",
    "alias": "Point aliases at versions.",
    "model": "Create models.",
    "promotion": "See which moves were asked for, and write to them.",
    "override": "Take gates out of the way in an emergency.",
    "namespace": "Create and list namespaces.",
    "token": "Create, list and revoke tokens.",
    "user": "Look after users.",
    "trust": "Let CI jobs and clusters in without secrets.",
    "service": "Look after service accounts.",
    "team": "Look after teams.",
    "grant": "Give roles, take them back, and learn why somebody may do something.",
    "audit": "Read the ledger, export it, and verify an export.",
    "admin": "Look after a registry's database and store, on the machine that runs it.",
}


def words() -> list[str]:
    """Return the words of every command."""
    return [name for commands in COMMANDS.values() for name in commands]


def build() -> App:
    """Return the tree of commands, none of them loaded."""
    root = App(
        name="holotype",
        help=_HELP,
        version=__version__,
        default_parameter=Parameter(negative=(), show_default=_shown),
        help_format="plaintext",
        suppress_keyboard_interrupt=False,
    )
    root["--help"].group = root["--version"].group = Group("Options", sort_key=101)
    nouns: dict[str, App] = {}
    place = 0
    for position, (title, commands) in enumerate(COMMANDS.items()):
        group = Group(title, sort_key=position)
        for name, (function, sentence) in commands.items():
            noun, _, verb = name.rpartition(" ")
            place += 1
            if noun and noun not in nouns:
                nouns[noun] = App(name=noun, help=NOUNS[noun], group=group, sort_key=place, version_flags=())
                root.command(nouns[noun])
            target = nouns[noun] if noun else root
            target.command(
                f"holotype.cli.{function}", name=verb, help=sentence, sort_key=place, group=None if noun else group
            )
    return root


def load(root: App, name: str) -> App:
    """Import one command of a tree, and give it the whole text of its function's docstring as help."""
    found = root
    for word in name.split():
        found = found[word]
    if found.default_command is None:
        return found
    text, _, _ = (inspect.getdoc(found.default_command) or "").partition("\nArgs:\n")
    found.usage = f"Usage: holotype {name} [OPTIONS]{_places(found.default_command)}"
    found.help = "\n\n".join(" ".join(paragraph.split()) for paragraph in text.split("\n\n")).strip()
    return found


def _places(command: Callable[..., object]) -> str:
    """Return the arguments of a command as its usage shows them: ``REFERENCE [DIRECTORY]``."""
    shown = ""
    for parameter in inspect.signature(command).parameters.values():
        name = parameter.name.upper()
        if parameter.kind is parameter.VAR_POSITIONAL:
            shown += f" [{name}...]"
        elif parameter.kind is parameter.POSITIONAL_ONLY:
            shown += f" {name}" if parameter.default is parameter.empty else f" [{name}]"
    return shown


def named(arguments: Sequence[str]) -> str | None:
    """Return the name of the command that a command line begins with, if there is one."""
    known = words()
    return next((name for name in (" ".join(arguments[:count]) for count in (2, 1)) if name in known), None)


def _shown(default: object) -> str | None:
    """Return a default for the help, unless it says nothing."""
    return None if default in (None, False, "", ()) else str(default)
