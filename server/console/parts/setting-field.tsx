import { useId } from 'react';
import type { Setting } from '../../../shared/api/rules.ts';
import { valueText } from '../text/proposal-text.ts';
import { type Draft, isBroken, isSettable, limitsText } from '../text/settings-draft.ts';
import { coded } from './prose.tsx';

type Value = Draft[string];

/** One setting: its name, what it means, what it may hold, and a field of the fitting kind. */
export function SettingField(props: {
  readonly name: string;
  readonly setting: Setting;
  /** What holds where nobody sets anything. */
  readonly fallback: unknown;
  readonly value: Value | undefined;
  readonly readOnly: boolean;
  readonly onChange: (value: Value) => void;
}) {
  const { name, setting, fallback, value, readOnly, onChange } = props;
  const id = useId();
  const note = `${id}-note`;
  const broken = isBroken(value, setting);
  const limits = limitsText(setting);
  const field = { id, 'aria-describedby': note, disabled: readOnly || !isSettable(setting) };
  const choices = setting.items?.enum;
  return (
    <div className={broken ? 'setting setting-broken' : 'setting'}>
      <label className="field-label" htmlFor={choices ? undefined : id} id={`${id}-label`}>
        {name}
      </label>
      <div className="setting-value">
        {typeof value === 'boolean' ? (
          <input
            {...field}
            type="checkbox"
            checked={value}
            onChange={(event) => onChange(event.target.checked)}
          />
        ) : choices && Array.isArray(value) ? (
          <Choices
            labelledBy={`${id}-label`}
            choices={choices}
            chosen={value}
            disabled={field.disabled}
            onChange={onChange}
          />
        ) : (
          <input
            {...field}
            className="input"
            inputMode={
              setting.type === 'integer' ? 'numeric' : setting.type === 'number' ? 'decimal' : 'text'
            }
            aria-invalid={broken}
            value={String(value ?? '')}
            onChange={(event) => onChange(event.target.value)}
          />
        )}
        {broken && <span className="field-wrong">{limits || 'This is not a value for it'}</span>}
      </div>
      <p className="field-note" id={note}>
        {coded(setting.description ?? '')} Default: {valueText(fallback)}
        {limits && `; ${limits}`}.{!isSettable(setting) && " It is set in the collector's configuration."}
      </p>
    </div>
  );
}

function Choices(props: {
  readonly labelledBy: string;
  readonly choices: readonly string[];
  readonly chosen: readonly string[];
  readonly disabled: boolean;
  readonly onChange: (chosen: readonly string[]) => void;
}) {
  const { labelledBy, choices, chosen, disabled, onChange } = props;
  return (
    <fieldset className="choices" aria-labelledby={labelledBy}>
      {choices.map((choice) => (
        <label key={choice}>
          <input
            type="checkbox"
            disabled={disabled}
            checked={chosen.includes(choice)}
            onChange={(event) =>
              onChange(
                choices.filter((each) => (each === choice ? event.target.checked : chosen.includes(each))),
              )
            }
          />
          {choice}
        </label>
      ))}
    </fieldset>
  );
}
