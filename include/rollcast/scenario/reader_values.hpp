#pragma once
/// The templates of reader.hpp.
#include "rollcast/scenario/reader.hpp"

namespace rollcast::scenario {

namespace detail {
/// The text of a scalar, or a diagnostic; fills `resolved`.
[[nodiscard]] const std::string* scalar_text(Context& context, const Node& node,
                                             std::string_view what, Resolved& resolved);
void report_part(Context& context, const Node& node, const TextError& error);
}  // namespace detail

template <class T>
Value<T> scalar(std::string what, Schema schema,
                std::function<tl::expected<T, TextError>(Context&, std::string_view)> parse) {
  Value<T> value;
  value.read = [what, parse = std::move(parse)](Context& context, const Node& node,
                                                Resolved& resolved) -> std::optional<T> {
    const std::string* text = detail::scalar_text(context, node, what, resolved);
    if (text == nullptr) return std::nullopt;
    auto result = parse(context, *text);
    if (!result) {
      detail::report_part(context, node, result.error());
      return std::nullopt;
    }
    return std::move(*result);
  };
  value.describe = [schema = std::move(schema)](Context&) { return schema(); };
  return value;
}

template <class T>
Value<T> object(std::function<T(Reader&)> fill) {
  Value<T> value;
  value.read = [fill](Context& context, const Node& node, Resolved& resolved) -> std::optional<T> {
    if (!node.is_map()) {
      report_kind(context, node, "a map `{key: value}`");
      return std::nullopt;
    }
    resolved.kind = Resolved::Kind::map;
    Reader reader{context, node, resolved, nullptr};
    T result = fill(reader);
    reader.finish();
    return result;
  };
  value.describe = [fill](Context& context) {
    Json schema;
    schema["type"] = "object";
    schema["additionalProperties"] = false;
    schema["properties"] = Json::object();
    const Node empty;
    Resolved scratch;
    Reader reader{context, empty, scratch, &schema};
    (void)fill(reader);
    return schema;
  };
  return value;
}

template <class T>
Value<std::vector<T>> list_of(Value<T> item) {
  Value<std::vector<T>> value;
  value.read = [item](Context& context, const Node& node,
                      Resolved& resolved) -> std::optional<std::vector<T>> {
    if (!node.is_list()) {
      report_kind(context, node, "a list `[item, item]`");
      return std::nullopt;
    }
    resolved.kind = Resolved::Kind::list;
    if (context.records) resolved.comment = origin_of(context, node.place);
    std::vector<T> result;
    bool good = true;
    for (const Node& child : node.items) {
      const Place before = std::exchange(context.owner, child.place);
      if (context.records) resolved.items.emplace_back();
      auto one = item.read(context, child, context.records ? resolved.items.back() : resolved);
      context.owner = before;
      if (one)
        result.push_back(std::move(*one));
      else
        good = false;
    }
    if (!good) return std::nullopt;
    return result;
  };
  value.describe = [item](Context& context) {
    Json schema;
    schema["type"] = "array";
    schema["items"] = item.describe(context);
    return schema;
  };
  return value;
}

template <class K, class T>
Value<std::vector<Keyed<K, T>>> keyed(Value<K> key, Value<T> item) {
  Value<std::vector<Keyed<K, T>>> value;
  value.read = [key, item](Context& context, const Node& node,
                           Resolved& resolved) -> std::optional<std::vector<Keyed<K, T>>> {
    if (!node.is_map()) {
      report_kind(context, node, "a map `{name: …}`");
      return std::nullopt;
    }
    resolved.kind = Resolved::Kind::map;
    std::vector<Keyed<K, T>> result;
    for (const Entry& entry : node.entries) {
      const Place before = std::exchange(context.owner, entry.place);
      context.path.push_back(entry.key);
      Resolved key_scratch;
      Node key_node = scalar_node(entry.key, entry.place);
      key_node.exact = entry.place.length == entry.key.size();
      auto name = key.read(context, key_node, key_scratch);
      auto one =
          item.read(context, entry.value, context.records ? resolved.entry(entry.key) : resolved);
      context.path.pop_back();
      context.owner = before;
      if (name) result.push_back({std::move(*name), entry.place, one ? std::move(*one) : T{}});
    }
    return result;
  };
  value.describe = [item](Context& context) {
    Json schema;
    schema["type"] = "object";
    schema["additionalProperties"] = item.describe(context);
    return schema;
  };
  return value;
}

template <class T>
Value<T> either(std::string what, Value<T> of_scalar, Value<T> of_map, Value<T> of_list) {
  Value<T> value;
  value.read = [=](Context& context, const Node& node, Resolved& resolved) -> std::optional<T> {
    const Value<T>* chosen = nullptr;
    switch (node.kind) {
      case Node::Kind::null:
        break;
      case Node::Kind::scalar:
        chosen = &of_scalar;
        break;
      case Node::Kind::map:
        chosen = &of_map;
        break;
      case Node::Kind::list:
        chosen = &of_list;
        break;
    }
    if (chosen == nullptr || !chosen->read) {
      report_kind(context, node, what);
      return std::nullopt;
    }
    return chosen->read(context, node, resolved);
  };
  value.describe = [=](Context& context) {
    Json schema;
    schema["anyOf"] = Json::array();
    for (const Value<T>* one : {&of_scalar, &of_map, &of_list}) {
      if (one->read) schema["anyOf"].push_back(one->describe(context));
    }
    return schema;
  };
  return value;
}

template <class T>
Value<T> shorthand(Value<T> object, std::string key) {
  Value<T> value;
  value.read = [object, key](Context& context, const Node& node, Resolved& resolved) {
    if (node.is_map() || node.is_null()) return object.read(context, node, resolved);
    Node map;
    map.kind = Node::Kind::map;
    map.place = node.place;
    map.entries.push_back({key, node.place, node});
    return object.read(context, map, resolved);
  };
  value.describe = [object, key](Context& context) {
    const Json whole = object.describe(context);
    Json schema;
    schema["anyOf"] = Json::array({whole["properties"][key], whole});
    return schema;
  };
  return value;
}

template <class T, class F>
auto mapped(Value<T> value, F function) -> Value<std::invoke_result_t<F, T>> {
  using U = std::invoke_result_t<F, T>;
  Value<U> result;
  result.read = [value, function](Context& context, const Node& node,
                                  Resolved& resolved) -> std::optional<U> {
    auto read = value.read(context, node, resolved);
    if (!read) return std::nullopt;
    return function(std::move(*read));
  };
  result.describe = value.describe;
  return result;
}

}  // namespace rollcast::scenario
