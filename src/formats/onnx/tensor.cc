// SPDX-License-Identifier: Apache-2.0
#include "formats/onnx/tensor.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "base/text.h"
#include "formats/onnx/external_data.h"
#include "formats/onnx/little_endian.h"

namespace joulecast::onnx {
namespace {

using Ints = std::vector<std::int64_t>;

constexpr std::size_t kMostInts = 1024;
constexpr std::size_t kMostFloats = 64;

// Field numbers of TensorProto, from onnx.proto.
enum Field : std::uint32_t {
  kDims = 1,
  kDataType = 2,
  kFloatData = 4,
  kInt32Data = 5,
  kInt64Data = 7,
  kName = 8,
  kRawData = 9,
  kDoubleData = 10,
  kUint64Data = 11,
  kExternalData = 13,
};

bool IsInteger(DType dtype) {
  return dtype == DType::kBool || (dtype >= DType::kI64 && dtype <= DType::kU8);
}

bool IsFloat(DType dtype) { return dtype >= DType::kF64 && dtype <= DType::kBF16; }

/// Most elements whose numbers are kept; 0 for types that are not read.
std::size_t MostNumbers(DType dtype) {
  if (IsInteger(dtype)) return kMostInts;
  return IsFloat(dtype) ? kMostFloats : 0;
}

/// Number of elements, or nullopt above `most`.
std::optional<std::size_t> SmallCount(const Shape& shape, std::size_t most) {
  if (std::find(shape.begin(), shape.end(), 0) != shape.end()) return 0;
  std::size_t count = 1;
  for (const std::int64_t extent : shape) {
    if (static_cast<std::uint64_t>(extent) > most / count) return std::nullopt;
    count *= static_cast<std::size_t>(extent);
  }
  return count <= most ? std::optional(count) : std::nullopt;
}

/// IEEE binary16: sign, 5 bits of exponent with bias 15, 10 bits of fraction.
double HalfToDouble(std::uint16_t bits) {
  const int exponent = (bits >> 10) & 0x1F;
  const int fraction = bits & 0x3FF;
  double magnitude = 0;
  if (exponent == 0x1F) {
    magnitude = fraction == 0 ? HUGE_VAL : std::nan("");
  } else if (exponent == 0) {
    magnitude = std::ldexp(fraction, -24);
  } else {
    magnitude = std::ldexp(fraction + 0x400, exponent - 25);
  }
  return (bits & 0x8000) != 0 ? -magnitude : magnitude;
}

/// bfloat16 is the upper half of a binary32.
double BrainToDouble(std::uint16_t bits) {
  return std::bit_cast<float>(static_cast<std::uint32_t>(bits) << 16);
}

/// One element from its little-endian bytes, into the list that fits its type.
template <typename Number>
void Push(Constant& constant, std::span<const std::byte> bytes) {
  const auto number = LoadLittleEndian<Number>(bytes);
  if constexpr (std::is_floating_point_v<Number>) {
    constant.floats.push_back(static_cast<double>(number));
  } else if (constant.dtype == DType::kF16) {
    constant.floats.push_back(HalfToDouble(static_cast<std::uint16_t>(number)));
  } else if (constant.dtype == DType::kBF16) {
    constant.floats.push_back(BrainToDouble(static_cast<std::uint16_t>(number)));
  } else {
    constant.ints.push_back(static_cast<std::int64_t>(number));
  }
}

using PushFunction = void (*)(Constant&, std::span<const std::byte>);

PushFunction PushOf(DType dtype) {
  switch (dtype) {
    case DType::kF64:
      return Push<double>;
    case DType::kF32:
      return Push<float>;
    case DType::kF16:
    case DType::kBF16:
    case DType::kU16:
      return Push<std::uint16_t>;
    case DType::kI64:
      return Push<std::int64_t>;
    case DType::kU64:
      return Push<std::uint64_t>;
    case DType::kI32:
      return Push<std::int32_t>;
    case DType::kU32:
      return Push<std::uint32_t>;
    case DType::kI16:
      return Push<std::int16_t>;
    case DType::kI8:
      return Push<std::int8_t>;
    default:  // u8, bool
      return Push<std::uint8_t>;
  }
}

/// Where the numbers of a tensor lie.
struct Storage {
  std::optional<std::span<const std::byte>> raw;
  bool has_typed = false;
  ExternalData external;
};

std::string Describe(const Tensor& tensor) { return "tensor '" + Printable(tensor.name, 60) + "'"; }

void DecodeRaw(const WireFile& file, const Tensor& tensor, std::span<const std::byte> bytes,
               std::size_t count, Constant& constant) {
  const auto width = static_cast<std::size_t>(Bits(tensor.dtype)) / 8;
  if (bytes.size() != count * width) {
    file.Fail(Describe(tensor) + " has " + std::to_string(bytes.size()) + " bytes for " +
              ToString(tensor.shape) + " elements of " + std::string(Name(tensor.dtype)) +
              ": the file is damaged");
  }
  const PushFunction push = PushOf(tensor.dtype);
  for (std::size_t i = 0; i < count; ++i) push(constant, bytes.subspan(i * width));
}

/// Numbers in the lists that protobuf types: int32_data holds every integer of 32 bits or less,
/// and the bits of f16 and bf16.
void DecodeTyped(WireReader message, const Tensor& tensor, std::size_t count, Constant& constant) {
  Ints ints;
  while (message.Next()) {
    switch (message.field()) {
      case kInt32Data:
      case kInt64Data:
      case kUint64Data:
        message.AppendInts(ints, count);
        break;
      case kFloatData:
        message.AppendFloats(constant.floats, count);
        break;
      case kDoubleData:
        message.AppendDoubles(constant.floats, count);
        break;
      default:
        break;
    }
  }
  const bool is_half = tensor.dtype == DType::kF16 || tensor.dtype == DType::kBF16;
  for (const std::int64_t bits : ints) {
    if (is_half) {
      Push<std::uint16_t>(constant, std::as_bytes(std::span(&bits, 1)));
    } else {
      constant.ints.push_back(bits);
    }
  }
  const auto& numbers = IsInteger(tensor.dtype) ? constant.ints.size() : constant.floats.size();
  if (numbers != count || constant.ints.size() + constant.floats.size() != count) {
    message.file().Fail(Describe(tensor) + " does not hold " + ToString(tensor.shape) +
                        " elements of " + std::string(Name(tensor.dtype)) +
                        ": the file is damaged");
  }
}

std::optional<Constant> ReadNumbers(const WireReader& message, const Tensor& tensor,
                                    const Storage& storage, const std::filesystem::path& folder) {
  const auto count = SmallCount(tensor.shape, MostNumbers(tensor.dtype));
  if (!count || MostNumbers(tensor.dtype) == 0) return std::nullopt;
  Constant constant{.dtype = tensor.dtype, .shape = tensor.shape};
  if (storage.raw) {
    DecodeRaw(message.file(), tensor, *storage.raw, *count, constant);
  } else if (storage.has_typed) {
    DecodeTyped(message, tensor, *count, constant);
  } else if (*count > 0) {
    const auto width = static_cast<std::size_t>(Bits(tensor.dtype)) / 8;
    const auto bytes = storage.external.Read(folder, *count * width);
    if (!bytes) return std::nullopt;  // weights left out, or kept where we do not look
    DecodeRaw(message.file(), tensor, *bytes, *count, constant);
  }
  return constant;
}

Tensor WithNumbers(Constant constant, std::size_t count, std::size_t most) {
  Tensor tensor{.dtype = constant.dtype, .shape = constant.shape};
  if (count <= most) tensor.constant = std::move(constant);
  return tensor;
}

}  // namespace

DType DTypeFromOnnx(std::int64_t data_type) {
  constexpr std::array kTypes = {
      DType::kUnknown, DType::kF32, DType::kU8,     DType::kI8,   DType::kU16,  DType::kI16,
      DType::kI32,     DType::kI64, DType::kString, DType::kBool, DType::kF16,  DType::kF64,
      DType::kU32,     DType::kU64, DType::kC64,    DType::kC128, DType::kBF16, DType::kF8,
      DType::kF8,      DType::kF8,  DType::kF8,     DType::kU4,   DType::kI4};
  if (data_type < 0 || data_type >= static_cast<std::int64_t>(kTypes.size())) {
    return DType::kUnknown;
  }
  return kTypes[static_cast<std::size_t>(data_type)];
}

Tensor ReadTensor(WireReader message, const std::filesystem::path& folder) {
  const WireReader from_start = message;
  Tensor tensor;
  Storage storage;
  while (message.Next()) {
    switch (message.field()) {
      case kDims:
        message.AppendInts(tensor.shape);
        break;
      case kDataType:
        tensor.dtype = DTypeFromOnnx(message.Int());
        break;
      case kName:
        tensor.name = message.Text();
        break;
      case kRawData:
        if (!message.Bytes().empty()) storage.raw = message.Bytes();
        break;
      case kExternalData:
        storage.external.Add(message.Message());
        break;
      case kFloatData:
      case kInt32Data:
      case kInt64Data:
      case kDoubleData:
      case kUint64Data:
        storage.has_typed = true;
        break;
      default:
        break;
    }
  }
  if (std::any_of(tensor.shape.begin(), tensor.shape.end(),
                  [](auto extent) { return extent < 0; })) {
    message.file().Fail(Describe(tensor) + " has a negative extent: the file is damaged");
  }
  tensor.constant = ReadNumbers(from_start, tensor, storage, folder);
  return tensor;
}

bool ReadsNumbers(WireReader message) {
  Shape shape;
  DType dtype = DType::kUnknown;
  while (message.Next()) {
    if (message.field() == kDims) message.AppendInts(shape);
    if (message.field() == kDataType) dtype = DTypeFromOnnx(message.Int());
  }
  const std::size_t most = MostNumbers(dtype);
  return most > 0 && SmallCount(shape, most).has_value();
}

Tensor ReadSparseTensor(WireReader message, const std::filesystem::path& folder) {
  constexpr std::uint32_t kValues = 1;
  constexpr std::uint32_t kDenseDims = 3;
  Tensor tensor;
  Shape dims;
  while (message.Next()) {
    if (message.field() == kValues) tensor = ReadTensor(message.Message(), folder);
    if (message.field() == kDenseDims) message.AppendInts(dims);
  }
  if (std::any_of(dims.begin(), dims.end(), [](auto extent) { return extent < 0; })) {
    message.file().Fail("sparse " + Describe(tensor) +
                        " has a negative extent: the file is damaged");
  }
  tensor.shape = std::move(dims);
  tensor.constant.reset();
  return tensor;
}

Value ConstantValue(std::string_view name, Tensor tensor) {
  Value value{.name = std::string(name), .dtype = tensor.dtype, .is_constant = true};
  value.declared.emplace();
  for (const std::int64_t extent : tensor.shape) value.declared->push_back({.size = extent});
  value.constant = std::move(tensor.constant);
  return value;
}

Tensor IntTensor(Shape shape, Ints numbers) {
  const std::size_t count = numbers.size();
  return WithNumbers({.dtype = DType::kI64, .shape = std::move(shape), .ints = std::move(numbers)},
                     count, kMostInts);
}

Tensor FloatTensor(Shape shape, std::vector<double> numbers) {
  const std::size_t count = numbers.size();
  return WithNumbers(
      {.dtype = DType::kF32, .shape = std::move(shape), .floats = std::move(numbers)}, count,
      kMostFloats);
}

}  // namespace joulecast::onnx
