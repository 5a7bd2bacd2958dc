"""Accounts, roles, sessions and tokens of a store; ``Accounts`` is the door."""

from duibiao.store.accounts.accounts import Accounts
from duibiao.store.accounts.model import COMMAND_LINE, AccountRole, AccountState, Caller, Officer, SignedIn
from duibiao.store.accounts.vault import Vault

__all__ = ["COMMAND_LINE", "AccountRole", "AccountState", "Accounts", "Caller", "Officer", "SignedIn", "Vault"]
