import type { ReactNode } from 'react';
import { ToggleButton } from 'react-aria-components/ToggleButton';
import { ToggleButtonGroup } from 'react-aria-components/ToggleButtonGroup';

/** A filter of few values, several at once, each with how many there are; none means all. */
export function FilterToggles(props: {
  readonly label: string;
  readonly value: readonly string[];
  readonly options: readonly {
    readonly id: string;
    readonly label: string;
    readonly icon?: ReactNode;
    readonly count: number | undefined;
  }[];
  readonly onChange: (ids: readonly string[]) => void;
}) {
  const { label, value, options, onChange } = props;
  return (
    <ToggleButtonGroup
      className="toggles"
      aria-label={label}
      selectionMode="multiple"
      selectedKeys={value}
      onSelectionChange={(keys) => onChange(options.flatMap(({ id }) => (keys.has(id) ? [id] : [])))}
    >
      {options.map(({ id, label: text, icon, count }) => (
        <ToggleButton key={id} id={id} className="toggle">
          {icon}
          {text} <span className="toggle-count">{count?.toLocaleString('en-US') ?? '·'}</span>
        </ToggleButton>
      ))}
    </ToggleButtonGroup>
  );
}
