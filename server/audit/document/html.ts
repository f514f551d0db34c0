import { visibleText } from '../../../shared/visible-text.ts';
import type { Block, Document, DocumentTable } from './document.ts';

/** One page without scripts that loads nothing, for reading and for printing. */
export function htmlOf({ title, subtitle, sections }: Document): string {
  // The style comes first, so that whoever serves the page can tell it from all that follows.
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<style>${STYLE}</style>
<title>${inert(title)}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light">
</head>
<body>
<header><h1>${inert(title)}</h1><p>${inert(subtitle)}</p></header>
<nav aria-label="Contents"><ol>${sections.map((section, index) => `<li><a href="#s${index + 1}">${inert(section.title)}</a></li>`).join('')}</ol></nav>
<main>
${sections.map((section, index) => `<section aria-labelledby="s${index + 1}"><h2 id="s${index + 1}">${inert(section.title)}</h2>\n${section.blocks.map(blockOf).join('\n')}\n</section>`).join('\n')}
</main>
</body>
</html>
`;
}

function blockOf(block: Block): string {
  if (block.kind === 'text') return `<p>${inert(block.text)}</p>`;
  if (block.kind === 'heading') return `<h3>${inert(block.text)}</h3>`;
  if (block.kind === 'list')
    return `<ul>${block.items.map((item) => `<li>${inert(item)}</li>`).join('')}</ul>`;
  if (block.kind === 'facts')
    return `<dl>${block.rows.map(([label, value]) => `<div><dt>${inert(label)}</dt><dd>${inert(value)}</dd></div>`).join('')}</dl>`;
  return tableOf(block);
}

function tableOf({ head, rows }: DocumentTable): string {
  const kinds = head.map(({ numeric }) => (numeric ? ' class="n"' : ''));
  const heads = head.map(({ text }, index) => `<th scope="col"${kinds[index]}>${inert(text)}</th>`);
  const lines = rows.map(
    (row) => `<tr>${row.map((cell, index) => `<td${kinds[index]}>${inert(cell)}</td>`).join('')}</tr>`,
  );
  // It can be scrolled with the keyboard where it is wider than the page.
  return `<div class="t" tabindex="0" role="region" aria-label="${inert(head.map(({ text }) => text).join(', '))}"><table><thead><tr>${heads.join('')}</tr></thead><tbody>\n${lines.join('\n')}\n</tbody></table></div>`;
}

/** Text that shows as what it is: no markup, no character that hides or turns others, and isolated in its direction of writing. */
function inert(text: string): string {
  return visibleText(text)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}

const STYLE = `
:root{color-scheme:light}
*{box-sizing:border-box}
body{margin:0 auto;padding:2.5rem 1.5rem 4rem;max-width:62rem;background:#fff;color:#1a1d21;font:15px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;font-variant-numeric:tabular-nums}
header{border-bottom:2px solid #1a1d21;margin-bottom:1.5rem}
h1{font-size:1.75rem;line-height:1.2;margin:0 0 .25rem}
header p{margin:0 0 1rem;color:#4a5058}
h2{font-size:1.2rem;margin:2.25rem 0 .6rem;padding-top:.6rem;border-top:1px solid #d5d9de}
h3{font-size:1rem;margin:1.5rem 0 .4rem}
p,ul{margin:.4rem 0 .8rem;max-width:46rem}
p,li,td,dd,h1{overflow-wrap:anywhere;unicode-bidi:plaintext}
ul{padding-left:1.25rem}
nav ol{margin:0;padding-left:1.25rem;columns:2;color:#4a5058}
a{color:#0b57a4}
dl{margin:.5rem 0 1rem}
dl div{display:flex;gap:1rem;padding:.2rem 0;border-bottom:1px solid #eceff2}
dt{flex:0 0 13rem;color:#4a5058}
dd{margin:0;min-width:0}
.t{overflow-x:auto;margin:.5rem 0 1rem}
table{border-collapse:collapse;width:100%;font-size:.875rem}
th,td{text-align:left;vertical-align:top;padding:.3rem .75rem .3rem 0;border-bottom:1px solid #e3e7eb}
th{border-bottom:1px solid #8b939c;color:#4a5058;font-weight:600;white-space:nowrap}
td{min-width:4rem}
.n{text-align:right;white-space:nowrap}
@media (max-width:40rem){body{padding:1.25rem 1rem 3rem}nav ol{columns:1}dl div{display:block}table{min-width:42rem}}
@page{margin:18mm 16mm}
@media print{body{max-width:none;padding:0;font-size:10pt}a{color:inherit;text-decoration:none}nav{display:none}.t{overflow:visible}h2,h3{break-after:avoid}tr,dl div{break-inside:avoid}thead{display:table-header-group}}
`;
