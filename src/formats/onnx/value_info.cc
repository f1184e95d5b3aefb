// SPDX-License-Identifier: Apache-2.0
#include "formats/onnx/value_info.h"

#include "formats/onnx/tensor.h"

namespace joulecast::onnx {
namespace {

/// TensorShapeProto.Dimension: a number or a name.
Dim ReadDim(WireReader message) {
  constexpr std::uint32_t kDimValue = 1;
  constexpr std::uint32_t kDimParam = 2;
  Dim dim;
  while (message.Next()) {
    if (message.field() == kDimValue && message.Int() > 0) dim.size = message.Int();
    if (message.field() == kDimParam) dim.symbol = message.Text();
  }
  return dim;
}

std::vector<Dim> ReadShape(WireReader message) {
  constexpr std::uint32_t kDim = 1;
  std::vector<Dim> dims;
  while (message.Next()) {
    if (message.field() == kDim) dims.push_back(ReadDim(message.Message()));
  }
  return dims;
}

/// TypeProto.Tensor: the element type, and the shape if it is known.
void ReadTensorType(WireReader message, ValueInfo& info) {
  constexpr std::uint32_t kElemType = 1;
  constexpr std::uint32_t kShape = 2;
  while (message.Next()) {
    if (message.field() == kElemType) info.dtype = DTypeFromOnnx(message.Int());
    if (message.field() == kShape) info.dims = ReadShape(message.Message());
  }
}

}  // namespace

ValueInfo ReadValueInfo(WireReader message) {
  constexpr std::uint32_t kName = 1;
  constexpr std::uint32_t kType = 2;
  constexpr std::uint32_t kTensorType = 1;
  ValueInfo info;
  while (message.Next()) {
    if (message.field() == kName) info.name = message.Text();
    if (message.field() != kType) continue;
    WireReader type = message.Message();
    while (type.Next()) {
      if (type.field() == kTensorType) ReadTensorType(type.Message(), info);
    }
  }
  return info;
}

}  // namespace joulecast::onnx
