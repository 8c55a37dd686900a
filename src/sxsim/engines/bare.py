"""How compiled steps get at the arrays of a world: through one plain pointer, without counting references.

Numba would count references to each array at every call of a step, with atomic operations that cost more than most rules.
A `Bare` object writes where its arrays lie into one block of memory; in a step it is a pointer to that block. The pointer
holds only as long as Python keeps the object, which it does while a step runs. So that it always points to the arrays that
Python sees, no array can be put in the place of another, and a copy has arrays and a block of its own.
"""

import hashlib
import operator
from functools import cache
from typing import Any

import numba
import numpy as np
from llvmlite import ir
from numba import typeof, types
from numba.core import cgutils
from numba.core.datamodel import default_manager, models
from numba.core.imputils import impl_ret_borrowed, lower_builtin
from numba.core.typing.templates import AbstractTemplate, AttributeTemplate, infer_global, signature
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
#: Word of an array's descriptor that holds its size, and the one that holds its place.
_SIZE, _PLACE = 2, 4
#: What Numba keeps of an array, in this order.
_LAYOUT = ("meminfo", "parent", "nitems", "itemsize", "data", "shape", "strides")
#: What the processor fetches at once, in bytes.
CACHE_LINE = 64


def _descriptor(array: NDArray[Any]) -> list[int]:
    """What Numba keeps of an array that owns nothing: no owner, no parent, sizes, place, shape, strides."""
    return [0, 0, array.size, array.itemsize, array.ctypes.data, *array.shape, *array.strides]


def check_layout() -> None:
    """Raise ImportError when Numba keeps arrays in another way than `_descriptor` writes them down."""
    model = default_manager[typeof(np.empty((0, 0)))]
    found = tuple(model._fields) if isinstance(model, models.StructModel) else ()
    if found != _LAYOUT:
        raise ImportError(
            f"numba {numba.__version__} keeps arrays as {found}, not as {_LAYOUT}: install a tested version"
        )


check_layout()


class RowsType(types.Type):
    """The rows of an array in one dimension: where they lie and how many they are.

    A row is taken by its number, counted from 0: other than with an array no number is looked at for being negative, which
    costs more than taking the row. With NUMBA_BOUNDSCHECK=1 a number that is no row's raises IndexError.
    """

    def __init__(self, dtype: Any) -> None:
        self.dtype = dtype
        super().__init__(name=f"Rows<{hashlib.sha256(str(dtype).encode()).hexdigest()[:16]}>")


@register_model(RowsType)
class _RowsModel(models.StructModel):
    """Two words."""

    def __init__(self, manager: Any, rows: RowsType) -> None:
        super().__init__(manager, rows, [("place", types.voidptr), ("size", types.intp)])


@infer_global(operator.getitem)
class _TakeRow(AbstractTemplate):
    """A row of records is a record, a row of numbers is a number."""

    def generic(self, arguments: Any, _keywords: Any) -> Any:
        if isinstance(arguments[0], RowsType) and isinstance(arguments[1], types.Integer):
            return signature(arguments[0].dtype, *arguments)
        return None


@infer_global(operator.setitem)
class _SetRow(AbstractTemplate):
    """Rows of numbers can be set."""

    def generic(self, arguments: Any, _keywords: Any) -> Any:
        if isinstance(arguments[0], RowsType) and isinstance(arguments[1], types.Integer):
            return signature(types.none, arguments[0], arguments[1], arguments[0].dtype)
        return None


@infer_global(len)
class _CountRows(AbstractTemplate):
    """How many rows there are."""

    def generic(self, arguments: Any, _keywords: Any) -> Any:
        return signature(types.intp, *arguments) if isinstance(arguments[0], RowsType) else None


def _size_of(dtype: Any) -> int:
    """Bytes of a row."""
    return int(dtype.size if isinstance(dtype, types.Record) else np.dtype(str(dtype)).itemsize)


def _row_place(context: Any, builder: Any, rows_type: Any, index_type: Any, rows: Any, index: Any) -> Any:
    """Where a row lies."""
    place = builder.extract_value(rows, 0)
    number = context.cast(builder, index, index_type, types.intp)
    if context.enable_boundscheck:
        cgutils.do_boundscheck(context, builder, number, builder.extract_value(rows, 1))
    return builder.gep(place, [builder.mul(number, ir.Constant(ir.IntType(64), _size_of(rows_type.dtype)))])


@lower_builtin(operator.getitem, RowsType, types.Integer)  # type: ignore[untyped-decorator]
def _take(context: Any, builder: Any, sig: Any, arguments: Any) -> Any:
    kind = sig.args[0].dtype
    place = _row_place(context, builder, *sig.args, *arguments)
    if isinstance(kind, types.Record):
        return builder.bitcast(place, context.get_value_type(kind))
    model = context.data_model_manager[kind]
    return model.load_from_data_pointer(builder, builder.bitcast(place, model.get_data_type().as_pointer()))


@lower_builtin(operator.setitem, RowsType, types.Integer, types.Any)  # type: ignore[untyped-decorator]
def _set(context: Any, builder: Any, sig: Any, arguments: Any) -> Any:
    kind = sig.args[0].dtype
    place = _row_place(context, builder, *sig.args[:2], *arguments[:2])
    value = context.cast(builder, arguments[2], sig.args[2], kind)
    model = context.data_model_manager[kind]
    builder.store(model.as_data(builder, value), builder.bitcast(place, model.get_data_type().as_pointer()))
    return context.get_dummy_value()


@lower_builtin(len, RowsType)  # type: ignore[untyped-decorator]
def _count(_context: Any, builder: Any, _sig: Any, arguments: Any) -> Any:
    return builder.extract_value(arguments[0], 1)


class BareType(types.Type):
    """A pointer to a block of array descriptors.

    fields: name → type of the attribute, rows or a whole array; places: name → byte in the block.
    """

    def __init__(self, name: str, fields: dict[str, Any], dimensions: list[int]) -> None:
        self.fields = fields
        words = np.cumsum([0, *(len(_descriptor(np.empty((0,) * number))) for number in dimensions)])
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
    if isinstance(kind, RowsType):
        rows = ir.Constant(context.get_value_type(kind), ir.Undefined)
        for member, word in enumerate((_PLACE, _SIZE)):
            byte = ir.Constant(ir.IntType(64), bare_type.places[attribute] + _WORD * word)
            member_type = context.get_value_type(kind).elements[member]
            place = builder.bitcast(builder.gep(pointer, [byte]), member_type.as_pointer())
            rows = builder.insert_value(rows, builder.load(place), member)
        return rows
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
def _type_of(name: str, arrays: tuple[tuple[str, np.dtype[Any], int], ...], whole: frozenset[str]) -> BareType:
    fields = {}
    for field, dtype, dimensions in arrays:
        array = typeof(np.empty((0,) * dimensions, dtype))
        fields[field] = RowsType(array.dtype) if dimensions == 1 and field not in whole else array
    return BareType(name, fields, [dimensions for _, _, dimensions in arrays])


class Bare:
    """Arrays under their names: attributes in Python, one pointer in a compiled step, where arrays in one dimension are rows.

    Arrays must be C-contiguous. Python's attributes are the arrays given at the start.
    """

    #: Arrays in one dimension that steps use whole, or put others in the place of.
    WHOLE: frozenset[str] = frozenset()

    def __init__(self, **arrays: NDArray[Any]) -> None:
        for name, array in arrays.items():
            if not array.flags.c_contiguous:
                raise ValueError(f"{name}(strides={array.strides}) must be C-contiguous")
        block = np.array([word for array in arrays.values() for word in _descriptor(array)], np.int64)
        described = tuple((name, array.dtype, array.ndim) for name, array in arrays.items())
        self.__dict__.update(arrays)
        self.__dict__["_arrays"] = arrays
        self.__dict__["_block"] = block
        self.__dict__["address"] = block.ctypes.data
        self.__dict__["_numba_type_"] = _type_of(type(self).__name__, described, self.WHOLE)

    def __getattr__(self, name: str) -> NDArray[Any]:
        raise AttributeError(f"{type(self).__name__} has no array {name}")

    def __setattr__(self, name: str, value: object = None) -> None:
        """Refused: compiled steps would go on with the array that was there before, or with memory given back."""
        raise AttributeError(
            f"{type(self).__name__}.{name} cannot be put another array in its place: change what is in it, as in "
            f"{type(self).__name__.lower()}.{name}[:] = …"
        )

    __delattr__ = __setattr__  # type: ignore[assignment]

    def __reduce__(self) -> tuple[Any, ...]:
        """Copies and pickles are made anew from copies of the arrays, so that their steps work on these."""
        return _made_again, (type(self), self._arrays)


def _made_again(kind: type[Bare], arrays: dict[str, NDArray[Any]]) -> Bare:
    """A bare object with arrays of its own."""
    again = kind.__new__(kind)
    Bare.__init__(again, **{name: _in_lines(array) for name, array in arrays.items()})
    return again


def _in_lines(array: NDArray[Any]) -> NDArray[Any]:
    """A copy of an array that begins at the beginning of a cache line."""
    block = np.empty(array.nbytes + CACHE_LINE, np.uint8)
    first = -block.ctypes.data % CACHE_LINE
    block[first : first + array.nbytes] = np.frombuffer(array.tobytes(), np.uint8)
    return block[first : first + array.nbytes].view(array.dtype).reshape(array.shape)


@unbox(BareType)  # type: ignore[untyped-decorator]
def _to_pointer(_type: Any, bare: Any, c: Any) -> Any:
    address = c.pyapi.object_getattr_string(bare, "address")
    pointer = c.pyapi.long_as_voidptr(address)
    c.pyapi.decref(address)
    return NativeValue(pointer)


@intrinsic  # type: ignore[untyped-decorator]
def ask_for(_context: Any, rows: Any, _row: Any) -> Any:
    """Ask the processor for a row that will be needed soon, line by line of its cache. Changes nothing."""

    def build(context: Any, builder: Any, sig: Any, arguments: Any) -> Any:
        byte, number = ir.IntType(8).as_pointer(), ir.IntType(32)
        kind = ir.FunctionType(ir.VoidType(), [byte, number, number, number])
        function = builder.module.declare_intrinsic("llvm.prefetch", [byte], kind)
        to_read, near, data = (ir.Constant(number, value) for value in (0, 2, 1))
        first = _row_place(context, builder, *sig.args, *arguments)
        for line in range(0, _size_of(rows.dtype), CACHE_LINE):
            builder.call(function, [builder.gep(first, [ir.Constant(ir.IntType(64), line)]), to_read, near, data])
        return context.get_dummy_value()

    return types.void(rows, _row), build
