import { useId } from 'react';
import { Button } from 'react-aria-components/Button';
import { ListBox, ListBoxItem, Popover, Select, SelectValue } from 'react-aria-components/Select';
import { Icon } from './icon.tsx';
import { Inert } from './inert.tsx';

export interface Option {
  readonly id: string;
  readonly label: string;
}

/** One filter of a list. */
export function FilterSelect(props: {
  readonly label: string;
  readonly value: string;
  readonly options: readonly Option[];
  readonly onChange: (id: string) => void;
}) {
  const { label, value, options, onChange } = props;
  // Named as it reads: the label before the value.
  const nameId = useId();
  return (
    <Select
      className="select"
      aria-label={label}
      value={value}
      onChange={(key) => {
        if (key !== null) onChange(String(key));
      }}
    >
      <Button className="button select-button" aria-labelledby={nameId}>
        <span id={nameId} className="select-name">
          <span className="select-label">{label}</span> <SelectValue className="select-value" />
        </span>
        <Icon name="chevron" />
      </Button>
      <Popover className="popover" offset={4}>
        <ListBox className="list-box" items={options}>
          {({ id, label: text }) => (
            <ListBoxItem id={id} textValue={text} className="list-item">
              <Inert text={text} />
            </ListBoxItem>
          )}
        </ListBox>
      </Popover>
    </Select>
  );
}
