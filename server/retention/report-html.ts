/** Everything held about one person as one page without scripts: a table for each kind of thing. */
export function reportHtml(contractor: string, report: Readonly<Record<string, unknown>>): string {
  const sections = Object.entries(report).map(([title, value]) => {
    const rows = Array.isArray(value) ? value : [{ value }];
    return `<h2>${escaped(title)}</h2>${rows.length === 0 ? '<p>Nothing.</p>' : tableOf(rows)}`;
  });
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>What is held about ${escaped(contractor)}</title>
<style>body{font:14px system-ui;margin:2rem}table{border-collapse:collapse}td,th{border:1px solid #999;padding:.25rem .5rem;text-align:left;vertical-align:top;overflow-wrap:anywhere}</style>
<h1>What is held about ${escaped(contractor)}</h1>${sections.join('\n')}</html>\n`;
}

function tableOf(rows: readonly object[]): string {
  const heads = Object.keys(rows[0] ?? {});
  const lines = rows.map((row) => {
    const cells = new Map(Object.entries(row));
    return `<tr>${heads.map((head) => `<td>${escaped(textOf(cells.get(head)))}</td>`).join('')}</tr>`;
  });
  return `<table><tr>${heads.map((head) => `<th>${escaped(head)}</th>`).join('')}</tr>${lines.join('')}</table>`;
}

function textOf(value: unknown): string {
  if (value === null || value === undefined) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
