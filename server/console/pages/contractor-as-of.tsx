import { useQuery } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { Button } from 'react-aria-components/Button';
import type { EndpointRow } from '../../../shared/api.ts';
import { asOfQuery } from '../data/picture-queries.ts';
import { DeclarationList } from '../parts/declaration-list.tsx';
import { FindingsTable } from '../parts/findings-table.tsx';
import { Inert } from '../parts/inert.tsx';
import { Section } from '../parts/page.tsx';
import { SpanDays } from '../parts/span-list.tsx';
import { Loaded } from '../parts/states.tsx';
import { addressOf, fromAddress } from '../parts/timeline/range.ts';
import { useParams } from '../parts/use-params.ts';
import { fullTime } from '../text/time-text.ts';

/** Asks for a moment; what was known then has an address of its own. */
export function AsOfPicker() {
  const { params, change } = useParams();
  const [open, setOpen] = useState(false);
  const shown = fromAddress(params.get('at'));
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const given = new FormData(event.currentTarget).get('at');
    const at = typeof given === 'string' ? new Date(given).getTime() : Number.NaN;
    if (Number.isNaN(at)) return;
    setOpen(false);
    change('at', addressOf(at));
  };
  if (!open)
    return (
      <Button className="button plain as-of-open" onPress={() => setOpen(true)}>
        {shown === undefined ? 'What was known at …' : 'Another moment …'}
      </Button>
    );
  return (
    <form className="as-of-form" onSubmit={submit}>
      <label>
        Known at{' '}
        <input
          className="input"
          type="datetime-local"
          name="at"
          required
          defaultValue={shown === undefined ? undefined : localText(shown)}
        />
      </label>
      <Button className="button" type="submit">
        Show
      </Button>
      <Button className="button plain" onPress={() => setOpen(false)}>
        Cancel
      </Button>
    </form>
  );
}

/** As such an input has it: the reader's clock, without a zone. */
function localText(at: number): string {
  const moment = new Date(at);
  return new Date(at - moment.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

/** What was known at a moment, whatever was learned since. */
export function AsOfView(props: {
  readonly id: string;
  readonly at: string;
  readonly endpoints: readonly EndpointRow[];
}) {
  const { id, at, endpoints } = props;
  const query = useQuery(asOfQuery(id, at));
  const { change } = useParams();
  const hostnames = new Map(endpoints.map((endpoint) => [endpoint.id, endpoint.hostname]));
  return (
    <>
      <div className="notice notice-warn as-of" role="status">
        <p>
          <strong>The past:</strong> this is what was known at <time dateTime={at}>{fullTime(at)}</time>. What
          was learned later is left out.
        </p>
        <Button className="button" onPress={() => change('at', null)}>
          Back to now
        </Button>
      </div>
      <Loaded query={query}>
        {({ declaration, findings, spans, complete, note }) => (
          <>
            {!complete && (
              <p className="notice notice-warn">
                <strong>Not complete.</strong>{' '}
                {note === undefined ? 'Some of what was known then is not kept.' : <Inert text={note} />}
              </p>
            )}
            <div className="split">
              <div>
                <Section title="Findings then" note={findings.length}>
                  {findings.length === 0 ? (
                    <p className="faint">None was known.</p>
                  ) : (
                    <FindingsTable findings={findings} outcomes />
                  )}
                </Section>
                <Section title="Evidence then" note={spans.length}>
                  {spans.length === 0 ? (
                    <p className="faint">Nothing had been observed.</p>
                  ) : (
                    <SpanDays spans={spans} hostnames={hostnames} />
                  )}
                </Section>
              </div>
              <div>
                <Section title="Declaration then">
                  <DeclarationList declaration={declaration} />
                </Section>
              </div>
            </div>
          </>
        )}
      </Loaded>
    </>
  );
}
