"""Accounts: the login and password of a person."""

import re
from typing import Final

from api import clock
from api.commands.permission import require
from api.commands.unit_of_work import Done, unit_of_work
from api.errors import Duplicate, InvalidInput, NotFound
from api.identifiers import new_id
from api.models import Account, Person
from api.plan.viewer import Viewer
from auth.passwords import PasswordPool, PasswordRefused, check_new_password
from auth.permissions import Action, Object
from auth.relations import RowScope

LOGIN: Final = re.compile(r"[a-z][a-z0-9._-]{2,63}")


async def create_account(viewer: Viewer, person_id: int, login: str, password: str, passwords: PasswordPool) -> int:
    """Give a person a login and a password; return the account.

    Raises:
        InvalidInput: the login has another form than `LOGIN`, or the password is too weak.
        Duplicate: the login is taken.
        NotFound, Forbidden, Unauthenticated.
    """
    if not LOGIN.fullmatch(login):
        raise InvalidInput(
            "登录名用小写字母开头,3 到 64 位,可含数字 . _ -",
            "A login has 3 to 64 lower-case letters, digits, . _ - and begins with a letter",
            ("login",),
        )
    try:
        check_new_password(password, login=login)
    except PasswordRefused as refused:
        raise InvalidInput(refused.zh, refused.en, ("password",)) from None
    hashed = await passwords.hash(password)
    async with unit_of_work(viewer) as work:
        person = await Person.get_or_none(id=person_id)
        if person is None:
            raise NotFound(path=("person",))
        scope = RowScope(path=person.path, owner_person_id=person.id)
        rule = require(viewer, Object.ACCOUNT, Action.CREATE, scope)
        if await Account.exists(login=login):
            raise Duplicate("这个登录名已有人用", "This login is taken", ("login",))
        account = await Account.create(
            id=new_id(), person_id=person.id, login=login, password_hash=hashed, created_at=clock.now()
        )
        work.record(Done("account.create", "Account", account.id, person.path, {"login": [None, login]}, rule))
    return int(account.id)
