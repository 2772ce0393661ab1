#include "chart_renderer.hpp"

#include <duktape.h>
#include <fmt/format.h>

#include <cstdlib>
#include <new>
#include <stdexcept>

#include "assets.hpp"

namespace rollcast::report {
namespace {

/// What the chart library expects of its surroundings and never uses when it draws once, without
/// animation.
constexpr std::string_view kSurroundings =
    "var setTimeout = function () { return 0; }, clearTimeout = function () {};"
    "var setInterval = setTimeout, clearInterval = clearTimeout;"
    "var console = {log: function () {}, warn: function () {}, error: function () {}};";

/// The engine's memory is the program's; `starved` tells that some was refused.
void* allocated(void* starved, duk_size_t size) {
  void* const memory = std::malloc(size);
  if (memory == nullptr && size > 0) *static_cast<bool*>(starved) = true;
  return memory;
}
void* reallocated(void* starved, void* memory, duk_size_t size) {
  void* const moved = std::realloc(memory, size);
  if (moved == nullptr && size > 0) *static_cast<bool*>(starved) = true;
  return moved;
}
void released(void*, void* memory) {
  std::free(memory);
}

}  // namespace

struct ChartRenderer::Engine {
  bool starved = false;
  duk_context* context = duk_create_heap(allocated, reallocated, released, &starved, nullptr);

  Engine() {
    if (context == nullptr) throw std::bad_alloc();
  }
  ~Engine() { duk_destroy_heap(context); }
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  /// Does `work`, which leaves one value on top of the stack, and pops it as a text. An error
  /// inside leaves `work` by a jump, so nothing in it may need a destructor. Errors:
  /// std::bad_alloc; std::runtime_error with `what` and the script's own words.
  template <class Work>
  std::string guarded(std::string_view what, Work work) {
    starved = false;
    const auto call = [](duk_context* inside, void* data) -> duk_ret_t {
      (*static_cast<Work*>(data))(inside);
      duk_safe_to_string(inside, -1);
      return 1;
    };
    const auto words = [](duk_context* inside, void*) -> duk_ret_t {
      duk_get_prop_string(inside, -1, "stack");
      duk_safe_to_string(inside, -1);
      return 1;
    };
    const bool failed = duk_safe_call(context, call, &work, 0, 1) != DUK_EXEC_SUCCESS;
    // The engine has tried again after a clean-up before it gave up.
    if (failed && starved) throw std::bad_alloc();
    if (failed) duk_safe_call(context, words, nullptr, 1, 1);
    duk_size_t length = 0;
    const char* const text = duk_get_lstring(context, -1, &length);
    std::string result = text != nullptr ? std::string(text, length) : std::string();
    duk_pop(context);
    if (failed) throw std::runtime_error(fmt::format("{}: {}", what, result));
    return result;
  }

  void run(std::string_view script, std::string_view what) {
    guarded(what, [script, what](duk_context* inside) {
      duk_push_lstring(inside, script.data(), script.size());
      duk_push_lstring(inside, what.data(), what.size());
      duk_compile(inside, 0);
      duk_call(inside, 0);
    });
  }

  [[nodiscard]] std::string value_of(std::string_view expression) {
    return guarded(expression.substr(0, 60), [expression](duk_context* inside) {
      duk_eval_lstring(inside, expression.data(), expression.size());
    });
  }

  void define_json(const char* name, std::string_view json) {
    guarded(name, [name, json](duk_context* inside) {
      duk_push_lstring(inside, json.data(), json.size());
      duk_json_decode(inside, -1);
      duk_put_global_string(inside, name);
      duk_push_undefined(inside);
    });
  }
};

ChartRenderer::ChartRenderer(std::string_view data) : engine_(std::make_unique<Engine>()) {
  engine_->run(kSurroundings, "surroundings");
  engine_->run(asset("echarts_js"), "echarts");
  for (const std::string_view script : chart_scripts()) engine_->run(script, "chart definitions");
  engine_->define_json("themes", asset("themes_json"));
  engine_->define_json("data", data);
}

ChartRenderer::~ChartRenderer() = default;

std::string ChartRenderer::svg(std::string_view chart, int width) {
  return engine_->value_of(
      fmt::format("rollcast.svg(echarts, '{}', data, themes, 'light', {})", chart, width));
}

std::string ChartRenderer::evaluate(std::string_view expression) {
  return engine_->value_of(expression);
}

}  // namespace rollcast::report
