"""An act about a name, step by step within one transaction."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.ext.asyncio import AsyncConnection

from gradewise.adapters.sql.rows import change_of, change_row, model_of, model_row, require_id
from gradewise.adapters.sql.tables import CHANGES, MODELS, NAMES
from gradewise.errors import RegistryError
from gradewise.registry.acts import Act, NameState
from gradewise.registry.records import StageChange


@dataclass(slots=True)
class Attempt:
    """One act, tried until the database has taken it or has refused it."""

    name: str
    """Of the models."""
    decide: Callable[[NameState], Act | None]
    """Says what changes."""
    told: str | None = None
    """The id of the act as the last try had it: that may have been written before it was interrupted."""

    async def __call__(self, connection: AsyncConnection) -> StageChange | None:
        """Do it, or find that it is done; where nothing changes, not even the serial does."""
        serial = await take_serial(connection, self.name)
        done = await find_change(connection, self.told) if self.told else None
        if done is None:
            state = await read_state(connection, self.name, serial - 1)
            act = self.decide(state)
            if act is not None:
                self.told = act.actor.id
                done = await find_change(connection, act.actor.id)
                if done is None:
                    return await write_act(connection, act, state, serial)
        await connection.rollback()
        return done


def upserting(connection: AsyncConnection) -> Any:
    """The ``INSERT`` of this database that knows what to do with rows that are there."""
    return sqlite_insert if connection.dialect.name == "sqlite" else postgresql_insert


async def take_serial(connection: AsyncConnection, name: str) -> int:
    """Count one more thing done under a name; until the transaction ends nobody else can."""
    counted = upserting(connection)(NAMES).values(name=name, serial=1)
    counted = counted.on_conflict_do_update(
        index_elements=[NAMES.c.name], set_={"serial": NAMES.c.serial + 1}
    )
    return int((await connection.execute(counted.returning(NAMES.c.serial))).scalar_one())


async def read_state(connection: AsyncConnection, name: str, serial: int) -> NameState:
    """Everything about a name, of which so much was done before."""
    models = select(MODELS).where(MODELS.c.model_name == name).order_by(MODELS.c.serial.desc())
    changes = select(CHANGES).where(CHANGES.c.model_name == name).order_by(CHANGES.c.serial.desc())
    return NameState(
        name=name,
        serial=serial,
        models=tuple(model_of(row) for row in await connection.execute(models)),
        changes=tuple(change_of(row) for row in await connection.execute(changes)),
    )


async def find_change(connection: AsyncConnection, act_id: str) -> StageChange | None:
    """The line that an act has left, if it was done."""
    row = (await connection.execute(select(CHANGES).where(CHANGES.c.id == act_id))).first()
    return None if row is None else change_of(row)


def require_fitting(act: Act, state: NameState) -> str:
    """Refuse an act that does not start from the state as it is; says the version of its model.

    Raises:
        RegistryError: the model is another's, stands elsewhere, or an id is no UUID.
    """
    for text, what in (
        (act.actor.id, "the id of the act"),
        (act.model_id, "the id of the model"),
        (act.gate_report_id, "the id of the gate report"),
    ):
        require_id(text, what)
    models = {model.id: model for model in state.models}
    if act.replaced_id is not None and act.replaced_id not in models:
        raise RegistryError(f"{state.name} has no model {act.replaced_id}; nothing was changed")
    if act.new is not None:
        if (act.new.id, act.new.model_name) != (act.model_id, state.name):
            raise RegistryError(f"{act.new.model_name} {act.new.version} is not what is done to {state.name}")
        return act.new.version
    model = models.get(act.model_id)
    if model is None or model.stage != act.from_stage:
        where = "is not there" if model is None else f"is in stage {model.stage}, not {act.from_stage}"
        raise RegistryError(f"model {act.model_id} of {state.name} {where}; nothing was changed")
    return model.version


async def write_act(connection: AsyncConnection, act: Act, state: NameState, serial: int) -> StageChange:
    """Write what changes, the model that makes room first, and the line that says so."""
    version = require_fitting(act, state)
    if act.replaced_id is not None:
        await connection.execute(_moved(act.replaced_id, stage="archived"))
    if act.new is not None:
        await connection.execute(MODELS.insert().values(model_row(act.new, act, serial)))
    else:
        pruned = {"pruned_at": act.actor.at} if act.pruned else {}
        await connection.execute(_moved(act.model_id, stage=act.to_stage, **pruned))
    row = change_row(act, state.name, version, serial)
    await connection.execute(CHANGES.insert().values(row))
    return StageChange(**row)


def _moved(model_id: str, **values: Any) -> Any:
    return update(MODELS).where(MODELS.c.id == model_id).values(values)
