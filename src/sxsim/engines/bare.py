"""References without counting, for the inner loop of the compiled engine.

Numba counts references to a world and to each of its arrays at every call of a step, with atomic operations that cost more
than most rules. `bare` gives a plain pointer to a world, and `borrowed` an array that owns nothing; both hold only as long
as Python keeps the world, which it does while a simulation runs.
"""

from typing import Any

from numba import types
from numba.core import cgutils
from numba.core.datamodel import models
from numba.core.imputils import impl_ret_borrowed
from numba.core.typing.templates import AttributeTemplate
from numba.extending import infer_getattr, intrinsic, lower_getattr_generic, lower_setattr_generic, register_model


class BareType(types.Type):
    """A pointer to the fields of a struct, without a reference count."""

    def __init__(self, struct: Any) -> None:
        self.struct = struct
        super().__init__(name=f"Bare<{struct.name}>")


@register_model(BareType)
class _BareModel(models.OpaqueModel):
    """One untyped pointer."""


@infer_getattr
class _BareAttribute(AttributeTemplate):
    """A bare reference has the attributes of its struct."""

    key = BareType

    def generic_resolve(self, bare_type: Any, attribute: str) -> Any:
        return bare_type.struct.field_dict.get(attribute)


def _fields(context: Any, builder: Any, bare_type: Any, pointer: Any) -> Any:
    """The fields behind a pointer, for reading and writing."""
    payload = bare_type.struct.get_data_type()
    value_type = context.data_model_manager[payload].get_value_type()
    return cgutils.create_struct_proxy(payload)(context, builder, ref=builder.bitcast(pointer, value_type.as_pointer()))


@lower_getattr_generic(BareType)  # type: ignore[untyped-decorator]
def _read(context: Any, builder: Any, bare_type: Any, pointer: Any, attribute: str) -> Any:
    value = getattr(_fields(context, builder, bare_type, pointer), attribute)
    return impl_ret_borrowed(context, builder, bare_type.struct.field_dict[attribute], value)


@lower_setattr_generic(BareType)  # type: ignore[untyped-decorator]
def _write(context: Any, builder: Any, signature: Any, arguments: Any, attribute: str) -> None:
    bare_type, value_type = signature.args
    pointer, value = arguments
    fields = _fields(context, builder, bare_type, pointer)
    field_type = bare_type.struct.field_dict[attribute]
    value = context.cast(builder, value, value_type, field_type)
    before = getattr(fields, attribute)
    context.nrt.incref(builder, field_type, value)
    context.nrt.decref(builder, field_type, before)
    setattr(fields, attribute, value)


@intrinsic  # type: ignore[untyped-decorator]
def bare(_context: Any, struct: Any) -> Any:
    """A bare reference to a struct that somebody else keeps."""

    def build(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        reference = cgutils.create_struct_proxy(signature.args[0])(context, builder, value=arguments[0])
        return builder.bitcast(context.nrt.meminfo_data(builder, reference.meminfo), cgutils.voidptr_t)

    return BareType(struct)(struct), build


@intrinsic  # type: ignore[untyped-decorator]
def borrowed(_context: Any, array: Any) -> Any:
    """The same array, owning nothing."""

    def build(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        view = context.make_array(signature.args[0])(context, builder, arguments[0])
        view.meminfo = cgutils.get_null_value(view.meminfo.type)
        view.parent = cgutils.get_null_value(view.parent.type)
        return view._getvalue()

    return array(array), build
