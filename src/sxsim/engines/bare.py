"""How compiled steps get at the arrays of a world: through one plain pointer, without counting references.

Numba would count references to each array at every call of a step, with atomic operations that cost more than most rules.
A `Bare` object writes where its arrays lie into one block of memory; in a step it is a pointer to that block. The pointer
holds only as long as Python keeps the object, which it does while a step runs.
"""

import hashlib
from functools import cache
from typing import Any

import numpy as np
from llvmlite import ir
from numba import typeof, types
from numba.core.datamodel import models
from numba.core.imputils import impl_ret_borrowed
from numba.core.typing.templates import AttributeTemplate
from numba.extending import (
    NativeValue,
    infer_getattr,
    intrinsic,
    lower_getattr_generic,
    lower_setattr_generic,
    register_model,
    unbox,
)
from numpy.typing import NDArray

_WORD = 8


def _descriptor(array: NDArray[Any]) -> list[int]:
    """What Numba keeps of an array that owns nothing: no owner, no parent, sizes, place, shape, strides."""
    return [0, 0, array.size, array.itemsize, array.ctypes.data, *array.shape, *array.strides]


class BareType(types.Type):
    """A pointer to a block of array descriptors. fields: name → array type; places: name → byte in the block."""

    def __init__(self, name: str, fields: dict[str, types.Array]) -> None:
        self.fields = fields
        words = np.cumsum([0, *(len(_descriptor(np.empty((0,) * kind.ndim))) for kind in fields.values())])
        self.places = dict(zip(fields, (_WORD * words).tolist(), strict=False))
        digest = hashlib.sha256(str(list(fields.items())).encode()).hexdigest()[:16]
        super().__init__(name=f"{name}<{digest}>")


@register_model(BareType)
class _BareModel(models.OpaqueModel):
    """One untyped pointer."""


@infer_getattr
class _BareAttribute(AttributeTemplate):
    """The attributes of a bare object are its arrays."""

    key = BareType

    def generic_resolve(self, bare_type: Any, attribute: str) -> Any:
        return bare_type.fields.get(attribute)


def _place(context: Any, builder: Any, bare_type: Any, pointer: Any, attribute: str) -> Any:
    """The descriptor of an array in the block, as a pointer to Numba's array structure."""
    place = builder.gep(pointer, [ir.Constant(ir.IntType(64), bare_type.places[attribute])])
    return builder.bitcast(place, context.get_data_type(bare_type.fields[attribute]).as_pointer())


@lower_getattr_generic(BareType)  # type: ignore[untyped-decorator]
def _read(context: Any, builder: Any, bare_type: Any, pointer: Any, attribute: str) -> Any:
    kind = bare_type.fields[attribute]
    place = _place(context, builder, bare_type, pointer, attribute)
    value = context.data_model_manager[kind].load_from_data_pointer(builder, place)
    return impl_ret_borrowed(context, builder, kind, value)


@lower_setattr_generic(BareType)  # type: ignore[untyped-decorator]
def _write(context: Any, builder: Any, signature: Any, arguments: Any, attribute: str) -> None:
    """Another array takes the place of one; it is kept until the next takes its place."""
    bare_type, value_type = signature.args
    pointer, value = arguments
    kind = bare_type.fields[attribute]
    value = context.cast(builder, value, value_type, kind)
    place = _place(context, builder, bare_type, pointer, attribute)
    model = context.data_model_manager[kind]
    before = model.load_from_data_pointer(builder, place)
    context.nrt.incref(builder, kind, value)
    builder.store(model.as_data(builder, value), place)
    context.nrt.decref(builder, kind, before)


@cache
def _type_of(name: str, arrays: tuple[tuple[str, np.dtype[Any], int], ...]) -> BareType:
    return BareType(name, {field: typeof(np.empty((0,) * dimensions, dtype)) for field, dtype, dimensions in arrays})


class Bare:
    """Arrays under their names: attributes in Python, one pointer in a compiled step.

    Arrays must be C-contiguous. Python's attributes are the arrays given at the start.
    """

    def __init__(self, **arrays: NDArray[Any]) -> None:
        self.__dict__.update(arrays)
        self._block = np.array([word for array in arrays.values() for word in _descriptor(array)], np.int64)
        self.address = self._block.ctypes.data
        self._numba_type_ = _type_of(type(self).__name__, tuple((n, a.dtype, a.ndim) for n, a in arrays.items()))

    def __getattr__(self, name: str) -> NDArray[Any]:
        raise AttributeError(f"{type(self).__name__} has no array {name}")


@unbox(BareType)  # type: ignore[untyped-decorator]
def _to_pointer(_type: Any, bare: Any, c: Any) -> Any:
    address = c.pyapi.object_getattr_string(bare, "address")
    pointer = c.pyapi.long_as_voidptr(address)
    c.pyapi.decref(address)
    return NativeValue(pointer)


@intrinsic  # type: ignore[untyped-decorator]
def fetch(_context: Any, address: Any) -> Any:
    """Ask the processor for what lies at an address, which will be needed soon. Changes nothing."""

    def build(context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        byte, number = ir.IntType(8).as_pointer(), ir.IntType(32)
        kind = ir.FunctionType(ir.VoidType(), [byte, number, number, number])
        function = builder.module.declare_intrinsic("llvm.prefetch", [byte], kind)
        to_read, near, data = (ir.Constant(number, value) for value in (0, 2, 1))
        builder.call(function, [builder.inttoptr(arguments[0], byte), to_read, near, data])
        return context.get_dummy_value()

    return types.void(address), build
