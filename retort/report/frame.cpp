#include "retort/report/frame.hpp"

#include <fmt/format.h>

#include <cassert>
#include <kainjow/mustache.hpp>

#include "retort/report/escape.hpp"
#include "retort/report/sections.hpp"

namespace retort {
namespace {

namespace mustache = kainjow::mustache;

// {{a}} is escaped by our own function, {{{a}}} is HTML already.
constexpr auto frame = R"html(<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{{title}}</title>
<link rel="icon" href="data:,">
<style>{{{style}}}</style>
</head>
<body>
<header>
<h1>{{{name}}}{{#status}} <small>{{status}}</small>{{/status}}</h1>
<p class="summary">{{summary}}</p>
{{#second}}<p class="second">{{second}}</p>
{{/second}}{{{head}}}
</header>
<main>
{{#sections}}<section id="{{id}}">
<h2>{{heading}}</h2>
{{{body}}}
</section>
{{/sections}}</main>
<footer>{{#version}}Written by Retort {{version}}. {{/version}}{{source}}</footer>
</body>
</html>
)html";

}  // namespace

std::string page_html(const Page& page) {
  mustache::data sections(mustache::data::type::list);
  for (const Page::Section& section : page.sections) {
    if (section.body_html.empty()) continue;
    mustache::data entry;
    entry.set("id", section.id);
    entry.set("heading", section.heading);
    entry.set("body", section.body_html);
    sections << entry;
  }
  mustache::data values;
  values.set("title", page.title);
  values.set("name", page.name_html);
  if (!page.status.empty()) values.set("status", page.status);
  values.set("style", page_style);
  values.set("summary", page.summary);
  if (!page.second.empty()) values.set("second", page.second);
  values.set("head", page.head_html);
  values.set("sections", sections);
  if (!page.version.empty()) values.set("version", page.version);
  values.set("source", page.source);
  mustache::mustache filled(frame);
  filled.set_custom_escape([](const std::string& text) { return escaped(text); });
  assert(filled.is_valid());
  return filled.render(values);
}

std::string warning_list_html(const std::vector<std::string>& warnings_html) {
  std::string items;
  for (const std::string& warning : warnings_html) items += fmt::format("<li>{}</li>", warning);
  return items.empty() ? "" : fmt::format("<ul class=\"warnings\">{}</ul>", items);
}

}  // namespace retort
