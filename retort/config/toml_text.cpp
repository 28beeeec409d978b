#include <fmt/format.h>

#include <optional>

#include "retort/base/error.hpp"
#include "retort/config/document.hpp"

namespace retort {
namespace {

constexpr size_t line_width = 100;

// A table while it is written: values first, sections of its own behind them.
struct Section {
  std::string path;  // "student.train"; empty: the file
  std::vector<std::string> lines = {};
  std::string sections = {};
  std::vector<Section> items = {};  // of the list of tables that is being walked
  size_t items_wanted = 0;
};

std::optional<std::string> on_one_line(const Section& section) {
  if (!section.sections.empty()) return std::nullopt;
  if (section.lines.empty()) return "{}";
  return fmt::format("{{ {} }}", join(section.lines));
}

std::optional<std::string> on_one_line(const std::vector<Section>& items) {
  std::vector<std::string> texts;
  for (const Section& item : items) {
    const std::optional<std::string> text = on_one_line(item);
    if (!text) return std::nullopt;
    texts.push_back(*text);
  }
  return fmt::format("[{}]", join(texts));
}

std::string wrapped_list(const std::vector<std::string>& items) {
  std::string text = "[\n";
  std::string line = "   ";
  for (const std::string& item : items) {
    if (line.size() + item.size() + 2 > line_width && line.size() > 3) {
      text += line + "\n";
      line = "   ";
    }
    line += fmt::format(" {},", item);
  }
  return text + line + "\n]";
}

std::string value_line(const std::string& key, const TomlNode& node) {
  const std::string line = fmt::format("{} = {}", key, toml_value(node));
  if (line.size() <= line_width || node.list() == nullptr) return line;
  std::vector<std::string> items;
  for (const TomlNode& item : *node.list()) items.push_back(toml_value(item));
  return fmt::format("{} = {}", key, wrapped_list(items));
}

class Writer : public FieldVisitor {
 public:
  std::string text(const std::function<void(FieldVisitor&)>& describe) {
    const Section file = walked("", [&] { describe(*this); });
    std::string text;
    for (const std::string& line : file.lines) text += line + "\n";
    text += file.sections;
    return text.starts_with('\n') ? text.substr(1) : text;
  }

  void visit(const Field& field, bool& value) override { write(field, {.value = value}); }
  void visit(const Field& field, int64_t& value) override { write(field, {.value = value}); }
  void visit(const Field& field, double& value) override { write(field, {.value = value}); }
  void visit(const Field& field, std::string& value) override { write(field, {.value = value}); }
  void visit(const Field& field, std::vector<int64_t>& value) override {
    write(field, toml_list(value));
  }
  void visit(const Field& field, std::vector<double>& value) override {
    write(field, toml_list(value));
  }
  void visit(const Field& field, std::vector<std::string>& value) override {
    write(field, toml_list(value));
  }

 protected:
  void enter_table(const Field& field, const Walk& walk) override {
    const std::string path = path_of(field.name);
    const Section section = walked(path, walk);
    const bool only_a_way = section.lines.empty() && !section.sections.empty();
    if (add_inline(field, on_one_line(section))) return;
    add_section(only_a_way ? "" : fmt::format("\n[{}]\n", path), section);
  }

  std::vector<std::string> table_names(const Field&, std::vector<std::string> now) override {
    return now;
  }

  void enter_named_table(const Field& field, const std::string& name, const Walk& walk) override {
    const std::string path = fmt::format("{}.{}", path_of(field.name), toml_key(name));
    add_section(fmt::format("\n[{}]\n", path), walked(path, walk));
  }

  size_t list_size(const Field& field, size_t now) override {
    if (now == 0) write(field, {.value = TomlList{}});
    stack_.back().items.clear();
    stack_.back().items_wanted = now;
    return now;
  }

  void enter_list_item(const Field& field, size_t, const Walk& walk) override {
    const std::string path = path_of(field.name);
    Section item = walked(path, walk);
    Section& owner = stack_.back();
    owner.items.push_back(std::move(item));
    if (owner.items.size() < owner.items_wanted) return;
    if (add_inline(field, on_one_line(owner.items))) return;
    for (const Section& each : owner.items) add_section(fmt::format("\n[[{}]]\n", path), each);
  }

  std::string choose(const Field& field, const std::string& now) override {
    write(field, {.value = now});
    return now;
  }

  void enter_kind(std::string_view, std::string_view, const Walk& walk) override { walk(); }

 private:
  std::string path_of(std::string_view name) const {
    const std::string& path = stack_.back().path;
    return path.empty() ? toml_key(name) : fmt::format("{}.{}", path, toml_key(name));
  }

  void write(const Field& field, const TomlNode& node) {
    stack_.back().lines.push_back(value_line(toml_key(field.name), node));
  }

  Section walked(const std::string& path, const Walk& walk) {
    stack_.push_back({path});
    walk();
    Section section = std::move(stack_.back());
    stack_.pop_back();
    return section;
  }

  // Small tables inside a section stay on a line of it; the sections of the file never do.
  bool add_inline(const Field& field, const std::optional<std::string>& text) {
    Section& owner = stack_.back();
    if (owner.path.empty() || !text || text->find('\n') != std::string::npos) return false;
    const std::string line = fmt::format("{} = {}", toml_key(field.name), *text);
    if (line.size() > line_width) return false;
    owner.lines.push_back(line);
    return true;
  }

  void add_section(const std::string& header, const Section& section) {
    std::string& text = stack_.back().sections;
    text += header;
    for (const std::string& line : section.lines) text += line + "\n";
    text += section.sections;
  }

  std::vector<Section> stack_;
};

}  // namespace

std::string toml_text(const std::function<void(FieldVisitor&)>& describe) {
  return Writer().text(describe);
}

}  // namespace retort
