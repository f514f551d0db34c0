import { Input, SearchField } from 'react-aria-components/SearchField';

export function SearchBox(props: {
  readonly label: string;
  readonly value: string;
  readonly onChange: (text: string) => void;
}) {
  return (
    <SearchField className="search" aria-label={props.label} value={props.value} onChange={props.onChange}>
      <Input className="input" placeholder={props.label} data-page-search="" />
    </SearchField>
  );
}
