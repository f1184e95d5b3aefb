// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <optional>
#include <string_view>

#include "formats/onnx/wire.h"
#include "joulecast/graph.h"

namespace joulecast::onnx {

/// What is read of a TensorProto: all but its numbers, and those too where they may be shape
/// arguments (at most 1024 integers, or 64 floats: longer lists of floats are weights).
struct Tensor {
  std::string_view name;  ///< lies in the file
  DType dtype = DType::kUnknown;
  Shape shape;
  std::optional<Constant> constant;
};

/// The element type that ONNX numbers so (TensorProto.DataType); kUnknown for numbers of the
/// future.
DType DTypeFromOnnx(std::int64_t data_type);

/// Reads a TensorProto. Small external data are read if they lie inside `folder`, the model's.
/// Throws Error{kInput} if the data contradict the extents.
Tensor ReadTensor(WireReader message, const std::filesystem::path& folder);

/// Whether `ReadTensor` looks at the numbers of this TensorProto, by its extents and element type.
bool ReadsNumbers(WireReader message);

/// Reads a SparseTensorProto as the dense tensor that it stands for, without its numbers.
Tensor ReadSparseTensor(WireReader message, const std::filesystem::path& folder);

/// The tensor as a value of the graph that does not depend on its inputs.
Value ConstantValue(std::string_view name, Tensor tensor);

/// Numbers written in the model itself, as a tensor; without them where they are too many.
Tensor IntTensor(Shape shape, std::vector<std::int64_t> numbers);
Tensor FloatTensor(Shape shape, std::vector<double> numbers);

}  // namespace joulecast::onnx
