import { API_PREFIX } from '../../shared/api.ts';

export const DOCS_STYLE_PATH = `${API_PREFIX}/docs.css`;

/** Of the readable page, which has to stand without the console's files. Colors are the console's. */
export const DOCS_STYLE = `
:root {
  color-scheme: light dark;
  --ground: light-dark(#f7f8fa, #0f1115);
  --surface: light-dark(#ffffff, #16191f);
  --line: light-dark(#e2e5eb, #2a2f39);
  --text: light-dark(#1a1e26, #e6e9ef);
  --soft: light-dark(#454c59, #bcc3cf);
  --accent: light-dark(#3450c8, #93a8ff);
  --get: light-dark(#177245, #58c98d);
  --post: light-dark(#7d5a00, #e5c04d);
  --delete: light-dark(#b00f3c, #ff8298);
}
* { box-sizing: border-box; }
html { scroll-padding-top: 1rem; }
body {
  margin: 0; display: grid; grid-template-columns: 19rem minmax(0, 1fr);
  background: var(--ground); color: var(--text);
  font: 0.9375rem/1.55 system-ui, sans-serif;
}
a { color: var(--accent); text-decoration: none; }
main a { text-decoration: underline; text-underline-offset: 2px; }
a:hover { text-decoration: underline; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; border-radius: 2px; }
nav {
  position: sticky; top: 0; height: 100vh; overflow-y: auto; padding: 1.25rem;
  border-right: 1px solid var(--line); background: var(--surface); font-size: 0.8125rem;
}
nav ul { list-style: none; margin: 0 0 0.75rem; padding: 0; }
nav li a { display: block; padding: 0.125rem 0; color: var(--soft); overflow-wrap: anywhere; }
nav p { margin: 0.75rem 0 0.25rem; font-weight: 600; }
.brand { font-size: 0.9375rem; margin-top: 0; }
main { padding: 1.5rem 2.5rem 4rem; max-width: 62rem; min-width: 0; }
h1 { font-size: 1.5rem; margin: 0 0 0.75rem; }
h2 { font-size: 1.25rem; margin: 2.5rem 0 0.5rem; }
h3 { font-size: 0.9375rem; margin: 0 0 0.5rem; overflow-wrap: anywhere; }
main h3 a { color: inherit; text-decoration: none; }
article {
  margin: 1rem 0; padding: 1rem 1.25rem; background: var(--surface);
  border: 1px solid var(--line); border-radius: 6px;
}
article:target, details:has(:target), tr:target { border-color: var(--accent); outline: 2px solid var(--accent); }
article p { margin: 0.25rem 0; }
.right { color: var(--soft); font-size: 0.8125rem; }
code, pre { font: 0.8125rem/1.5 ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace; }
pre {
  margin: 0.75rem 0; padding: 0.75rem 1rem; white-space: pre-wrap; overflow-wrap: anywhere; background: var(--ground);
  border: 1px solid var(--line); border-radius: 6px;
}
.method { font: 600 0.75rem/1 ui-monospace, Menlo, Consolas, monospace; display: inline-block; min-width: 2.75rem; }
.get { color: var(--get); }
.post, .put, .patch { color: var(--post); }
.delete { color: var(--delete); }
table { border-collapse: collapse; width: 100%; margin: 0.5rem 0; font-size: 0.8125rem; font-variant-numeric: tabular-nums; }
th, td { text-align: left; overflow-wrap: anywhere; vertical-align: top; padding: 0.3rem 0.75rem 0.3rem 0; border-bottom: 1px solid var(--line); }
th { color: var(--soft); font-weight: 600; }
tr :is(th, td):last-child { padding-right: 0; }
.answers td:first-child { width: 4.5rem; }
td:first-child code { overflow-wrap: normal; }
details { border-bottom: 1px solid var(--line); padding: 0.35rem 0; }
summary { cursor: pointer; font: 0.8125rem ui-monospace, Menlo, Consolas, monospace; }
@media (max-width: 60rem) {
  body { display: block; }
  nav { position: static; height: auto; max-height: 40vh; border-right: 0; border-bottom: 1px solid var(--line); }
  main { padding: 1.25rem; }
}
@media print {
  body { display: block; background: none; }
  nav { display: none; }
  article { break-inside: avoid; }
}
`;
