import MarkdownIt from 'markdown-it';
import type { Advisory } from './advisory.js';
import { escapeMarkup } from './escape.js';
import type { Fact } from './outline.js';
import { headFacts, sectionsOf } from './outline.js';

// No HTML of the writer's own, no pictures: a page that fetches nothing tells nobody who reads it.
const markdown = new MarkdownIt({ html: false, linkify: false, typographer: false }).disable('image');

/** The writer's Markdown as HTML, its headings below those of the page. Scripts have no way in. */
export function bodyToHtml(body: string): string {
  const tokens = markdown.parse(body, {});
  for (const token of tokens)
    if (token.type === 'heading_open' || token.type === 'heading_close')
      token.tag = `h${Math.min(6, Number(token.tag.slice(1)) + 2)}`;
  return markdown.renderer.render(tokens, markdown.options, {});
}

const STYLE = `
:root{color-scheme:light dark;--ink:#1b1b1b;--paper:#fff;--line:#8a8a8a;--link:#0b57a4}
@media (prefers-color-scheme:dark){:root{--ink:#e8e8e8;--paper:#161616;--line:#7d7d7d;--link:#8ab8f0}}
body{margin:0 auto;max-width:48rem;padding:1rem;font:1rem/1.6 system-ui,sans-serif;color:var(--ink);background:var(--paper);overflow-wrap:anywhere}
a{color:var(--link)}
.tlp{display:inline-block;border:2px solid;padding:0 .5rem;font-weight:700}
dl{display:grid;grid-template-columns:max-content 1fr;gap:.25rem 1rem}
dt{font-weight:600}
dd{margin:0;white-space:pre-line}
li{white-space:pre-line}
pre{overflow-x:auto;border:1px solid var(--line);padding:.5rem}
table{border-collapse:collapse}
td,th{border:1px solid var(--line);padding:.25rem .5rem;text-align:start}
@media (max-width:30rem){dl{grid-template-columns:1fr}}
@media print{:root{--ink:#000;--paper:#fff;--link:#000}body{max-width:none;padding:0;font-size:10pt}h2,h3{break-after:avoid}li,dd{break-inside:avoid}a[href^=http]::after{content:" (" attr(href) ")"}}
`.trim();

const isSafe = (url: string): boolean => /^(https?:\/\/|mailto:)/i.test(url);
const valueOf = ({ value, url }: Fact): string =>
  url !== null && isSafe(url)
    ? `<a href="${escapeMarkup(url)}" rel="noreferrer nofollow">${escapeMarkup(value)}</a>`
    : escapeMarkup(value);

/** Named facts as a list of names and values, the others as a plain list. */
function factList(facts: readonly Fact[]): string {
  const [named, bare] = [facts.filter(({ name }) => name !== ''), facts.filter(({ name }) => name === '')];
  return [
    ...(bare.length > 0 ? [`<ul>${bare.map((each) => `<li>${valueOf(each)}</li>`).join('')}</ul>`] : []),
    ...(named.length > 0
      ? [`<dl>${named.map((each) => `<dt>${escapeMarkup(each.name)}</dt><dd>${valueOf(each)}</dd>`).join('')}</dl>`]
      : []),
  ].join('\n');
}

/** A page of its own, which needs no other file, reads by ear as by eye, and prints. */
export function toHtml(advisory: Advisory): string {
  const lang = advisory.language === null ? '' : ` lang="${escapeMarkup(advisory.language)}"`;
  return [
    '<!doctype html>',
    '<html lang="en">',
    '<head>',
    '<meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    // A second lock: were something to get in, it could neither run nor fetch.
    `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'">`,
    `<title>${escapeMarkup(advisory.title)}</title>`,
    `<style>${STYLE}</style>`,
    '</head>',
    '<body>',
    '<main>',
    '<header>',
    `<p class="tlp">${escapeMarkup(advisory.tlp ?? 'Unmarked')}</p>`,
    `<h1${lang}>${escapeMarkup(advisory.title)}</h1>`,
    factList(headFacts(advisory)),
    '</header>',
    `<article${lang}>`,
    ...(advisory.summary === null ? [] : [`<p><strong>${escapeMarkup(advisory.summary)}</strong></p>`]),
    ...(advisory.body === null ? [] : [bodyToHtml(advisory.body)]),
    '</article>',
    ...sectionsOf(advisory).map(
      ({ heading, facts }) => `<section><h2>${escapeMarkup(heading)}</h2>\n${factList(facts)}</section>`,
    ),
    '</main>',
    '</body>',
    '</html>',
    '',
  ].join('\n');
}
