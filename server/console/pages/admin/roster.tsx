import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Button } from 'react-aria-components/Button';
import { FileTrigger } from 'react-aria-components/FileTrigger';
import { MOST_ROSTER_MB } from '../../../../shared/api/roster.ts';
import { importRoster, previewRoster, ROSTER_CSV } from '../../data/roster.ts';
import { Inert } from '../../parts/inert.tsx';
import { Section } from '../../parts/page.tsx';
import { RosterPreviewView } from '../../parts/roster-preview.tsx';
import { failureText } from '../../text/failure-text.ts';
import { plural } from '../../text/labels.ts';
import { AdminFrame } from './admin-frame.tsx';

/** A file, what it would change, and only then the change. */
export function AdminRosterPage() {
  return (
    <AdminFrame right="administer">
      <Section title="Import a roster">
        <p className="prose-line">
          A roster says who declared what, as CSV or JSON of {MOST_ROSTER_MB} MB at most. A row is the whole
          declaration: what it leaves out is no longer declared. Contractors that the file does not name stay
          as they are.
        </p>
        <RosterImport />
      </Section>
      <Section title="Export">
        <p className="prose-line">
          All contractors as CSV that can be imported again. Cells that a spreadsheet would take for formulas
          begin with an apostrophe; of serial numbers there are only hashes. The export is on the action log.
        </p>
        <a className="button" href={ROSTER_CSV} download>
          Export as CSV
        </a>
      </Section>
    </AdminFrame>
  );
}

function RosterImport() {
  const [file, setFile] = useState<File>();
  const client = useQueryClient();
  const preview = useMutation({ mutationFn: previewRoster });
  const importing = useMutation({
    mutationFn: async (chosen: File) => preview.data && importRoster(chosen, preview.data),
    onSuccess: () => client.invalidateQueries(),
  });
  const choose = (chosen: File | undefined) => {
    if (!chosen) return;
    setFile(chosen);
    importing.reset();
    preview.mutate(chosen);
  };
  const error = importing.error ?? preview.error;
  const { data } = preview;
  const count = data ? data.added.count + data.changed.count + data.bound.count : 0;
  return (
    <>
      <p className="roster-file">
        <FileTrigger
          acceptedFileTypes={['.csv', '.json', 'text/csv', 'application/json']}
          onSelect={(files) => choose(files?.[0])}
        >
          <Button className="button">{file ? 'Choose another file' : 'Choose a file'}</Button>
        </FileTrigger>
        {file && <Inert text={file.name} />}
        {preview.isPending && <span role="status">Reading…</span>}
      </p>
      {error !== null && (
        <div className="notice notice-warn" role="alert">
          <strong>{failureText(error).title}</strong> {failureText(error).detail}{' '}
          {file && (
            <Button className="button" onPress={() => choose(file)}>
              Preview again
            </Button>
          )}
        </div>
      )}
      {importing.data ? (
        <p className="notice" role="status">
          Imported: {plural(importing.data.added, 'contractor')} added, {importing.data.changed} changed,{' '}
          {importing.data.unchanged} unchanged; {plural(importing.data.bound, 'endpoint')} bound.
        </p>
      ) : (
        data &&
        file && (
          <>
            <RosterPreviewView preview={data} />
            {data.plan !== null && (
              <Button
                className="button primary"
                isDisabled={importing.isPending || count === 0}
                onPress={() => importing.mutate(file)}
              >
                {count === 0 ? 'Nothing to import' : `Import ${plural(count, 'change')}`}
              </Button>
            )}
          </>
        )
      )}
    </>
  );
}
