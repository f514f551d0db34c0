import type { Instant } from '../../../shared/time.ts';
import { visibleText } from '../../../shared/visible-text.ts';
import type { Block, Document, DocumentTable } from './document.ts';

const MARGIN = 50;
const WIDTH = 595.28 - 2 * MARGIN;
const BOTTOM = 841.89 - MARGIN - 20;
const INK = '#1a1d21';
const SOFT = '#4a5058';
const LINE = '#d5d9de';

/** The same as PDF, A4. Equal documents of one moment are equal bytes. Loads its library when it is first needed: few runs do. */
export async function pdfOf(document: Document, at: Instant): Promise<Buffer> {
  const { default: PDFDocument } = await import('pdfkit');
  const pdf = new PDFDocument({
    ...{ size: 'A4', margin: MARGIN, bufferPages: true, lang: 'en', displayTitle: true },
    info: {
      Title: plain(document.title),
      Producer: 'Farhand',
      Creator: 'Farhand',
      CreationDate: new Date(at),
    },
  });
  const chunks: Buffer[] = [];
  const ended = new Promise<void>((resolve, reject) => {
    pdf.on('data', (chunk: Buffer) => chunks.push(chunk));
    pdf.on('end', resolve);
    pdf.on('error', reject);
  });
  write(pdf, document);
  pdf.end();
  await ended;
  return Buffer.concat(chunks);
}

type Pdf = PDFKit.PDFDocument;

function write(pdf: Pdf, { title, subtitle, sections }: Document): void {
  pdf.font('Helvetica-Bold').fontSize(20).fillColor(INK).text(plain(title));
  pdf.font('Helvetica').fontSize(10).fillColor(SOFT).text(plain(subtitle)).moveDown(0.5);
  for (const section of sections) {
    room(pdf, 60);
    pdf.moveDown(0.8);
    ruled(pdf, SOFT);
    pdf.outline.addItem(plain(section.title));
    pdf.moveDown(0.4).font('Helvetica-Bold').fontSize(13).fillColor(INK).text(plain(section.title), MARGIN);
    pdf.moveDown(0.3);
    for (const block of section.blocks) writeBlock(pdf, block);
  }
  const { count } = pdf.bufferedPageRange();
  for (let page = 0; page < count; page += 1) {
    pdf.switchToPage(page);
    // Below the margin text would open a page of its own.
    pdf.page.margins.bottom = 0;
    const footer = `${plain(title)}  ·  ${page + 1} of ${count}`;
    pdf.font('Helvetica').fontSize(8).fillColor(SOFT);
    pdf.text(footer, MARGIN, 841.89 - 38, { width: WIDTH, align: 'right', lineBreak: false });
  }
}

function writeBlock(pdf: Pdf, block: Block): void {
  if (block.kind === 'table') writeTable(pdf, block);
  else if (block.kind === 'facts')
    writeTable(pdf, { head: [{ text: '' }, { text: '', share: 2.5 }], rows: block.rows });
  else if (block.kind === 'heading') {
    room(pdf, 40);
    pdf.moveDown(0.4).font('Helvetica-Bold').fontSize(10.5).fillColor(INK).text(plain(block.text), MARGIN);
    pdf.moveDown(0.2);
  } else writeProse(pdf, block);
}

function writeProse(pdf: Pdf, block: Extract<Block, { kind: 'text' | 'list' }>): void {
  pdf.font('Helvetica').fontSize(9.5).fillColor(INK);
  if (block.kind === 'text') pdf.text(plain(block.text), MARGIN, undefined, { lineGap: 1.5 });
  else
    for (const item of block.items) {
      room(pdf, 24);
      const { y } = pdf;
      pdf.text('•', MARGIN, y, { lineBreak: false });
      pdf.text(plain(item), MARGIN + 12, y, { width: WIDTH - 12, lineGap: 1.5 });
    }
  pdf.moveDown(0.5);
}

const CELL = 8.5;
const PAD = 6;
/** A row is never higher than a page; the rest of such a text is in the tables of the pack. */
const MOST_HEIGHT = 500;

function writeTable(pdf: Pdf, { head, rows }: Pick<DocumentTable, 'head' | 'rows'>): void {
  const shares = head.map(({ share = 1 }) => share);
  const sum = shares.reduce((total, share) => total + share, 0);
  const widths = shares.map((share) => (share / sum) * WIDTH);
  const named = head.some(({ text }) => text !== '');
  const row = (cells: readonly string[], font: string, color: string) => {
    pdf.font(font).fontSize(CELL);
    const texts = cells.map(plain);
    const heights = texts.map((text, index) =>
      pdf.heightOfString(text, { width: (widths[index] ?? 0) - PAD, lineGap: 1 }),
    );
    const height = Math.min(MOST_HEIGHT, Math.max(CELL, ...heights)) + 5;
    const broke = room(pdf, height);
    if (broke && named && font === 'Helvetica')
      row(
        head.map(({ text }) => text),
        'Helvetica-Bold',
        SOFT,
      );
    pdf.font(font).fontSize(CELL).fillColor(color);
    const { y } = pdf;
    let x = MARGIN;
    for (const [index, text] of texts.entries()) {
      const width = (widths[index] ?? 0) - PAD;
      const align = head[index]?.numeric ? 'right' : 'left';
      pdf.text(text, x, y + 2, { width, align, lineGap: 1, height: MOST_HEIGHT, ellipsis: true });
      x += widths[index] ?? 0;
    }
    pdf.x = MARGIN;
    pdf.y = y + height;
    ruled(pdf, LINE);
  };
  if (named)
    row(
      head.map(({ text }) => text),
      'Helvetica-Bold',
      SOFT,
    );
  for (const cells of rows) row(cells, 'Helvetica', INK);
  pdf.moveDown(0.6);
}

/** Goes on on the next page where so much does not fit; tells whether it did. */
function room(pdf: Pdf, height: number): boolean {
  if (pdf.y + height <= BOTTOM) return false;
  pdf.addPage();
  return true;
}

function ruled(pdf: Pdf, color: string): void {
  pdf
    .moveTo(MARGIN, pdf.y)
    .lineTo(MARGIN + WIDTH, pdf.y)
    .lineWidth(0.5)
    .strokeColor(color)
    .stroke();
}

/** What the fonts that every reader of PDF has can show: Windows-1252. The rest is written by number, as all that hides or turns text. */
function plain(text: string): string {
  return visibleText(text)
    .normalize('NFC')
    .replaceAll(
      /[^\x20-\x7E\u00A0-\u00FF\u20AC\u201A\u0192\u201E\u2026\u2020\u2021\u02C6\u2030\u0160\u2039\u0152\u017D\u2018\u2019\u201C\u201D\u2022\u2013\u2014\u02DC\u2122\u0161\u203A\u0153\u017E\u0178]/gu,
      (character) => {
        const replaced = LIKE.get(character);
        if (replaced !== undefined) return replaced;
        const code = character.codePointAt(0) ?? 0;
        return `‹U+${code.toString(16).toUpperCase().padStart(4, '0')}›`;
      },
    );
}

/** Signs of our own wording that the fonts lack. */
const LIKE: ReadonlyMap<string, string> = new Map([
  ['≤', '<='],
  ['≥', '>='],
  ['→', '->'],
  ['−', '-'],
]);
