import { useState } from 'react';
import { Button } from 'react-aria-components/Button';

/** A secret that is told this one time, ready to be handed over. */
export function ShownOnce(props: {
  readonly label: string;
  readonly secret: string;
  readonly note: string;
  readonly onDone: () => void;
}) {
  const { label, secret, note, onDone } = props;
  const [copied, setCopied] = useState(false);
  return (
    <div className="notice shown-once" role="status">
      <label>
        <strong>{label}</strong>
        <input
          className="input mono"
          readOnly
          value={secret}
          onFocus={({ currentTarget }) => currentTarget.select()}
        />
      </label>
      <p className="faint">{note}</p>
      <p className="form-row">
        <Button
          className="button"
          onPress={() => void navigator.clipboard?.writeText(secret).then(() => setCopied(true))}
        >
          {copied ? 'Copied' : 'Copy'}
        </Button>
        <Button className="button" onPress={onDone}>
          Done
        </Button>
      </p>
    </div>
  );
}
