#include "chart_renderer.hpp"

#include <duktape.h>
#include <fmt/format.h>

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

}  // namespace

struct ChartRenderer::Engine {
  duk_context* context = nullptr;

  ~Engine() {
    if (context != nullptr) duk_destroy_heap(context);
  }

  [[noreturn]] void fail(const std::string& what) const {
    duk_get_prop_string(context, -1, "stack");
    const char* const stack = duk_safe_to_string(context, -1);
    throw std::runtime_error(fmt::format("{}: {}", what, stack));
  }

  void run(std::string_view script, const std::string& what) const {
    duk_push_lstring(context, script.data(), script.size());
    duk_push_lstring(context, what.data(), what.size());
    if (duk_pcompile(context, 0) != 0 || duk_pcall(context, 0) != 0) fail(what);
    duk_pop(context);
  }

  [[nodiscard]] std::string value_of(std::string_view expression) const {
    if (duk_peval_lstring(context, expression.data(), expression.size()) != 0) {
      fail(std::string{expression.substr(0, 60)});
    }
    duk_size_t length = 0;
    const char* const text = duk_safe_to_lstring(context, -1, &length);
    std::string result(text, length);
    duk_pop(context);
    return result;
  }

  void define_json(const char* name, std::string_view json) const {
    duk_push_lstring(context, json.data(), json.size());
    duk_json_decode(context, -1);
    duk_put_global_string(context, name);
  }
};

ChartRenderer::ChartRenderer(std::string_view data) : engine_(std::make_unique<Engine>()) {
  engine_->context = duk_create_heap_default();
  if (engine_->context == nullptr) throw std::runtime_error("no memory for the chart renderer");
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
