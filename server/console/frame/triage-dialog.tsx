import { type FormEvent, useState } from 'react';
import { Button } from 'react-aria-components/Button';
import { Dialog, Heading } from 'react-aria-components/Dialog';
import { Modal, ModalOverlay } from 'react-aria-components/Modal';
import { Radio, RadioGroup } from 'react-aria-components/RadioGroup';
import { Label, TextArea, TextField } from 'react-aria-components/TextField';
import { DECISIONS, type TriageChange, type TriageDecision } from '../../../shared/triage.ts';
import type { Applied, Target } from '../data/use-triage.ts';
import { History } from '../parts/history.tsx';
import { Inert } from '../parts/inert.tsx';
import { failureText } from '../text/failure-text.ts';
import { plural } from '../text/labels.ts';
import { DECISION_LABELS, DECISION_MEANINGS, triageText } from '../text/triage-text.ts';

const SAID = { resolve: 'Resolved', note: 'Noted' } as const;
const DO = { resolve: 'Resolve', note: 'Add note' } as const;

/** Asks for a decision with its reason, or for a note. When somebody was faster it says how, and what was typed stays. */
export function TriageDialog(props: {
  readonly what: 'resolve' | 'note';
  readonly targets: readonly Target[];
  readonly apply: (
    targets: readonly Target[],
    change: TriageChange,
    said: string,
  ) => Promise<Applied['missed']>;
  readonly close: () => void;
}) {
  const { what, apply, close } = props;
  const [targets, setTargets] = useState(props.targets);
  const [missed, setMissed] = useState<Applied['missed']>([]);
  const [decision, setDecision] = useState<TriageDecision>();
  const [words, setWords] = useState('');
  const [failure, setFailure] = useState<string>();
  const [busy, setBusy] = useState(false);
  const ready = words.trim() !== '' && (what === 'note' || decision !== undefined) && !busy;

  const submit = async (event?: FormEvent) => {
    event?.preventDefault();
    if (!ready) return;
    setBusy(true);
    try {
      const change = what === 'note' ? { note: words } : { ...(decision && { decision }), reason: words };
      const left = await apply(targets, change, SAID[what]);
      if (left.length === 0) return close();
      setMissed(left);
      setTargets(left);
    } catch (error) {
      const { title, detail } = failureText(error);
      setFailure(`${title} ${detail}`);
    }
    setBusy(false);
  };

  return (
    <ModalOverlay className="overlay" isOpen onOpenChange={(open) => !open && close()}>
      <Modal className="modal modal-wide">
        <Dialog className="dialog">
          <form className="form" onSubmit={submit}>
            <Heading slot="title">
              {DO[what]}
              {targets.length > 1 && `: ${plural(targets.length, 'finding')}`}
            </Heading>
            {targets.length === 1 && (
              <p className="soft">
                <Inert text={targets[0]?.title ?? ''} />
              </p>
            )}
            {missed.length > 0 && <Missed missed={missed} />}
            {failure !== undefined && (
              <p className="notice notice-warn" role="alert">
                {failure}
              </p>
            )}
            {what === 'resolve' && (
              <RadioGroup
                className="decision-choices"
                value={decision ?? null}
                onChange={(value) => setDecision(DECISIONS.find((known) => known === value))}
              >
                <Label>Decision</Label>
                {DECISIONS.map((each, index) => (
                  <Radio key={each} value={each} className="choice" autoFocus={index === 0}>
                    <span className="choice-name">{DECISION_LABELS[each]}</span>
                    <span className="faint">{DECISION_MEANINGS[each]}</span>
                  </Radio>
                ))}
              </RadioGroup>
            )}
            <TextField
              className="field"
              value={words}
              onChange={setWords}
              autoFocus={what === 'note'}
              maxLength={4_000}
            >
              <Label>{what === 'note' ? 'Note' : 'Reason'}</Label>
              <TextArea
                className="input area"
                rows={4}
                onKeyDown={(event) => {
                  if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) void submit();
                }}
              />
            </TextField>
            <div className="form-foot">
              <span className="faint">
                <kbd>Ctrl</kbd> <kbd>Enter</kbd>
              </span>
              <Button className="button" onPress={close}>
                Cancel
              </Button>
              <Button className="button primary" type="submit" isDisabled={!ready}>
                {missed.length > 0 ? `${DO[what]} all the same` : DO[what]}
              </Button>
            </div>
          </form>
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}

/** The latest steps say who did what; for many, how each stands. */
const LATEST = 3;

function Missed({ missed }: { readonly missed: Applied['missed'] }) {
  const [first] = missed;
  return (
    <div className="notice notice-warn" role="alert">
      <strong>
        Somebody changed {missed.length > 1 ? plural(missed.length, 'finding') : 'it'} meanwhile.
      </strong>{' '}
      What you typed is still here.
      {missed.length === 1 && first && (
        <>
          {' '}
          It is {triageText(first.triage)}.
          <History steps={(first.history ?? []).slice(-LATEST)} />
        </>
      )}
    </div>
  );
}
