import { useMutation } from '@tanstack/react-query';
import { useId, useState } from 'react';
import { Button } from 'react-aria-components/Button';
import type { RuleDetail } from '../../../shared/api/rules.ts';
import type { Change } from '../../../shared/proposal.ts';
import { fleetApi } from '../data/fleet-api.ts';
import { useRights } from '../data/use-rights.ts';
import { type Draft, draftOf, isBroken, valuesOf } from '../text/settings-draft.ts';
import { Refusal } from './notice.tsx';
import { PreviewList } from './preview-list.tsx';
import { SettingField } from './setting-field.tsx';

type Settings = RuleDetail['settings'];

/** A rule's settings as a form that its schema describes: try other values on the store's own past, then ask for them. */
export function SettingsForm({ rule, settings }: { readonly rule: string; readonly settings: Settings }) {
  const { may } = useRights();
  const [draft, setDraft] = useState<Draft>(() => draftOf(settings.inForce, settings.schema));
  const names = Object.keys(settings.schema);
  const preview = useMutation({ mutationFn: fleetApi.preview });
  if (names.length === 0) return <p className="faint">This rule has nothing to set.</p>;

  const start = draftOf(settings.inForce, settings.schema);
  const touched = names.some((name) => JSON.stringify(draft[name]) !== JSON.stringify(start[name]));
  const broken = names.some((name) => isBroken(draft[name], settings.schema[name]));
  const change: Change = { kind: 'settings', rule, settings: valuesOf(draft, settings) };
  const fill = (values: Settings['inForce']) => {
    setDraft(draftOf(values, settings.schema));
    preview.reset();
  };
  return (
    <div className="settings">
      {names.map((name) => (
        <SettingField
          key={name}
          name={name}
          setting={settings.schema[name] ?? {}}
          fallback={settings.configured[name]}
          value={draft[name]}
          readOnly={!may('triage')}
          onChange={(value) => {
            setDraft({ ...draft, [name]: value });
            preview.reset();
          }}
        />
      ))}
      {may('triage') ? (
        <>
          <div className="form-row">
            <Button
              className="button primary"
              isDisabled={!touched || broken || preview.isPending}
              onPress={() => preview.mutate(change)}
            >
              {preview.isPending ? 'Judging the last 30 days anew…' : 'Preview'}
            </Button>
            {touched && (
              <Button className="button plain" onPress={() => fill(settings.inForce)}>
                Undo
              </Button>
            )}
            <Button className="button plain" onPress={() => fill(settings.configured)}>
              Defaults
            </Button>
          </div>
          <Refusal error={preview.error} />
          {preview.data && (
            <>
              <PreviewList preview={preview.data} />
              <Ask change={change} done={() => fill(settings.inForce)} />
            </>
          )}
        </>
      ) : (
        <p className="faint">Analysts and administrators can ask for other settings.</p>
      )}
    </div>
  );
}

/** Sends a change, with a reason, to whoever will decide on it. */
function Ask({ change, done }: { readonly change: Change; readonly done: () => void }) {
  const id = useId();
  const [reason, setReason] = useState('');
  const asking = useMutation({ mutationFn: fleetApi.propose, onSuccess: done });
  return (
    <form
      className="form"
      onSubmit={(event) => {
        event.preventDefault();
        if (reason.trim() !== '') asking.mutate({ change, reason: reason.trim() });
      }}
    >
      <label className="field" htmlFor={id}>
        <span className="field-label">Reason</span>
        <textarea
          id={id}
          className="input area"
          rows={2}
          maxLength={500}
          required
          value={reason}
          onChange={(event) => setReason(event.target.value)}
        />
        <span className="field-note">Whoever decides reads it, and it goes on the action log.</span>
      </label>
      <Refusal error={asking.error} />
      <div className="form-row">
        <Button
          type="submit"
          className="button primary"
          isDisabled={reason.trim() === '' || asking.isPending}
        >
          Ask for it
        </Button>
        <span className="faint">Another person has to approve it.</span>
      </div>
    </form>
  );
}
