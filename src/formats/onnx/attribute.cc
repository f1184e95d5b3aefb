// SPDX-License-Identifier: Apache-2.0
#include "formats/onnx/attribute.h"

namespace joulecast::onnx {
namespace {

// AttributeProto.AttributeType, from onnx.proto.
enum Type : std::int64_t {
  kUndefined = 0,
  kFloat = 1,
  kInt = 2,
  kString = 3,
  kTensor = 4,
  kFloats = 6,
  kInts = 7,
};

/// Everything that an AttributeProto may hold, and what it says it does.
struct Fields {
  std::int64_t type = kUndefined;
  double number = 0;
  std::int64_t integer = 0;
  std::string_view text;
  std::optional<Tensor> tensor;
  std::vector<double> floats;
  std::vector<std::int64_t> ints;
  Type last = kUndefined;  ///< the kind of the last field seen
};

/// Files of IR versions before 2 do not write the type: there the field that is set tells it.
void SetValue(Fields fields, Attribute& attribute) {
  switch (fields.type == kUndefined ? fields.last : fields.type) {
    case kFloat:
      attribute.value = fields.number;
      break;
    case kInt:
      attribute.value = fields.integer;
      break;
    case kString:
      attribute.value = std::string(fields.text);
      break;
    case kTensor:
      if (fields.tensor) attribute.value = *std::move(fields.tensor);
      break;
    case kFloats:
      attribute.value = std::move(fields.floats);
      break;
    case kInts:
      attribute.value = std::move(fields.ints);
      break;
    default:
      break;
  }
}

}  // namespace

Attribute ReadAttribute(WireReader message, const std::filesystem::path& folder) {
  Attribute attribute;
  Fields fields;
  while (message.Next()) {
    switch (message.field()) {
      case 1:  // name
        attribute.name = message.Text();
        break;
      case 2:  // f
        fields.number = static_cast<double>(message.Float());
        fields.last = kFloat;
        break;
      case 3:  // i
        fields.integer = message.Int();
        fields.last = kInt;
        break;
      case 4:  // s
        fields.text = message.Text();
        fields.last = kString;
        break;
      case 5:  // t
        fields.tensor = ReadTensor(message.Message(), folder);
        fields.last = kTensor;
        break;
      case 6:   // g
      case 11:  // graphs
        attribute.graphs.push_back(message.Message());
        break;
      case 7:  // floats
        message.AppendFloats(fields.floats);
        fields.last = kFloats;
        break;
      case 8:  // ints
        message.AppendInts(fields.ints);
        fields.last = kInts;
        break;
      case 21:  // ref_attr_name
        attribute.reference = message.Text();
        break;
      case 20:  // type
        fields.type = message.Int();
        break;
      default:
        break;
    }
  }
  SetValue(std::move(fields), attribute);
  return attribute;
}

}  // namespace joulecast::onnx
