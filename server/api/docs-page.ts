import { html } from 'hono/html';
import { API_PREFIX } from '../../shared/api.ts';
import { ERRORS } from '../../shared/errors.ts';
import { DOCS_STYLE_PATH } from './docs-style.ts';
import type { OpenApi } from './openapi.ts';
import type { Operation, Parameter } from './openapi-operation.ts';
import { INTRODUCTION } from './openapi-words.ts';

type Html = ReturnType<typeof html>;

/** The document as a page for people: no script, nothing inline, every operation with an address of its own. */
export function docsPage(document: OpenApi): Response {
  const operations = operationsOf(document);
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>Farhand API</title>
        <link rel="icon" href="/favicon.svg" type="image/svg+xml" />
        <link rel="stylesheet" href="${DOCS_STYLE_PATH}" />
      </head>
      <body>
        <nav aria-label="Contents">
          <p class="brand"><a href="/">Farhand</a> API</p>
          <ul>
            ${INTRODUCTION.map(([title]) => html`<li><a href="#${anchorOf(title)}">${title}</a></li>`)}
          </ul>
          ${document.tags.map(({ name }) => contents(name, operations))}
          <ul>
            <li><a href="#schemas">Schemas</a></li>
            <li><a href="#codes">Codes</a></li>
          </ul>
        </nav>
        <main>
          <h1>Farhand API</h1>
          <p>
            Everything below <code>${API_PREFIX}</code>, as this collector answers it. For programs:
            <a href="${API_PREFIX}/openapi.json">openapi.json</a> (OpenAPI 3.1).
          </p>
          <pre><code>curl -H "Authorization: Bearer $FARHAND_TOKEN" "$FARHAND_URL${API_PREFIX}/status"</code></pre>
          ${INTRODUCTION.map(
            ([title, text]) =>
              html`<section id="${anchorOf(title)}">
                <h2>${title}</h2>
                <p>${inline(text)}</p>
              </section>`,
          )}
          ${document.tags.map(
            ({ name, description }) =>
              html`<section id="${name}">
                <h2>${titleOf(name)}</h2>
                <p>${description}</p>
                ${operations.filter(({ of }) => of.tags.includes(name)).map(operation)}
              </section>`,
          )}
          ${schemas(document)} ${codes()}
        </main>
      </body>
    </html>`;
  return new Response(String(page), { headers: { 'content-type': 'text/html; charset=utf-8' } });
}

interface Placed {
  readonly method: string;
  readonly path: string;
  readonly of: Operation;
}

function operationsOf({ paths }: OpenApi): readonly Placed[] {
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, of]) => ({ method: method.toUpperCase(), path, of })),
  );
}

function contents(tag: string, operations: readonly Placed[]): Html {
  return html`<p><a href="#${tag}">${titleOf(tag)}</a></p>
    <ul>
      ${operations
        .filter(({ of }) => of.tags.includes(tag))
        .map(
          ({ method, path, of }) =>
            html`<li><a href="#${of.operationId}"><b class="method ${method.toLowerCase()}">${method}</b> ${path}</a></li>`,
        )}
    </ul>`;
}

function operation(placed: Placed): Html {
  const { method, path, of } = placed;
  return html`<article id="${of.operationId}">
    <h3>
      <a href="#${of.operationId}"><b class="method ${method.toLowerCase()}">${method}</b> <code>${path}</code></a>
    </h3>
    <p>${of.summary}.</p>
    ${of.description === undefined ? '' : html`<p>${inline(of.description)}</p>`}
    <p class="right">${
      of['x-right'] === undefined
        ? 'Open to everyone.'
        : html`Needs the right <code>${of['x-right']}</code>: ${of['x-roles']?.join(', ')}.`
    }</p>
    ${of.parameters.length === 0 ? '' : parameters(of.parameters)}
    ${body(of)}
    <pre><code>${curlOf(placed)}</code></pre>
    ${answers(of)}
  </article>`;
}

function parameters(all: readonly Parameter[]): Html {
  return html`<table>
    <thead><tr><th>Parameter</th><th>In</th><th>Type</th><th>Meaning</th></tr></thead>
    <tbody>
      ${all.map(
        ({ name, in: where, required, schema, description }) =>
          html`<tr>
            <td><code>${name}</code>${required ? ' *' : ''}</td>
            <td>${where}</td>
            <td>${typeOf(schema)}</td>
            <td>${inline(description)}</td>
          </tr>`,
      )}
    </tbody>
  </table>`;
}

function body({ requestBody }: Operation): Html | string {
  const reference = referenceOf(requestBody?.content?.['application/json']?.schema);
  return reference === undefined ? '' : html`<p>Body: ${link(reference)} as JSON.</p>`;
}

function answers({ responses }: Operation): Html {
  return html`<table class="answers">
    <thead><tr><th>Status</th><th>Answer</th></tr></thead>
    <tbody>
      ${Object.entries(responses)
        .filter(([status]) => status !== 'default')
        .map(([status, { description, content = {} }]) => {
          const [[mediaType, { schema }] = ['', { schema: undefined }]] = Object.entries(content);
          const reference = referenceOf(schema);
          return html`<tr>
            <td>${status}</td>
            <td>
              ${inline(description)}${reference === undefined ? '' : html`: ${link(reference)}`}
              ${mediaType === '' || mediaType === 'application/json' ? '' : html` as <code>${mediaType}</code>`}
            </td>
          </tr>`;
        })}
    </tbody>
  </table>`;
}

function schemas({ components }: OpenApi): Html {
  return html`<section id="schemas">
    <h2>Schemas</h2>
    ${Object.entries(components.schemas)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(
        ([name, schema]) =>
          html`<details>
            <summary>${name}</summary>
            <pre id="schema-${name}"><code>${JSON.stringify(schema, null, 2)}</code></pre>
          </details>`,
      )}
  </section>`;
}

function codes(): Html {
  return html`<section id="codes">
    <h2>Codes</h2>
    <table>
      <thead><tr><th>Code</th><th>Status</th><th>Passes</th><th>What to do</th></tr></thead>
      <tbody>
        ${Object.entries(ERRORS).map(
          ([code, { http, retry, hint }]) =>
            html`<tr id="${code}">
              <td><code>${code}</code></td>
              <td>${http}</td>
              <td>${retry ? 'yes' : 'no'}</td>
              <td>${inline(hint)}</td>
            </tr>`,
        )}
      </tbody>
    </table>
  </section>`;
}

function curlOf({ method, path, of }: Placed): string {
  const url = `"$FARHAND_URL${API_PREFIX}${path.replaceAll(/\{(\w+)\}/g, '$$$1')}"`;
  const content = of.requestBody?.content?.['application/json'];
  const example = content?.['example'];
  const lines = [
    `curl${method === 'GET' ? '' : ` -X ${method}`}${streams(of) ? ' -N' : ''} ${url}`,
    ...(of['x-right'] === undefined ? [] : ['-H "Authorization: Bearer $FARHAND_TOKEN"']),
    ...(content ? ['-H "Content-Type: application/json"'] : []),
    ...(content ? [`-d '${example === undefined ? '{ … }' : JSON.stringify(example)}'`] : []),
  ];
  return lines.join(' \\\n  ');
}

function streams({ responses }: Operation): boolean {
  return Object.hasOwn(responses['200']?.content ?? {}, 'text/event-stream');
}

function typeOf(schema: object): string {
  if ('enum' in schema && Array.isArray(schema.enum)) return schema.enum.join(', ');
  const type = 'type' in schema ? String(schema.type) : 'any';
  const least = 'minimum' in schema ? Number(schema.minimum) : undefined;
  const most = 'maximum' in schema ? Number(schema.maximum) : undefined;
  if (least === undefined || most === undefined || most === Number.MAX_SAFE_INTEGER) return type;
  return `${type}, ${least} to ${most}`;
}

function referenceOf(schema: object | undefined): string | undefined {
  return schema && '$ref' in schema ? String(schema.$ref).split('/').at(-1) : undefined;
}

function link(name: string): Html {
  return html`<a href="#schema-${name}"><code>${name}</code></a>`;
}

/** Text with code between backticks; codes of errors lead to their table. */
function inline(text: string): readonly (Html | string)[] {
  return text.split('`').map((part, index) => {
    if (index % 2 === 0) return part;
    return Object.hasOwn(ERRORS, part)
      ? html`<a href="#${part}"><code>${part}</code></a>`
      : html`<code>${part}</code>`;
  });
}

function anchorOf(title: string): string {
  return title.toLowerCase().replaceAll(/[^a-z]+/g, '-');
}

function titleOf(tag: string): string {
  return tag.charAt(0).toUpperCase() + tag.slice(1).replaceAll('-', ' ');
}
