import { useMutation, useQuery } from '@tanstack/react-query';
import { useId, useState } from 'react';
import { Button } from 'react-aria-components/Button';
import { navigate } from 'wouter/use-browser-location';
import { permissionSchema } from '../../../shared/exception.ts';
import type { Change, ChangeRequest } from '../../../shared/proposal.ts';
import { DAY, instant } from '../../../shared/time.ts';
import { fleetApi } from '../data/fleet-api.ts';
import { rulesQuery } from '../data/fleet-queries.ts';
import { ContractorCombo } from '../parts/contractor-combo.tsx';
import { Refusal } from '../parts/notice.tsx';
import { PageHead } from '../parts/page.tsx';
import { PreviewList } from '../parts/preview-list.tsx';
import { TOOL_NAMES } from '../text/tool-names.ts';

type Fields = Readonly<Record<(typeof FIELDS)[number], string>>;
const FIELDS = [
  'contractor',
  'tool',
  'country',
  'network',
  'place',
  'rule',
  'from',
  'until',
  'reason',
] as const;
const USUAL_MS = 30 * DAY;

/** Asks for an exception; a link may bring what is known of it already, such as `?contractor=ada&tool=anydesk`. */
export function ExceptionRequestPage() {
  const [fields, setFields] = useState(startingFields);
  const preview = useMutation({ mutationFn: fleetApi.preview });
  const asking = useMutation({
    mutationFn: (request: ChangeRequest) => fleetApi.propose(request),
    onSuccess: ({ id }) => navigate(`/exceptions/${encodeURIComponent(id)}`),
  });
  const change = changeOf(fields);
  const set = (name: (typeof FIELDS)[number]) => (value: string) => {
    setFields({ ...fields, [name]: value });
    preview.reset();
  };
  return (
    <>
      <PageHead title="Ask for an exception" back={{ href: '/exceptions', label: 'Exceptions' }}>
        <p className="lead">
          An exception permits one contractor one thing for a time. Findings that it covers are kept as
          expected, with its name. Another person has to approve it.
        </p>
      </PageHead>
      <form
        className="form request-form"
        onSubmit={(event) => {
          event.preventDefault();
          if (change && fields.reason.trim() !== '') asking.mutate({ change, reason: fields.reason.trim() });
        }}
      >
        <div className="field">
          <span className="field-label">Contractor</span>
          <ContractorCombo
            label="Contractor"
            placeholder="Find a contractor"
            value={fields.contractor === '' ? null : fields.contractor}
            onChange={(id) => set('contractor')(id ?? '')}
          />
        </div>
        <fieldset>
          <legend>What is permitted</legend>
          <p className="faint">At least one; all that are given must hold.</p>
          <Text
            label="Tool"
            note="A product of the catalog"
            list={[...TOOL_NAMES]}
            {...{ value: fields.tool, set: set('tool') }}
          />
          <Text
            label="Country"
            note="Two letters, such as DE"
            {...{ value: fields.country, set: (text) => set('country')(text.toUpperCase()) }}
          />
          <Text
            label="Network"
            note="Such as 198.51.100.0/24"
            {...{ value: fields.network, set: set('network') }}
          />
          <Text
            label="Place"
            note="Such as egress:198.51.100.7; may be there with others"
            {...{ value: fields.place, set: set('place') }}
          />
          <Rule value={fields.rule} set={set('rule')} />
        </fieldset>
        <div className="field-pair">
          <Text
            label="From"
            type="datetime-local"
            note="Your time"
            {...{ value: fields.from, set: set('from') }}
          />
          <Text
            label="Until"
            type="datetime-local"
            note="Your time"
            {...{ value: fields.until, set: set('until') }}
          />
        </div>
        <Text
          label="Reason"
          note="Whoever decides reads it"
          area
          {...{ value: fields.reason, set: set('reason') }}
        />
        <Refusal error={preview.error ?? asking.error} />
        <div className="form-row">
          <Button
            className="button"
            isDisabled={!change || preview.isPending}
            onPress={() => change && preview.mutate(change)}
          >
            {preview.isPending ? 'Judging the last 30 days anew…' : 'Preview'}
          </Button>
          <Button
            type="submit"
            className="button primary"
            isDisabled={!change || fields.reason.trim() === '' || asking.isPending}
          >
            Ask for it
          </Button>
          {!change && <span className="faint">{missingText(fields)}</span>}
        </div>
      </form>
      {preview.data && <PreviewList preview={preview.data} />}
    </>
  );
}

function Text(props: {
  readonly label: string;
  readonly note: string;
  readonly value: string;
  readonly set: (value: string) => void;
  readonly type?: string;
  readonly area?: boolean;
  readonly list?: readonly (readonly [string, string])[];
}) {
  const { label, note, value, set, type = 'text', area = false, list } = props;
  const id = useId();
  const field = { id, value, 'aria-describedby': `${id}-note`, maxLength: area ? 500 : 120 };
  return (
    <div className="field">
      <label className="field-label" htmlFor={id}>
        {label}
      </label>
      {area ? (
        <textarea {...field} className="input area" rows={3} onChange={(event) => set(event.target.value)} />
      ) : (
        <input
          {...field}
          className="input"
          type={type}
          {...(list ? { list: `${id}-list` } : {})}
          onChange={(event) => set(event.target.value)}
        />
      )}
      {list && (
        <datalist id={`${id}-list`}>
          {list.map(([known, name]) => (
            <option key={known} value={known}>
              {name}
            </option>
          ))}
        </datalist>
      )}
      <span className="field-note" id={`${id}-note`}>
        {note}
      </span>
    </div>
  );
}

function Rule({ value, set }: { readonly value: string; readonly set: (value: string) => void }) {
  const { data } = useQuery(rulesQuery);
  const list = (data?.rules ?? []).map(({ id, title }) => [id, title] as const);
  return <Text label="Rule" note="All findings of it" list={list} value={value} set={set} />;
}

function startingFields(): Fields {
  const params = new URLSearchParams(window.location.search);
  const given = (name: string) => (params.get(name) ?? '').slice(0, 120);
  return {
    contractor: given('contractor'),
    tool: given('tool'),
    country: given('country'),
    network: given('network'),
    place: given('place'),
    rule: given('rule'),
    from: localText(Date.now()),
    until: localText(Date.now() + USUAL_MS),
    reason: '',
  };
}

/** Undefined as long as something is missing or wrong. */
function changeOf(fields: Fields): Change | undefined {
  const { contractor, tool, country, network, place, rule, from, until } = fields;
  const parsed = permissionSchema.safeParse({
    contractor,
    ...given({ tool, country, network, place, rule }),
    from: instantOf(from),
    until: instantOf(until),
  });
  return parsed.success ? { kind: 'exception', permission: parsed.data } : undefined;
}

function given(fields: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(fields).flatMap(([name, value]) => (value.trim() === '' ? [] : [[name, value.trim()]])),
  );
}

function missingText({ contractor, tool, country, network, place, rule, from, until }: Fields): string {
  if (contractor === '') return 'Choose a contractor.';
  if ([tool, country, network, place, rule].every((text) => text.trim() === ''))
    return 'Say what is permitted.';
  if (!(from < until)) return 'The end must be later than the beginning.';
  return 'Something above is not written as it has to be.';
}

/** As a field for date and time takes it: in the reader's zone, to the minute. */
function localText(at: number): string {
  return instant(at - new Date(at).getTimezoneOffset() * 60_000).slice(0, 16);
}

function instantOf(text: string): string | undefined {
  const at = Date.parse(text);
  return Number.isNaN(at) ? undefined : instant(at);
}
