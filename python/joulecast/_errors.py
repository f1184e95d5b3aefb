# SPDX-License-Identifier: Apache-2.0
"""Why a task cannot be done: one class a kind, each also of the kind that Python users expect."""


class Error(Exception):
    """What Joulecast raises. Its text says what was tried, on what, why it failed, what to do."""

    __module__ = "joulecast"


class UsageError(Error, ValueError):
    """The caller asked for something that does not exist or contradicts itself."""

    __module__ = "joulecast"


class InputError(Error, ValueError):
    """A file or a specification is not what it claims to be."""

    __module__ = "joulecast"


class MissingFileError(InputError, FileNotFoundError):
    """A file is not there."""

    __module__ = "joulecast"


class DeviceError(Error, LookupError):
    """No such device, profile or meter here."""

    __module__ = "joulecast"


class AccessError(Error, PermissionError):
    """It exists, but this user may not use it."""

    __module__ = "joulecast"
