import { useQuery } from '@tanstack/react-query';
import { useDeferredValue, useState } from 'react';
import { ComboBox, Input, ListBox, ListBoxItem, Popover } from 'react-aria-components/ComboBox';
import { contractorSearchQuery } from '../data/queries.ts';
import { useLabels } from '../data/use-labels.ts';
import type { Option } from './filter-select.tsx';
import { Inert } from './inert.tsx';

/** One contractor among any number: the collector is asked as one types. */
export function ContractorCombo(props: {
  readonly label: string;
  readonly placeholder: string;
  readonly value: string | null;
  readonly onChange: (id: string | null) => void;
}) {
  const { label, placeholder, value, onChange } = props;
  const labels = useLabels(value === null ? [] : [value]);
  const chosen = value === null ? '' : (labels.get(value) ?? value);
  const [typed, setTyped] = useState<string>();
  const wanted = useDeferredValue(typed === undefined || typed === chosen ? '' : typed.trim());
  const { data } = useQuery(contractorSearchQuery(wanted));
  const items = (data?.contractors ?? []).map(({ id, label: name }) => ({ id, label: name ?? id }));

  const choose = (id: string | null) => {
    setTyped(undefined);
    onChange(id);
  };
  return (
    <ComboBox
      className="combo"
      aria-label={label}
      items={items}
      defaultFilter={() => true}
      inputValue={typed ?? chosen}
      value={value}
      menuTrigger="focus"
      allowsEmptyCollection
      onInputChange={(text) => {
        setTyped(text);
        if (text === '' && value !== null) choose(null);
      }}
      onChange={(key) => choose(key === null ? null : String(key))}
      onBlur={() => setTyped(undefined)}
    >
      <Input className="input" placeholder={placeholder} />
      <Popover className="popover" offset={4}>
        <ListBox className="list-box" renderEmptyState={() => <p className="list-empty">No match</p>}>
          {({ id, label: text }: Option) => (
            <ListBoxItem id={id} textValue={text} className="list-item">
              <Inert text={text} />
              {text !== id && <span className="faint"> {id}</span>}
            </ListBoxItem>
          )}
        </ListBox>
      </Popover>
    </ComboBox>
  );
}
