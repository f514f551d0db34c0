import { useQuery } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { Button } from 'react-aria-components/Button';
import { Dialog, Heading } from 'react-aria-components/Dialog';
import { Modal, ModalOverlay } from 'react-aria-components/Modal';
import { Input, Label, TextArea, TextField } from 'react-aria-components/TextField';
import type { FindingDetail } from '../../../shared/api.ts';
import type { Change } from '../../../shared/proposal.ts';
import { DAY, instant } from '../../../shared/time.ts';
import { findingQuery } from '../data/queries.ts';
import { triageApi } from '../data/triage-api.ts';
import type { Target } from '../data/use-triage.ts';
import { FilterSelect } from '../parts/filter-select.tsx';
import { Loaded } from '../parts/states.tsx';
import { type Permitted, permittable, WHAT_LABELS } from '../text/exception-text.ts';
import { failureText } from '../text/failure-text.ts';
import { plural } from '../text/labels.ts';

/** Asks for an exception from a finding: whom and what it concerns is filled in, somebody else decides. */
export function ExceptionDialog(props: { readonly target: Target; readonly close: (said?: string) => void }) {
  const { target, close } = props;
  const query = useQuery(findingQuery(target.id));
  return (
    <ModalOverlay className="overlay" isOpen onOpenChange={(open) => !open && close()}>
      <Modal className="modal modal-wide">
        <Dialog className="dialog">
          <Heading slot="title">Ask for an exception</Heading>
          <Loaded query={query}>{(detail) => <ExceptionForm detail={detail} close={close} />}</Loaded>
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}

const NONE = '';
const USUAL_DAYS = 30;

function ExceptionForm(props: { readonly detail: FindingDetail; readonly close: (said?: string) => void }) {
  const { detail, close } = props;
  const { finding } = detail;
  const options = permittable(detail);
  const [contractor, setContractor] = useState(finding.contractors[0] ?? '');
  const [chosen, setChosen] = useState<Permitted>(() => firstOf(options));
  const [until, setUntil] = useState(() => instant(Date.now() + USUAL_DAYS * DAY).slice(0, 10));
  const [reason, setReason] = useState('');
  const [told, setTold] = useState<string>();
  const named = Object.values(chosen).some((value) => value !== undefined);
  const ready = named && reason.trim() !== '' && until !== '';
  const change = (): Change => ({
    kind: 'exception',
    permission: { contractor, ...chosen, from: finding.from, until: `${until}T23:59:59.000Z` },
  });
  const attempt = async (work: () => Promise<void>) => {
    try {
      await work();
    } catch (error) {
      const { title, detail: more } = failureText(error);
      setTold(`${title} ${more}`);
    }
  };
  const preview = () =>
    attempt(async () => {
      const { count, changes } = await triageApi.preview(change());
      const [first] = changes;
      setTold(
        first
          ? `It would change ${plural(count, 'finding')} of the look-back window: ${first.outcome.rule} and so on would be expected.`
          : 'It would change no finding of the look-back window.',
      );
    });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!ready) return;
    void attempt(async () => {
      await triageApi.propose({ change: change(), reason });
      close('Asked for an exception. Somebody else has to approve it.');
    });
  };
  return (
    <form className="form" onSubmit={submit}>
      <FilterSelect
        label="Contractor"
        value={contractor}
        options={finding.contractors.map((id) => ({ id, label: labelOf(detail, id) }))}
        onChange={setContractor}
      />
      <fieldset className="fieldset">
        <legend>What is permitted; all that is chosen must hold</legend>
        {options
          .filter(({ values }) => values.length > 0)
          .map(({ what, values }) => (
            <FilterSelect
              key={what}
              label={WHAT_LABELS[what]}
              value={chosen[what] ?? NONE}
              options={[{ id: NONE, label: 'Any' }, ...values.map((id) => ({ id, label: id }))]}
              onChange={(id) => setChosen(withValue(chosen, what, id))}
            />
          ))}
      </fieldset>
      <TextField className="field" value={until} onChange={setUntil} type="date" isRequired>
        <Label>Until, end of the day in UTC</Label>
        <Input className="input" />
      </TextField>
      <TextField className="field" value={reason} onChange={setReason} maxLength={500} autoFocus>
        <Label>Reason</Label>
        <TextArea className="input area" rows={3} />
      </TextField>
      {told !== undefined && (
        <p className="notice" role="status">
          {told}
        </p>
      )}
      <div className="form-foot">
        <Button className="button" isDisabled={!named} onPress={() => void preview()}>
          Preview
        </Button>
        <Button className="button" onPress={() => close()}>
          Cancel
        </Button>
        <Button className="button primary" type="submit" isDisabled={!ready}>
          Ask
        </Button>
      </div>
    </form>
  );
}

/** The narrowest that fits at first sight: the rule, with what it saw where that is one thing. */
function firstOf(options: ReturnType<typeof permittable>): Permitted {
  let permitted: Permitted = {};
  for (const { what, values } of options) {
    const [only] = values;
    const fits = what === 'rule' || what === 'tool' || what === 'place';
    if (fits && values.length === 1 && only !== undefined) permitted = { ...permitted, [what]: only };
  }
  return permitted;
}

function withValue(permitted: Permitted, what: keyof Permitted, value: string): Permitted {
  const { [what]: _, ...others } = permitted;
  return value === NONE ? others : { ...others, [what]: value };
}

function labelOf({ contractors }: FindingDetail, id: string): string {
  return contractors.find((contractor) => contractor.id === id)?.label ?? id;
}
