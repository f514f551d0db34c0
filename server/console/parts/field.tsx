import { Input, Label, Text, TextField } from 'react-aria-components/TextField';

/** A labeled line of input. */
export function Field(props: {
  readonly label: string;
  readonly name: string;
  readonly type?: 'text' | 'password';
  readonly autoComplete: string;
  readonly value: string;
  readonly onChange: (text: string) => void;
  readonly note?: string;
}) {
  const { label, name, type = 'text', autoComplete, value, onChange, note } = props;
  return (
    <TextField
      className="field"
      name={name}
      type={type}
      autoComplete={autoComplete}
      value={value}
      onChange={onChange}
      isRequired
      maxLength={256}
    >
      <Label>{label}</Label>
      <Input className="input" autoCapitalize="none" spellCheck={false} />
      {note !== undefined && (
        <Text slot="description" className="faint">
          {note}
        </Text>
      )}
    </TextField>
  );
}
