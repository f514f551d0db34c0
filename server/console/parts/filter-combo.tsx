import { useState } from 'react';
import { ComboBox, Input, ListBox, ListBoxItem, Popover } from 'react-aria-components/ComboBox';
import type { Option } from './filter-select.tsx';
import { Inert } from './inert.tsx';

/** Options beyond these are reached by typing. */
const MOST = 50;

/** A filter with more options than a list can hold: type to find one, empty it for all. */
export function FilterCombo(props: {
  readonly label: string;
  readonly value: string | null;
  readonly options: readonly Option[];
  readonly onChange: (id: string | null) => void;
  /** For options that are looked for elsewhere. */
  readonly onType?: (text: string) => void;
}) {
  const { label, value, options, onChange, onType } = props;
  const chosen = options.find(({ id }) => id === value)?.label ?? value ?? '';
  const [typed, setTyped] = useState<string>();
  const wanted = typed === undefined || typed === chosen ? '' : typed.toLowerCase();
  const matching = options.filter((option) => `${option.label} ${option.id}`.toLowerCase().includes(wanted));

  const choose = (id: string | null) => {
    setTyped(undefined);
    onChange(id);
  };
  return (
    <ComboBox
      className="combo"
      aria-label={label}
      items={matching.slice(0, MOST)}
      inputValue={typed ?? chosen}
      value={value}
      menuTrigger="focus"
      allowsEmptyCollection
      onInputChange={(text) => {
        setTyped(text);
        onType?.(text);
        if (text === '' && value !== null) choose(null);
      }}
      onChange={(key) => choose(key === null ? null : String(key))}
      onBlur={() => setTyped(undefined)}
    >
      <Input className="input" placeholder={`${label}: all`} />
      <Popover className="popover" offset={4}>
        <ListBox className="list-box" renderEmptyState={() => <p className="list-empty">No match</p>}>
          {({ id, label: text }: Option) => (
            <ListBoxItem id={id} textValue={text} className="list-item">
              <Inert text={text} />
            </ListBoxItem>
          )}
        </ListBox>
      </Popover>
    </ComboBox>
  );
}
