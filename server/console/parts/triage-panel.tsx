import { useCallback, useState } from 'react';
import { Button } from 'react-aria-components/Button';
import { Input, Label, TextArea, TextField } from 'react-aria-components/TextField';
import { CodedError } from '../../../shared/errors.ts';
import type { Step, TriageChange } from '../../../shared/triage.ts';
import { useTargets } from '../data/targets.ts';
import { type Target, useMe, useTriage } from '../data/use-triage.ts';
import { askFor } from '../frame/triage-desk.tsx';
import { failureText } from '../text/failure-text.ts';
import { DECISION_LABELS, triageText } from '../text/triage-text.ts';
import { History } from './history.tsx';
import { Inert } from './inert.tsx';
import { Facts, Section } from './page.tsx';
import { At } from './time.tsx';
import { Assignee, TriageMark } from './triage-mark.tsx';

/** The work on one finding or case: where it stands, what to do next, and everything that was done. */
export function TriagePanel(props: { readonly target: Target; readonly history: readonly Step[] }) {
  const { target, history } = props;
  const { triage } = target;
  const { mayTriage } = useMe();
  useTargets(useCallback(() => [target], [target]));
  return (
    <>
      <Section title="Triage">
        <Facts
          rows={[
            ['Status', <TriageMark key="" triage={triage} />],
            ['Assignee', <Assignee key="" triage={triage} />],
            ...(triage.decision === undefined
              ? []
              : ([
                  ['Decision', DECISION_LABELS[triage.decision]],
                  ['Reason', <Inert key="" text={triage.reason ?? ''} />],
                  ['Decided by', <Inert key="" text={triage.decidedBy ?? ''} />],
                  ...(triage.decidedAt === undefined
                    ? []
                    : ([['Decided', <At key="" at={triage.decidedAt} />]] as const)),
                ] as const)),
          ]}
        />
        {mayTriage ? (
          <Actions target={target} />
        ) : (
          <p className="faint">Your role may look at this, and not decide on it.</p>
        )}
      </Section>
      <Section title="Activity" note={history.length}>
        {history.length === 0 ? (
          <p className="faint">Nobody did anything yet.</p>
        ) : (
          <History steps={history} />
        )}
        {mayTriage && <NoteForm target={target} />}
      </Section>
    </>
  );
}

function Actions({ target }: { readonly target: Target }) {
  const { account } = useMe();
  const triage = useTriage();
  const [failure, setFailure] = useState<string>();
  const [typed, setTyped] = useState('');
  const act = async (change: TriageChange) => {
    try {
      const { missed } = await triage([target], change);
      const [first] = missed;
      setFailure(first && `Somebody changed it meanwhile: it is ${triageText(first.triage)}.`);
    } catch (error) {
      if (!(error instanceof CodedError)) throw error;
      setFailure(failureText(error).title);
    }
  };
  const { status, assignee } = target.triage;
  return (
    <div className="actions">
      {assignee !== account && (
        <Button className="button" onPress={() => askFor('assign')}>
          Assign to me <kbd>a</kbd>
        </Button>
      )}
      {assignee !== null && (
        <Button className="button" onPress={() => void act({ assign: null })}>
          Unassign
        </Button>
      )}
      {status === 'new' && (
        <Button className="button" onPress={() => void act({ status: 'investigating' })}>
          Investigate
        </Button>
      )}
      {status === 'resolved' ? (
        <Button className="button" onPress={() => void act({ status: 'investigating' })}>
          Reopen
        </Button>
      ) : (
        <Button className="button primary" onPress={() => askFor('resolve')}>
          Resolve <kbd>r</kbd>
        </Button>
      )}
      {target.about === 'finding' && (
        <Button className="button" onPress={() => askFor('exception')}>
          Ask for an exception <kbd>e</kbd>
        </Button>
      )}
      <form
        className="assign"
        onSubmit={(event) => {
          event.preventDefault();
          if (typed.trim() === '') return;
          void act({ assign: typed });
          setTyped('');
        }}
      >
        <TextField value={typed} onChange={setTyped} maxLength={128} aria-label="Assign to">
          <Input className="input" placeholder="Assign to an account" />
        </TextField>
      </form>
      {failure !== undefined && (
        <p className="notice notice-warn" role="alert">
          {failure}
        </p>
      )}
    </div>
  );
}

/** Stays as it is while others change what stands above it; a note is added to whatever was done meanwhile. */
function NoteForm({ target }: { readonly target: Target }) {
  const triage = useTriage();
  const [words, setWords] = useState('');
  const [said, setSaid] = useState<string>();
  const { version } = target.triage;
  const [begunAt, setBegunAt] = useState(version);
  const overtaken = words !== '' && version > begunAt;
  const add = async () => {
    if (words.trim() === '') return;
    try {
      const { missed } = await triage([target], { note: words });
      if (missed.length > 0) {
        setSaid('Somebody changed it meanwhile. Your note is still here; look above, then add it again.');
        return;
      }
      setWords('');
      setSaid(undefined);
    } catch (error) {
      const { title, detail } = failureText(error);
      setSaid(`${title} ${detail}`);
    }
  };
  return (
    <form
      className="note-form"
      onSubmit={(event) => {
        event.preventDefault();
        void add();
      }}
    >
      <TextField
        className="field"
        value={words}
        onChange={(text) => {
          if (words === '') setBegunAt(version);
          setWords(text);
        }}
        maxLength={4_000}
      >
        <Label className="hidden">Note</Label>
        <TextArea
          className="input area"
          rows={2}
          placeholder="Note what you found out"
          onKeyDown={(event) => {
            if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) void add();
          }}
        />
      </TextField>
      {overtaken && said === undefined && (
        <p className="notice" role="status">
          Somebody changed this while you wrote: it is {triageText(target.triage)}. Your text is kept.
        </p>
      )}
      {said !== undefined && (
        <p className="notice notice-warn" role="alert">
          {said}
        </p>
      )}
      <Button className="button" type="submit" isDisabled={words.trim() === ''}>
        Add note
      </Button>
    </form>
  );
}
