import type { PersonReport } from './person-report.ts';

/** One page without scripts: a table for each section. */
export async function* reportHtml({ contractor, at, sections }: PersonReport): AsyncGenerator<string> {
  const title = escaped(`What is held about ${contractor}`);
  yield `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${title}</title>
<style>body{font:14px/1.45 system-ui,sans-serif;margin:2rem auto;max-width:72rem;padding:0 1rem}h2{margin:2rem 0 .25rem}p{margin:.25rem 0 .5rem;color:#555}
table{border-collapse:collapse;width:100%}td,th{border-bottom:1px solid #ccc;padding:.25rem .5rem;text-align:left;vertical-align:top;overflow-wrap:anywhere}th{white-space:nowrap}</style>
</head><body><h1>${title}</h1><p>As of ${at}. All times are UTC.</p>\n`;
  for (const { title: name, about, columns, rows } of sections) {
    yield `<h2>${escaped(name)}</h2><p>${escaped(about)}</p>\n`;
    let some = false;
    for await (const row of rows) {
      if (!some) yield `<table><thead>${rowOf('th', columns)}</thead><tbody>\n`;
      some = true;
      yield `${rowOf('td', row)}\n`;
    }
    yield some ? '</tbody></table>\n' : '<p>Nothing.</p>\n';
  }
  yield '</body></html>\n';
}

/** The same as JSON, as `personReportSchema` says. */
export async function* reportJson({ contractor, at, sections }: PersonReport): AsyncGenerator<string> {
  yield `{"contractor":${JSON.stringify(contractor)},"at":${JSON.stringify(at)},"sections":[`;
  for (const [index, { title, about, columns, rows }] of sections.entries()) {
    yield `${index === 0 ? '' : ','}\n{"title":${JSON.stringify(title)},"about":${JSON.stringify(about)},"columns":${JSON.stringify(columns)},"rows":[`;
    let some = false;
    for await (const row of rows) {
      yield `${some ? ',' : ''}\n${JSON.stringify(row)}`;
      some = true;
    }
    yield ']}';
  }
  yield '\n]}\n';
}

function rowOf(cell: 'td' | 'th', row: readonly string[]): string {
  return `<tr>${row.map((text) => `<${cell}>${escaped(text)}</${cell}>`).join('')}</tr>`;
}

function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
