#include "retort/report/frame.hpp"

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
{{#brought}}<p class="brought">{{brought}}</p>
{{/brought}}{{{header}}}
{{{warnings}}}
</header>
<main>
{{#sections}}<section id="{{id}}">
<h2>{{heading}}</h2>
{{{body}}}
</section>
{{/sections}}</main>
<footer>{{footer}}</footer>
</body>
</html>
)html";

mustache::data sections_of(const PageParts& parts) {
  mustache::data sections(mustache::data::type::list);
  for (const PageSection& section : parts.sections) {
    if (section.html.empty()) continue;
    mustache::data entry;
    entry.set("id", section.id);
    entry.set("heading", section.heading);
    entry.set("body", section.html);
    sections << entry;
  }
  return sections;
}

}  // namespace

std::string framed_page(const PageParts& parts) {
  mustache::data values;
  values.set("title", parts.title);
  values.set("name", parts.name_html);
  if (!parts.status.empty()) values.set("status", parts.status);
  values.set("style", page_style);
  values.set("summary", parts.summary);
  values.set("brought", parts.brought);
  values.set("header", parts.header_html);
  values.set("warnings", parts.warnings_html);
  values.set("sections", sections_of(parts));
  values.set("footer", parts.footer);
  mustache::mustache page(frame);
  page.set_custom_escape([](const std::string& text) { return escaped(text); });
  assert(page.is_valid());
  return page.render(values);
}

}  // namespace retort
